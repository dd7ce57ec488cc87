"""Lines of the log about what strangers can cause as often as they like: one a minute, with a count."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import structlog

SECONDS: Final = 60.0
"""Seconds from one line to the next about the same."""
_MOST: Final = 256
"""Lines that are told apart; when there are more, all are forgotten."""

log: Final = structlog.get_logger(__name__)


class RareLines:
    """Decides which of many equal lines are written.

    Args:
        seconds: From one line to the next about the same.
        clock: Seconds of a monotonic clock.
    """

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._due: dict[object, float] = {}
        self._unwritten: dict[object, int] = {}

    def take(self, line: object) -> int:
        """Count a line.

        Args:
            line: Tells it from others.

        Returns:
            How many such lines the one to be written now stands for; 0 where none is to be.
        """
        now = self._clock()
        if now < self._due.get(line, now):
            self._unwritten[line] = self._unwritten.get(line, 0) + 1
            return 0
        if len(self._due) >= _MOST:
            self._due.clear()
            self._unwritten.clear()
        self._due[line] = now + self._seconds
        return 1 + self._unwritten.pop(line, 0)

    def warn(self, event: str, **facts: Any) -> None:
        """Write a warning, at most once a minute for an event; `times` says how many it stands for."""
        if times := self.take(event):
            log.warning(event, times=times, **facts)
