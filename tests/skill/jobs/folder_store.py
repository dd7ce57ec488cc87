"""A media store that is a folder: just enough for a worker, shared by several processes."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from skill.media.store import MediaError, MediaMissingError


class FolderStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.down = False
        self.types: dict[str, str] = {}
        folder.mkdir(exist_ok=True)

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        self._check()
        key = secrets.token_hex(8)
        shutil.copy(path, self.folder / key)
        self.types[key] = content_type
        return key

    async def fetch(self, key: str, to: Path) -> None:
        self._check()
        try:
            shutil.copy(self.folder / key, to)
        except FileNotFoundError:
            raise MediaMissingError("no such object") from None

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """A worker never makes links; a test that comes here is wrong."""
        raise AssertionError("a worker asked for a link")

    async def delete(self, key: str) -> None:
        self._check()
        (self.folder / key).unlink(missing_ok=True)

    async def sweep(self) -> int:
        self._check()
        return 0

    async def keys(self) -> AsyncIterator[str]:
        for name in self.names():
            yield name

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def bring(self, content: bytes = b"photo") -> str:
        """A photo that somebody uploaded; its key."""
        key = secrets.token_hex(8)
        (self.folder / key).write_bytes(content)
        return key

    def _check(self) -> None:
        if self.down:
            raise MediaError("the store is down")
