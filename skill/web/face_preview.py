"""The faces of a photo of several people, as a picture to tap on."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pipeline.errors import PhotoError, Reason
from skill.sandbox.deadline import DECODE_SECONDS, PhotoDeadline
from skill.sandbox.messages import Entry
from skill.sandbox.on_demand import IDLE_SECONDS, MAX_WAITING, BusyError, OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.web.face_locator import ENTRY, FaceOrder
from skill.web.schemas import FacesView

SECONDS: Final = 30.0
"""Seconds that a photo's faces may take; a crowd of 100 takes some five."""
FindFaces = Callable[[Path, int, int], Awaitable[FacesView]]
"""(photo, long side in pixels, turn in degrees clockwise) → its faces. Raises PhotoError, FacesUnavailableError."""


class FacesUnavailableError(Exception):
    """The faces of a photo can't be found now."""


class FacePreview:
    """Finds the faces of one photo at a time in a process of its own, which ends when nobody has asked for a while."""

    def __init__(
        self, folder: Path, *, seconds: float = SECONDS, decode_seconds: float = DECODE_SECONDS,
        idle_seconds: float = IDLE_SECONDS, waiting: int = MAX_WAITING, log_level: str = "info", protected: bool = True,
        entry: Entry = ENTRY,
    ) -> None:  # fmt: skip
        """Args:
        folder: for photos at work, private; made when missing.
        seconds: that one photo may take.
        decode_seconds: of them for decoding.
        idle_seconds: after which the process ends.
        waiting: photos that may wait.
        log_level: of the process's log.
        protected: whether the process is confined as far as the system can.
        entry: what runs in the process.
        """
        self._seconds, self._decode_seconds = seconds, decode_seconds
        self._process = OnDemandProcess(
            entry, folder, seconds=seconds, idle_seconds=idle_seconds, waiting=waiting, log_level=log_level,
            protected=protected,
        )  # fmt: skip

    async def find(self, photo: Path, long_side: int, turn: int) -> FacesView:
        """Find the faces as a job of this size and turn does, so that the numbers are the same. A `FindFaces`.

        Args:
            photo: The file.
            long_side: Pixels of the clip's longer side.
            turn: Degrees clockwise, after the file's own orientation.

        Raises:
            PhotoError: It is no photo that can be read, or takes too long to decode.
            FacesUnavailableError: Too many photos wait, or the process has failed.
        """
        deadline = PhotoDeadline(self._seconds, self._decode_seconds)
        try:
            async with self._process.turn() as (process, place):
                await asyncio.to_thread(_link, photo, place / "photo")
                await process.wait_ready()
                async with deadline:
                    order = FaceOrder(place / "photo", long_side, turn)
                    return _parse_answer(await process.ask(order, lambda step: deadline.begin(str(step))))
        except BusyError:
            raise FacesUnavailableError("too many wait") from None
        except TimeoutError:
            if deadline.decoding:
                raise PhotoError(Reason.BROKEN_FILE, "decoding takes too long") from None
            raise FacesUnavailableError("too long") from None
        except ProcessDiedError as error:
            raise FacesUnavailableError(str(error)) from None

    async def close(self) -> None:
        """End the process; a request that it answers fails."""
        await self._process.close()


@asynccontextmanager
async def open_face_preview(folder: Path, *, log_level: str, protected: bool) -> AsyncIterator[FindFaces]:
    """The finder of faces, for the block; its process ends with it.

    Args:
        folder: for photos at work, private.
        log_level: of the process's log.
        protected: whether the process is confined as far as the system can.
    """
    preview = FacePreview(folder, log_level=log_level, protected=protected)
    try:
        yield preview.find
    finally:
        await preview.close()


def _link(photo: Path, place: Path) -> None:
    try:
        os.link(photo, place)
    except OSError:  # another file system
        shutil.copyfile(photo, place)


def _parse_answer(value: Any) -> FacesView:
    """The faces in an answer of a process that a photo may have taken over."""
    match value:
        case {"refused": str() as reason} if reason in set(Reason):
            raise PhotoError(Reason(reason))
        case {"found": found}:
            with suppress(ValidationError):
                return FacesView.model_validate(found)
    raise FacesUnavailableError("an odd answer")
