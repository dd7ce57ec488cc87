"""Whether the service can do its work: models, queue, store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from skill.jobs.queue import JobQueue
from skill.media.store import MediaStore


class Readiness:
    """`weights`: True when every model is there; it may take a while and runs in a thread, until it is once True."""

    def __init__(self, queue: JobQueue, store: MediaStore, weights: Callable[[], bool]) -> None:
        self._queue = queue
        self._store = store
        self._weights = weights
        self._weighed = False

    async def check(self) -> dict[str, bool]:
        """Each part and whether it works."""
        return {
            "weights": await _works(self._models()),
            "queue": await _works(self._counted()),
            "store": await _works(self._listed()),
        }

    async def _models(self) -> bool:
        self._weighed = self._weighed or await asyncio.to_thread(self._weights)
        return self._weighed

    async def _counted(self) -> bool:
        await self._queue.waiting()
        return True

    async def _listed(self) -> bool:
        async for _ in self._store.keys():
            break
        return True


async def _works(part: Coroutine[Any, Any, bool]) -> bool:
    try:
        return await asyncio.wait_for(part, timeout=5)
    except Exception:  # noqa: BLE001  (whatever is broken: it is not ready)
        return False
