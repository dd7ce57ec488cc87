"""The number of photos of which one ticket, or one user of a backend, may see previews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Final

from skill.web.errors import too_many_previews

PHOTOS: Final = 60
"""Photos in an hour, also those that were turned, or chosen once more, or whose further movements were looked at."""
_SECONDS: Final = 3600.0


class PreviewBudget:
    """Counts photos whose previews are wanted.

    Args:
        clock: Seconds of a clock that does not jump.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._since = clock, clock()
        self._counts = Counter[str]()

    def take(self, key: str) -> None:
        """Count a photo.

        Args:
            key: The ticket's token, or the user.

        Raises:
            ApiError: 429; as many were looked at as may.
        """
        now = self._clock()
        if now - self._since >= _SECONDS:
            self._counts.clear()
            self._since = now
        if self._counts[key] >= PHOTOS:
            raise too_many_previews(self._since + _SECONDS - now)
        self._counts[key] += 1
