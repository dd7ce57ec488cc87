"""The port that every media store fulfils; adapters: `local.py`. One contract suite tests them all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol


class MediaError(Exception):
    """A store's failure; the message says what to do next and holds no key."""


class MediaMissingError(MediaError):
    """No such object: deleted, expired or never there."""


class MediaStore(Protocol):
    """Objects under unguessable keys. Nothing personal in a key; nothing outlives its time."""

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        """Store a file's bytes for at most `seconds`; the new key. Written whole or not at all."""
        ...

    async def fetch(self, key: str, to: Path) -> None:
        """Copy an object into a file. Raises MediaMissingError."""
        ...

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """A signed address, valid for `seconds`; with `download_as` the browser saves it under that name. Raises
        MediaMissingError."""
        ...

    async def delete(self, key: str) -> None:
        """Gone at once; no error when it was not there."""
        ...

    async def sweep(self) -> int:
        """Delete what is past its time; how many."""
        ...

    def keys(self) -> AsyncIterator[str]:
        """All that is stored: the proof that something is gone."""
        ...
