"""Work that is repeated in the background for as long as a part of the service is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def periodic(
    seconds: float, work: Callable[[], Awaitable[object]], *, name: str, wake: asyncio.Event | None = None
) -> AsyncIterator[None]:
    """Do `work` at once and again `seconds` after each end, until the block is left; work in hand is cancelled then.

    Args:
        seconds: pause between the end of one call and the begin of the next.
        work: called without arguments. An exception of it is logged and does not keep the next call from coming: a
            disk that is full now may not be in a minute.
        name: event of the log's line about such an exception.
        wake: set by whoever does not want to wait for the pause to end; cleared before each call.
    """
    task = asyncio.create_task(_repeat(seconds, work, name, wake or asyncio.Event()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _repeat(seconds: float, work: Callable[[], Awaitable[object]], name: str, wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        try:
            await work()
        except Exception as error:
            log.warning(name, reason=type(error).__name__, exc_info=error)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await wake.wait()
