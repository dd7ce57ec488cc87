"""Readiness of the service to do its work: models, queue, store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from skill.jobs.queue import JobQueue
from skill.media.store import MediaStore

_TIMEOUT: Final = 5.0
"""Seconds within which a part has to answer."""


class Readiness:
    """Asks each part of the service whether it works.

    Args:
        queue: Of the jobs.
        store: Of the media.
        weights: True when every model is there. It may block for a while: it runs in a thread, until it is once True.
    """

    def __init__(self, queue: JobQueue, store: MediaStore, weights: Callable[[], bool]) -> None:
        self._queue = queue
        self._store = store
        self._weights = weights
        self._weights_ready = False

    async def check(self) -> dict[str, bool]:
        """Each part and whether it works."""
        return {
            "weights": await _works(self._check_weights()),
            "queue": await _works(self._check_queue()),
            "store": await _works(self._check_store()),
        }

    async def _check_weights(self) -> bool:
        self._weights_ready = self._weights_ready or await asyncio.to_thread(self._weights)
        return self._weights_ready

    async def _check_queue(self) -> bool:
        await self._queue.waiting()
        return True

    async def _check_store(self) -> bool:
        async for _ in self._store.keys():
            break
        return True


async def _works(part: Coroutine[Any, Any, bool]) -> bool:
    try:
        return await asyncio.wait_for(part, _TIMEOUT)
    except Exception:  # noqa: BLE001  (whatever is broken: it is not ready)
        return False
