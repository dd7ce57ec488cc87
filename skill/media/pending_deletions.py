"""Keys of objects that have to go and may still be in a bucket, each a file that outlives this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from skill.media.keys import parse_key

ABANDONED_SECONDS: Final = 3600.0
"""Seconds after which a noted upload of which nothing was heard is taken for one whose process has died."""
SETTLE_SECONDS: Final = 60.0
"""Seconds between two deletions that have to succeed: a bucket that was frozen may store an upload after the first."""


class PendingDeletions:
    """A folder with an empty file for each such key; several processes may share it. Methods block for a moment."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Args:
        folder: of the files, private; made when missing.
        clock: seconds since 1970.
        """
        self._folder, self._clock = folder, clock
        self._deleted: dict[str, float] = {}  # key → time of the first deletion that succeeded

    def begin(self, key: str) -> None:
        """An upload begins: until `discard`, the object may be in the bucket without anybody who knows of it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / key
        path.touch(mode=0o600)
        os.utime(path, (self._clock(), self._clock()))

    def add(self, key: str) -> None:
        """The object has to go, from now on."""
        self.begin(key)
        os.utime(self._folder / key, (0.0, 0.0))
        self._deleted.pop(key, None)

    def discard(self, key: str) -> None:
        """The object is known to somebody else, or is gone."""
        (self._folder / key).unlink(missing_ok=True)
        self._deleted.pop(key, None)

    def due(self) -> list[str]:
        """The keys to delete now, in order of time."""
        try:
            paths = sorted(self._folder.iterdir())
        except FileNotFoundError:
            return []
        before = self._clock() - ABANDONED_SECONDS
        return [path.name for path in paths if parse_key(path.name) and _changed(path) < before]

    def note_deleted(self, key: str) -> None:
        """The bucket says that the object is gone; it is believed the second time."""
        now = self._clock()
        if now - self._deleted.setdefault(key, now) >= SETTLE_SECONDS:
            self.discard(key)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was faster
        return float("inf")
