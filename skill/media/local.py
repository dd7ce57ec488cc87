"""Media in a folder of this machine, under links of our own: the default, for which no server is needed."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import secrets
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from skill.clock import steady_time
from skill.media.disposition import clean_name
from skill.media.keys import is_expired, new_key, parse_key, parse_live_key
from skill.media.signed_urls import Signer
from skill.media.store import MediaError, MediaMissingError

CHUNK = 1 << 20  # bytes that are read at once
PART = ".part"  # end of an unfinished file's name


def write_whole(source: IO[bytes], to: Path) -> None:
    """Copy what is left of `source` to a temporary name beside `to`, then give it its name. Raises OSError, and
    whatever reading raises; nothing stays behind then."""
    part = to.with_name(f".{secrets.token_hex(8)}{PART}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor: the mode is right from the first moment)
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Let a name that was just given survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class OpenObject:
    """An object that is being read; it can be read to its end even when it is deleted meanwhile."""

    file: io.FileIO
    """The file, to be closed by the reader."""
    size: int
    """Bytes of the object."""
    content_type: str
    """Type under which the object is served."""


class LocalStore:
    """One file an object, named by its key, 0600 in a folder of 0700. Several processes may share the folder."""

    def __init__(self, root: Path, signer: Signer, *, stale: float = 3600.0) -> None:
        """Args:
        root: the folder, made when missing.
        signer: signs the links.
        stale: seconds after which an unfinished file is taken for the remains of a crash.

        Raises:
            MediaError: the folder can't be used.
        """
        self._root = root
        self._signer = signer
        self._stale = stale
        with _translate_errors():
            root.mkdir(parents=True, exist_ok=True)
            root.chmod(0o700)

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        """See MediaStore. Raises MediaError, also for a full disk."""
        key = new_key(content_type, seconds)
        unwanted = threading.Event()
        try:
            await asyncio.to_thread(self._write, path, key, unwanted)
        except asyncio.CancelledError:
            # The thread goes on: whoever of the two comes last takes the file away.
            unwanted.set()
            self._remove(key)
            raise
        return key

    async def fetch(self, key: str, to: Path) -> None:
        """See MediaStore."""
        await asyncio.to_thread(self._copy, key, to)

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """See MediaStore. The link ends with the object if that is sooner."""
        left = parse_live_key(key).expires - steady_time()
        if not await asyncio.to_thread(self._path(key).is_file):
            raise MediaMissingError("there is no such object, or no longer")
        return self._signer.sign(key, seconds=min(seconds, left), download_as=clean_name(download_as))

    async def delete(self, key: str) -> None:
        """See MediaStore."""
        await asyncio.to_thread(self._remove, key)

    async def sweep(self) -> int:
        """See MediaStore. Also takes away what a crash left unfinished."""
        return await asyncio.to_thread(self._sweep)

    async def keys(self) -> AsyncIterator[str]:
        """See MediaStore."""
        for name in await asyncio.to_thread(self._names):
            if parse_key(name):
                yield name

    def open(self, key: str) -> OpenObject:
        """The object, to be read and closed by the caller; blocks. Raises MediaMissingError."""
        content_type = parse_live_key(key).content_type
        with _translate_errors(missing=True):
            file = io.FileIO(self._path(key))
            return OpenObject(file, os.fstat(file.fileno()).st_size, content_type)

    def _path(self, key: str) -> Path:
        """The path of an object. A key is letters, digits, `-` and one dot: it can't lead out of the folder."""
        if parse_key(key) is None:
            raise MediaMissingError("there is no such object, or no longer")
        return self._root / key

    def _write(self, path: Path, key: str, unwanted: threading.Event) -> None:
        with _translate_errors():
            with path.open("rb") as source:
                write_whole(source, self._path(key))
            sync_folder(self._root)
        if unwanted.is_set():
            self._remove(key)

    def _copy(self, key: str, to: Path) -> None:
        with self.open(key).file as source, _translate_errors():
            write_whole(source, to)

    def _remove(self, key: str) -> None:
        if parse_key(key) is not None:
            with _translate_errors():
                self._path(key).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        with _translate_errors():
            return sorted(os.listdir(self._root))  # noqa: PTH208  (names, not paths)

    def _sweep(self) -> int:
        names = self._names()
        ended = [name for name in names if is_expired(name)]
        for key in ended:
            self._remove(key)
        remains = [name for name in names if name.endswith(PART) and self._is_stale(name)]
        for name in remains:
            with _translate_errors():
                (self._root / name).unlink(missing_ok=True)
        return len(ended) + len(remains)

    def _is_stale(self, name: str) -> bool:
        try:
            return (self._root / name).stat().st_mtime <= steady_time() - self._stale
        except FileNotFoundError:  # finished since the listing
            return False


@contextmanager
def _translate_errors(*, missing: bool = False) -> Iterator[None]:
    """OSError becomes a MediaError that holds no path (a path holds a key); with `missing`, a missing file a
    MediaMissingError."""
    try:
        yield
    except OSError as error:
        if missing and error.errno == errno.ENOENT:
            raise MediaMissingError("there is no such object, or no longer") from None
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise MediaError("the disk of the media folder is full: free some space or choose another") from None
        reason = error.strerror or type(error).__name__
        raise MediaError(f"the media folder can't be used ({reason}): check its disk and its owner") from None
