"""The faces of a photo of several people, as a picture to tap on."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from filters.messages import CAUSES
from pipeline.errors import PhotoError, Reason
from skill.jobs.model import Refusal
from skill.sandbox.deadline import DECODE_SECONDS, PhotoDeadline
from skill.sandbox.on_demand import BusyError, OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.web.face_locator import FaceOrder
from skill.web.photo_process import SECONDS
from skill.web.schemas import FacesView, FaceView

FindFaces = Callable[[Path, int, int], Awaitable[FacesView]]
"""(photo, long side in pixels, turn in degrees clockwise) → its faces. Raises PhotoError, FacesUnavailableError."""


_NOT_ANIMATED: Final = "не оживляем"
_NOTES: Final = MappingProxyType(
    {
        Reason.FACE_TOO_SMALL: "мелко",
        Reason.LOW_QUALITY: "нечётко",
        Reason.HARD_ANGLE: "лицо сбоку",
        Reason.FACE_COVERED: "лицо закрыто",
        Reason.CHILD: "детей не оживляем",
    }
)
"""What is said beside a face that is not animated; of a public figure and of one in doubt no more than that."""


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
                    return parse_answer(await process.ask(order, lambda step: deadline.begin(str(step))))
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


def parse_answer(value: Any) -> FacesView:
    """The faces in an answer of a process that a photo may have taken over.

    Raises:
        PhotoError: It says that the photo can't be read.
        FacesUnavailableError: It says what no such process says.
    """
    match value:
        case {"refused": str() as reason} if reason in set(Reason):
            raise PhotoError(Reason(reason))
        case {"found": found}:
            with suppress(ValidationError):
                view = FacesView.model_validate(found)
                if all(face.reason in {"", *Reason} for face in view.faces):
                    return view.model_copy(update={"faces": [_add_note(face) for face in view.faces]})
    raise FacesUnavailableError("an odd answer")


def _add_note(face: FaceView) -> FaceView:
    """The face with our words for its reason, and not those of a process that a photo may have taken over."""
    if face.small:
        return face.model_copy(update={"cause": "", "note": _NOTES[Reason.FACE_TOO_SMALL]})
    if not face.reason or Refusal(face.reason, face.cause).is_question:
        return face.model_copy(update={"note": ""})
    cause = face.cause if face.cause in CAUSES else ""
    return face.model_copy(update={"cause": cause, "note": _NOTES.get(Reason(face.reason), _NOT_ANIMATED)})
