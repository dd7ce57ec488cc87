"""The time of day as the service counts it: a system's clock that jumps is not believed at once.

Photos, clips, tickets and tokens are deleted for good when their time is over; a clock that stands a day ahead for half
a minute must not delete any.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from skill.rare_log import RareLines

_TOLERANCE: Final = 30.0
"""Seconds by which a clock may be set without a word."""
_PATIENCE: Final = 900.0
"""Seconds after which a clock that was set by more is believed."""


def _elapsed() -> float:
    """Seconds of a clock that nobody sets; it goes on while the machine sleeps, where the system has such a one."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


class SteadyClock:
    """Seconds since 1970, by the system's clock as long as that goes steadily.

    Args:
        wall: The system's clock: seconds since 1970.
        elapsed: Seconds of a clock that nobody sets.
    """

    def __init__(self, wall: Callable[[], float] = time.time, elapsed: Callable[[], float] = _elapsed) -> None:
        self._wall, self._elapsed = wall, elapsed
        self._lock = Lock()
        self._lead = wall() - elapsed()  # of the believed time before the clock that nobody sets
        self._other_lead = self._lead
        self._since = 0.0
        self._lines = RareLines()

    def __call__(self) -> float:
        """The seconds since 1970."""
        with self._lock:
            elapsed = self._elapsed()
            lead = self._wall() - elapsed
            jump = lead - self._lead
            if abs(jump) > _TOLERANCE:
                if abs(lead - self._other_lead) > _TOLERANCE:  # it has jumped just now
                    self._other_lead, self._since = lead, elapsed
                if elapsed - self._since < _PATIENCE:
                    self._lines.warn("clock_jumped", seconds=round(jump))
                    return elapsed + self._lead
                self._lines.warn("clock_set", seconds=round(jump))
            self._lead = self._other_lead = lead
            return elapsed + lead


_CLOCK: Final = SteadyClock()


def steady_time() -> float:
    """Seconds since 1970, for whatever is deleted when its time is over."""
    return _CLOCK()
