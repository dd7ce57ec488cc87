"""The conversation with its memory, for as long as the service runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from skill.dialog.context import ServiceInfo
from skill.dialog.context_loader import Parts
from skill.dialog.memory import Memory
from skill.dialog.nlu.understand import warm
from skill.dialog.ports import (
    AnimationService,
    Appeals,
    CardPictures,
    NoAppeals,
    NoPosters,
    TicketService,
    UserDataEraser,
)
from skill.dialog.service import Conversation

_EVERY: Final = 60.0  # seconds between two sweeps

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_memory(path: Path, secret: bytes, *, clock: Callable[[], float] = time.time) -> AsyncIterator[Memory]:
    """The file, swept once a minute. Raises sqlite3.Error, OSError."""
    memory = await Memory.open(path, secret, clock=clock)
    sweeping = asyncio.create_task(_sweep(memory))
    try:
        yield memory
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        await memory.close()


async def open_conversation(
    memory: Memory,
    works: AnimationService,
    desk: TicketService,
    privacy: UserDataEraser,
    house: ServiceInfo,
    *,
    ticket_seconds: float,
    posters: CardPictures | None = None,
    appeals: Appeals | None = None,
    linked: Callable[[str, str], Awaitable[Sequence[str]]] | None = None,
    clock: Callable[[], float] = time.time,
) -> Conversation:
    """`memory` is to be one of those who `privacy` asks to forget. The dictionary is loaded before the first turn."""
    await asyncio.to_thread(warm)
    parts = Parts(works, desk, memory, house, posters or NoPosters(), appeals or NoAppeals(), clock, linked)
    return Conversation(parts, privacy, ticket_seconds=ticket_seconds)


async def _sweep(memory: Memory) -> None:
    while True:
        try:
            await memory.purge()
        except Exception as error:  # noqa: BLE001  (a disk that is full now may not be in a minute)
            log.warning("dialog_not_swept", reason=type(error).__name__)
        await asyncio.sleep(_EVERY)
