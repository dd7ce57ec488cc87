"""The start of a process whose queue does not answer yet: it waits, says so, and gives up in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

import structlog

from skill.database.errors import DatabaseDownError, DatabaseVersionError

_PAUSE: Final = 1.0
"""Seconds between two questions."""
_REMIND: Final = 10.0
"""Seconds between two lines of the log."""

log: Final = structlog.get_logger(__name__)


async def wait_for_queue(
    ask: Callable[[], Awaitable[object]], stop: asyncio.Event, seconds: float, *, pause: float = _PAUSE
) -> None:
    """Wait until the queue answers, or the stop.

    Args:
        ask: Asks the queue something.
        stop: Ends the wait.
        seconds: The longest wait.
        pause: Seconds between two questions.

    Raises:
        DatabaseDownError: It has not answered in that time.
        DatabaseVersionError: It is of a later version; nobody waits for it.
    """
    began, lines = monotonic(), 0
    while not stop.is_set():
        try:
            if await unless_stopped(ask, stop) and lines:
                log.info("queue_answers", waited=round(monotonic() - began, 1))
            return
        except DatabaseVersionError:
            raise
        except DatabaseDownError as error:
            waited = monotonic() - began
            if waited >= seconds:
                raise
            if waited >= lines * _REMIND:
                lines = int(waited / _REMIND) + 1
                log.warning("queue_awaited", reason=str(error), waited=round(waited, 1), longest=seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(pause, max(0.0, began + seconds - monotonic()))):
                await stop.wait()


async def unless_stopped(ask: Callable[[], Awaitable[object]], stop: asyncio.Event) -> bool:
    """Wait for something, or for the stop.

    Args:
        ask: What is waited for; cancelled at the stop.
        stop: Ends the wait.

    Returns:
        Whether it ended before the stop.

    Raises:
        DatabaseDownError: What was asked raised it, as any other error is raised.
    """
    asking, stopped = asyncio.ensure_future(ask()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({asking, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            asking.result()
        return asking.done()
    finally:
        asking.cancel()
        stopped.cancel()
        await asyncio.wait({asking, stopped})
