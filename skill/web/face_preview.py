"""The faces of a photo of several people, as a picture to tap on."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.errors import PhotoError, Reason
from skill.sandbox.deadline import DECODE_SECONDS, PhotoDeadline
from skill.sandbox.on_demand import BusyError, OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.web.face_locator import FaceOrder
from skill.web.photo_process import SECONDS
from skill.web.schemas import FacesView

FindFaces = Callable[[Path, int, int], Awaitable[FacesView]]
"""(photo, long side in pixels, turn in degrees clockwise) → its faces. Raises PhotoError, FacesUnavailableError."""


class FacesUnavailableError(Exception):
    """The faces of a photo can't be found now."""


class FacePreview:
    """Finds the faces of one photo at a time in the sandboxed process of the page."""

    def __init__(
        self, process: OnDemandProcess, *, seconds: float = SECONDS, decode_seconds: float = DECODE_SECONDS
    ) -> None:
        """Args:
        process: finds the faces.
        seconds: that one photo may take.
        decode_seconds: of them for decoding.
        """
        self._process, self._seconds, self._decode_seconds = process, seconds, decode_seconds

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
                await asyncio.to_thread(link_photo, photo, place / "photo")
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


def link_photo(photo: Path, place: Path) -> None:
    """Give a photo a second name, or a copy where that is on another file system. Blocks."""
    try:
        os.link(photo, place)
    except OSError:
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
