"""A clock that tests set by hand."""

from __future__ import annotations


class FakeClock:
    """Seconds, as `time.time` or `time.monotonic` would give them."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        """The seconds that the clock shows; may be set."""

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds
