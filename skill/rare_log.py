"""Lines of the log about what strangers can cause as often as they like: a few a minute, with a count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

SECONDS: Final = 60.0
"""Seconds from one line to the next about the same."""
_MOST: Final = 256
"""Lines that are told apart; when there are more, all are forgotten."""

log: Final = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Window:
    """The lines about one thing, in the time since one was written after a pause."""

    ends: float
    """Seconds of the clock."""
    written: int = 1
    """Lines that were written."""
    unwritten: int = 0
    """Lines that were not."""


class RareLines:
    """Decides which of many equal lines are written.

    Args:
        seconds: For which the most lines about the same count.
        most: Lines about the same in that time.
        clock: Seconds of a monotonic clock.
    """

    def __init__(self, seconds: float = SECONDS, most: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._windows: dict[object, _Window] = {}

    def take(self, line: object) -> int:
        """Count a line.

        Args:
            line: Tells it from others.

        Returns:
            How many such lines the one to be written now stands for; 0 where none is to be.
        """
        now, window = self._clock(), self._windows.get(line)
        if window is not None and now < window.ends:
            if window.written < self._most:
                window.written += 1
                return 1
            window.unwritten += 1
            return 0
        if len(self._windows) >= _MOST:
            self._windows.clear()
        self._windows[line] = _Window(now + self._seconds)
        return 1 + (window.unwritten if window is not None else 0)

    def warn(self, event: str, **facts: Any) -> None:
        """Write a warning, as rarely as `take` says of its event; `times` says how many it stands for."""
        if times := self.take(event):
            log.warning(event, times=times, **facts)
