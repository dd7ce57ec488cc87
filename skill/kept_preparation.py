"""The preparation of the last photo, kept for a short while: its next clip costs drawing and encoding alone."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from pathlib import Path
from threading import Lock, Timer
from typing import Final

from pipeline.run import Wish, of_photo
from skill.photo_renderer import PreparedPhoto

KEPT_SECONDS: Final = 120.0
"""Seconds after a clip in which another wish for the same photo mostly comes."""


def key_of(source: Path, wish: Wish) -> Hashable:
    """The key that orders of one preparation have in common: the file's bytes, and all that is asked of the photo."""
    return hashlib.sha256(source.read_bytes()).digest(), of_photo(wish)


class KeptPreparation:
    """One preparation at most. It is given away before another photo is read, and let go after `seconds`."""

    def __init__(self, seconds: float = KEPT_SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._keys: frozenset[Hashable] = frozenset()
        self._kept: PreparedPhoto | None = None
        self._timer: Timer | None = None

    def take(self, key: Hashable) -> PreparedPhoto | None:
        """The preparation that was kept under the key, None where it was another; nothing is kept afterwards."""
        with self._lock:
            kept = self._kept if key in self._keys else None
            self._let_go()
        return kept

    def put(self, keys: Iterable[Hashable], prepared: PreparedPhoto) -> None:
        """Keep a preparation in place of any other, to be found under each of the keys."""
        with self._lock:
            self._let_go()
            self._keys, self._kept = frozenset(keys), prepared
            self._timer = Timer(self._seconds, self._expire, (prepared,))
            self._timer.daemon = True
            self._timer.start()

    def _expire(self, prepared: PreparedPhoto) -> None:
        with self._lock:
            if self._kept is prepared:
                self._let_go()

    def _let_go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._keys, self._kept, self._timer = frozenset(), None, None
