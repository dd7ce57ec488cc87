"""Previews of movements: asked of the page's sandboxed process, and passed on one by one as they are made."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from pipeline.errors import Reason
from pipeline.limits import RESTORE_AUTO, RESTORE_COLOUR, RESTORE_ENLARGE
from skill.jobs.model import Refusal
from skill.jobs.render_process import are_parts
from skill.sandbox.deadline import DECODE_SECONDS, PhotoDeadline
from skill.sandbox.on_demand import BusyError, OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.web.face_preview import link_photo
from skill.web.job_view import explain
from skill.web.preview_renderer import PreviewOrder
from skill.web.schemas import PreviewView

PREVIEW_SECONDS: Final = 20.0
"""Seconds that the previews of one photo may take; they take two or three."""
MAX_WAITING: Final = 2
"""Photos whose previews may wait for others': the page does without them where there are more."""
_MAX_BYTES: Final = 200_000  # of one file: a preview has some 20,000
_CAUSE: Final = re.compile(r"[a-z0-9_]{0,40}")


class PreviewsUnavailableError(Exception):
    """Previews can't be made now."""


class PreviewMaker(Protocol):
    """The maker of previews, as the page's routes use it."""

    def make(self, order: PreviewOrder) -> AsyncGenerator[PreviewView]:
        """Make the previews of a photo, see `MovementPreviews.make`."""
        ...

    async def warm(self) -> None:
        """Get ready, since a photo is likely to come soon."""
        ...


class MovementPreviews:
    """See `PreviewMaker`. Makes the previews of one photo at a time.

    Args:
        process: The sandboxed process of the page.
        seconds: Seconds that the previews of one photo may take.
    """

    def __init__(self, process: OnDemandProcess, *, seconds: float = PREVIEW_SECONDS) -> None:
        self._process, self._seconds = process, seconds
        self._asked = 0

    async def make(self, order: PreviewOrder) -> AsyncGenerator[PreviewView]:
        """Make the previews. Where the caller stops listening, the process stops working.

        Args:
            order: The photo, which is only read, and the movements.

        Yields:
            The still picture, then each movement; or one refusal and nothing else.

        Raises:
            PreviewsUnavailableError: Others wait already, or the process has failed.
        """
        if self._asked > MAX_WAITING:
            raise PreviewsUnavailableError("too many wait")
        made: asyncio.Queue[PreviewView | None] = asyncio.Queue()
        self._asked += 1
        task = asyncio.create_task(self._ask(order, made.put_nowait))
        task.add_done_callback(lambda _: made.put_nowait(None))
        try:
            while (view := await made.get()) is not None:
                yield view
            if refusal := task.result():
                yield refusal
        finally:
            task.cancel()
            await asyncio.wait({task})
            self._asked -= 1

    async def warm(self) -> None:
        """Begin the process, see `OnDemandProcess.warm`; one that can't be begun is begun by the first order."""
        with suppress(OSError, ProcessDiedError):
            await self._process.warm()

    async def _ask(self, order: PreviewOrder, on_view: Callable[[PreviewView], None]) -> PreviewView | None:
        """Have an order carried out; the refusal, where it is refused."""
        deadline = PhotoDeadline(self._seconds, min(DECODE_SECONDS, self._seconds))
        wanted = {"", *order.movements}

        def on_report(value: Any) -> None:
            if isinstance(value, str):
                deadline.begin(value)
                return
            view = parse_report(value)
            wanted.remove(view.movement)  # KeyError: each comes once
            on_view(view)

        try:
            async with self._process.turn() as (process, place):
                await asyncio.to_thread(link_photo, order.photo, place / "photo")
                await process.wait_ready()
                async with deadline:
                    return parse_answer(await process.ask(order._replace(photo=place / "photo"), on_report))
        except BusyError:
            raise PreviewsUnavailableError("too many wait") from None
        except TimeoutError:
            raise PreviewsUnavailableError("too long") from None
        except (ProcessDiedError, KeyError) as error:
            raise PreviewsUnavailableError(type(error).__name__) from None


def parse_report(value: Any) -> PreviewView:
    """The preview that a process reports, which a photo may have taken over: a JPEG, or an MP4 of a movement.

    Raises:
        ProcessDiedError: It is neither.
    """
    match value:
        case {"still": str() as text, "people": int() as people, **rest} if people > 0:
            restore = rest.get("restore", [])
            if _is_file(text, 0, b"\xff\xd8\xff") and are_parts(restore):
                needed = set(restore) - {RESTORE_COLOUR, RESTORE_ENLARGE}
                return PreviewView(still=text, people=people, restore=[*([RESTORE_AUTO] if needed else []), *restore])
        case {"movement": str() as movement, "clip": str() as text} if movement and _is_file(text, 4, b"ftyp"):
            return PreviewView(movement=movement, clip=text)
    raise ProcessDiedError("an odd report")


def _is_file(text: str, at: int, magic: bytes) -> bool:
    """Whether a text is base64 of a small file that has these bytes at that place."""
    if len(text) > _MAX_BYTES:
        return False
    try:
        return base64.b64decode(text, validate=True)[at : at + len(magic)] == magic
    except (binascii.Error, ValueError):
        return False


def parse_answer(value: Any) -> PreviewView | None:
    """The refusal in the answer of such a process; None where previews were made. Raises ProcessDiedError."""
    match value:
        case {"made": int()}:
            return None
        case {"refused": str() as reason, "cause": str() as cause} if reason in set(Reason) and _CAUSE.fullmatch(cause):
            words = explain(Refusal(reason, cause))
            return PreviewView(reason=reason, cause=cause, sentence=words.sentence, advice=words.advice)
    raise ProcessDiedError("an odd answer")
