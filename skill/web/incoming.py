"""Photos on their way in: files without a name in a private folder, which the system deletes with their process."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Final

from skill.clock import steady_time

STALE_SECONDS: Final = 3600.0
"""Age at which what is left in the folder is the remains of a crash."""
_DESCRIPTORS: Final = Path("/proc/self/fd")
"""Folder by which this process opens its files anew; Linux has it."""


@asynccontextmanager
async def incoming_file(folder: Path) -> AsyncIterator[tuple[IO[bytes], Path]]:
    """Make a file for a photo; it is gone at the block's end, also where the process is killed.

    Args:
        folder: Private.

    Yields:
        The file, 0600 and not buffered, and the path by which this process and no other opens it. Where the system has
        no such paths, the file has a name in the folder.
    """
    nameless = _DESCRIPTORS.is_dir()
    make = tempfile.TemporaryFile if nameless else tempfile.NamedTemporaryFile
    in_thread = asyncio.get_running_loop().run_in_executor
    making: asyncio.Future[IO[bytes]] = in_thread(None, lambda: make(dir=folder, prefix="photo-", buffering=0))
    try:
        file = await asyncio.shield(making)
    except asyncio.CancelledError:  # the sender hung up; the file is made all the same
        making.add_done_callback(_close_made)
        raise
    try:
        yield file, _DESCRIPTORS / f"{file.fileno()}" if nameless else Path(file.name)
    finally:
        await asyncio.shield(in_thread(None, file.close))


def _close_made(making: asyncio.Future[IO[bytes]]) -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()


def sweep_incoming(folder: Path, seconds: float = STALE_SECONDS) -> None:
    """Delete what was begun at least so long ago and has a name."""
    latest = steady_time() - seconds
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < latest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
