"""Readiness of the service to do its work: models, queue, store, disk."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from skill.database.errors import DatabaseDownError
from skill.jobs.queue import JobQueue
from skill.media.store import MediaError, MediaStore

_TIMEOUT: Final = 5.0
"""Seconds within which a part has to answer."""
_LATE: Final = f"no answer within {_TIMEOUT:g} s"
_BROKEN: Final = "does not work as it should"
_PROBE: Final = bytes(64 * 2**10)
"""What is written to see whether the disk takes anything."""


class Readiness:
    """Asks each part of the service whether it works.

    Args:
        queue: Of the jobs.
        store: Of the media.
        weights: True when every model is there. It may block for a while, and is asked each time.
        folder: The data folder, with the databases.
    """

    def __init__(self, queue: JobQueue, store: MediaStore, weights: Callable[[], bool], folder: Path) -> None:
        self._queue, self._store, self._weights, self._folder = queue, store, weights, folder
        self._databases: dict[Path, int] = {}  # path → inode, of those that are open

    async def check(self) -> dict[str, str]:
        """Each part, and what is wrong with it: empty where it works."""
        parts = {
            "weights": asyncio.to_thread(self._weights),
            "queue": self._check_queue(),
            "store": self._check_store(),
            "disk": asyncio.to_thread(self._check_disk),
        }
        return dict(zip(parts, await asyncio.gather(*map(_fault, parts.values())), strict=True))

    async def _check_queue(self) -> bool:
        await self._queue.waiting()
        return True

    async def _check_store(self) -> bool:
        async for _ in self._store.keys():
            break
        return True

    def _check_disk(self) -> bool:
        """Whether the data folder can be written, and the databases are the files that were opened."""
        with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
            if file.write(_PROBE) < len(_PROBE):
                return False
            os.fsync(file.fileno())
        for path in self._folder.glob("*.db"):
            self._databases.setdefault(path, path.stat().st_ino)
        return all(path.stat().st_ino == inode for path, inode in self._databases.items())


async def _fault(part: Coroutine[Any, Any, bool]) -> str:
    """The fault of a part, in words; empty where it works."""
    try:
        return "" if await asyncio.wait_for(part, _TIMEOUT) else _BROKEN
    except (DatabaseDownError, MediaError) as error:  # in plain words, without a secret
        return str(error)
    except TimeoutError:
        return _LATE
    except Exception as error:  # noqa: BLE001  (whatever is broken: it is not ready)
        return f"{_BROKEN} ({type(error).__name__})"
