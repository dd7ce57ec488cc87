"""The service's end of the process that makes renditions."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from skill.jobs.render_process import are_parts
from skill.renditions.confined import RenditionOrder, build_entry
from skill.sandbox.messages import Entry
from skill.sandbox.on_demand import BusyError, OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.settings import PhotoSettings

SECONDS: Final = 90.0
"""Seconds that a rendition may take; one of 1600×1200 takes some three."""

Fetch = Callable[[str, Path], Awaitable[None]]
"""(format, file) → the clip's file of that format is copied into it."""


class MadeRendition(NamedTuple):
    """A rendition that was made."""

    file: Path
    """Its file, which is there for the block."""
    restored: tuple[str, ...]
    """What was restored on the clip's photo, of `pipeline.limits.RESTORE_PARTS`."""


MakeRendition = Callable[[str, Fetch], AbstractAsyncContextManager[MadeRendition]]
"""(name of the rendition, gets the clip's files) → the rendition, for the block. Raises
RenditionUnavailableError, and what `Fetch` raises."""


class RenditionUnavailableError(Exception):
    """A rendition can't be made now."""


class RenditionMaker:
    """Makes one rendition at a time in a process of its own, which ends when nobody has asked for a while."""

    def __init__(
        self, folder: Path, entry: Entry, *, seconds: float = SECONDS, log_level: str = "info", protected: bool = True
    ) -> None:
        """Args:
        folder: for files at work, private; made when missing.
        entry: what runs in the process.
        seconds: that one rendition may take.
        log_level: of the process's log.
        protected: whether the process is confined as far as the system can.
        """
        self._seconds = seconds
        self._process = OnDemandProcess(entry, folder, seconds=seconds, log_level=log_level, protected=protected)

    @asynccontextmanager
    async def make(self, name: str, fetch: Fetch) -> AsyncIterator[MadeRendition]:
        """Make a rendition. A `MakeRendition`."""
        try:
            async with self._process.turn() as (process, folder):
                order = RenditionOrder(folder / "clip.mp4", folder / "poster.jpg", name, folder / "out")
                await fetch("mp4", order.clip)
                await fetch("jpg", order.poster)
                await process.wait_ready()
                async with asyncio.timeout(self._seconds):
                    answer = await process.ask(order)
                restored = _read_answer(answer)
                if restored is None or not _is_plain_file(order.out):
                    raise RenditionUnavailableError("no file")
                yield MadeRendition(order.out, restored)
        except BusyError:
            raise RenditionUnavailableError("too many wait") from None
        except (ProcessDiedError, TimeoutError) as error:
            raise RenditionUnavailableError(type(error).__name__) from None

    async def close(self) -> None:
        """End the process; a request that it answers fails."""
        await self._process.close()


@asynccontextmanager
async def open_rendition_maker(
    folder: Path, photo: PhotoSettings, *, log_level: str, protected: bool
) -> AsyncIterator[MakeRendition]:
    """The maker of renditions, for the block; its process ends with it.

    Args:
        folder: for files at work, private.
        photo: the settings that the clips were made by.
        log_level: of the process's log.
        protected: whether the process is confined as far as the system can.
    """
    maker = RenditionMaker(folder, build_entry(photo), log_level=log_level, protected=protected)
    try:
        yield maker.make
    finally:
        await maker.close()


def _read_answer(answer: Any) -> tuple[str, ...] | None:
    """The parts that were restored, by the process's answer; None where it has broken the rules."""
    match answer:
        case {"restored": restored} if are_parts(restored):
            return tuple(restored)
    return None


def _is_plain_file(path: Path) -> bool:
    """Whether the process has written a file, and no link to one that lies elsewhere."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1
