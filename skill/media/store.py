"""The port that every media store fulfils; adapters: `local.py`, `s3.py`. One suite of tests holds for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol


class MediaError(Exception):
    """A store's failure; the message says what to do next and holds no key."""


class MediaMissingError(MediaError):
    """No such object: deleted, expired or never there."""


class MediaStore(Protocol):
    """Objects under unguessable keys. Nothing personal in a key; nothing outlives its time.

    Methods never block the event loop. Every method raises MediaError.
    """

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        """Store a file's bytes, whole or not at all.

        Args:
            path: the file.
            content_type: type of the bytes; one that is not ours is served as unknown bytes.
            seconds: longest time that the object is kept.

        Returns:
            The object's key.
        """
        ...

    async def fetch(self, key: str, to: Path) -> None:
        """Copy an object into a file. Raises MediaMissingError."""
        ...

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """A signed address of an object.

        Args:
            key: of the object.
            seconds: from now until the address ends, or the object does.
            download_as: name under which a browser saves it; empty for showing it in the page.

        Raises:
            MediaMissingError: there is no such object.
        """
        ...

    async def delete(self, key: str) -> None:
        """Delete an object at once; no error when it was not there."""
        ...

    async def sweep(self) -> int:
        """Delete what is past its time; the number of objects."""
        ...

    def keys(self) -> AsyncIterator[str]:
        """The keys of all that is stored: the proof that something is gone."""
        ...
