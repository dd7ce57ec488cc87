"""Places of the faces on a photo, found in a process that strangers' bytes may take over, or by the command line."""

# ruff: noqa: PLC0415  (pixels are touched in the sandboxed process only)

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.errors import PipelineError
from pipeline.progress import OnStep, Step
from skill.sandbox.messages import Report
from skill.web.face_rows import number_rows
from skill.web.schemas import FacesView, FaceView

if TYPE_CHECKING:
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face, FaceFinder
    from pipeline.runtime import Runtime

_JUDGE_SECONDS: Final = 4.0
"""Seconds in which faces are judged; one takes about a tenth of one."""
_PICTURE_SIDE: Final = 960
"""Pixels of the picture's longer side: enough to know people by on a phone."""


JudgeFace = Callable[["Pixels", "Face"], tuple[str, str]]
"""(photo, face) → the reason for which it is not animated and its cause, empty where it may be."""


class FaceOrder(NamedTuple):
    """A photo whose faces are wanted."""

    photo: Path
    """The photo's file."""
    long_side: int
    """Pixels of the clip's longer side."""
    turn: int
    """Degrees clockwise, after the file's own orientation."""


def answer_faces(locator: FaceLocator, order: FaceOrder, report: Report) -> dict[str, Any]:
    """The answer of the process that finds faces, see `skill.web.photo_process`."""
    try:
        found = locator(order.photo, order.long_side, order.turn, lambda step, share: report(step))
    except PipelineError as error:
        return {"refused": error.reason.value}
    return {"found": found.model_dump()}


class FaceLocator:
    """Finds the faces of photos in this process; its models are opened with the first one.

    Args:
        runtime: Has the models; by default those of this machine.
        judge: The filters on one face of a photo; None: nobody is judged.
    """

    def __init__(self, runtime: Runtime | None = None, judge: JudgeFace | None = None) -> None:
        self._runtime, self._judge = runtime, judge

    def __call__(
        self, photo: Path, long_side: int, turn: int = 0, on_step: OnStep = lambda step, share: None
    ) -> FacesView:
        """Find the faces as a job of this `long_side` and `turn` does, so that the numbers are the same.

        Args:
            photo: The file.
            long_side: Pixels of the clip's longer side.
            turn: Degrees clockwise, after the file's own orientation.
            on_step: Called with the steps `decode`, `faces` and `filters`.

        Raises:
            PipelineError: It is no photo that can be read.
        """
        from pipeline.faces.page import choose_page
        from pipeline.faces.selection import from_left
        from pipeline.faces.upright import find_upright
        from pipeline.photo.load import read_photo

        on_step(Step.DECODE, 0.0)
        page = choose_page(self._finder, photo)
        pixels = read_photo(photo, long_side=long_side, turn=turn, page=page)
        on_step(Step.FACES, 0.0)
        pixels, found = (pixels, self._finder.find(pixels)) if turn else find_upright(self._finder, pixels)
        rows, columns = pixels.shape[:2]
        faces = from_left(found)
        views = [_view(number, face, columns, rows) for number, face in enumerate(faces, start=1)]
        number_rows(views)
        on_step(Step.FILTERS, 0.0)
        self._judge_all(pixels, faces, views)
        return FacesView(faces=views, picture=_picture(pixels))

    def _judge_all(self, pixels: Pixels, faces: Sequence[Face], views: Sequence[FaceView]) -> None:
        """Note who is refused, the largest faces first. Of a crowd not everybody is judged: the job does that."""
        if self._judge is None:
            return
        began = monotonic()
        for face, view in sorted(zip(faces, views, strict=True), key=lambda pair: -pair[1].width):
            if monotonic() - began > _JUDGE_SECONDS:
                return
            if not view.small:
                view.reason, view.cause = self._judge(pixels, face)

    @cached_property
    def _finder(self) -> FaceFinder:
        from pipeline.faces.finder import FaceFinder
        from pipeline.runtime import Runtime
        from weights.store import WeightStore

        return FaceFinder(self._runtime or Runtime(WeightStore().path))


def _view(number: int, face: Face, columns: int, rows: int) -> FaceView:
    """The face with its number as the page draws it, its place in shares of a photo of `columns`×`rows` pixels."""
    from pipeline.faces.finder import cheek_width
    from pipeline.faces.selection import MIN_CHEEK_WIDTH

    left, top, right, bottom = (float(edge) for edge in face.box)
    return FaceView(
        number=number,
        left=left / columns,
        top=top / rows,
        width=(right - left) / columns,
        height=(bottom - top) / rows,
        small=cheek_width(face) < MIN_CHEEK_WIDTH,
    )


def _picture(pixels: Pixels) -> str:
    """The photo (uint8 H×W×3 RGB) as a small JPEG in base64."""
    from PIL import Image

    small = Image.fromarray(pixels)
    small.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
    file = BytesIO()
    small.save(file, format="JPEG", quality=82)
    return base64.b64encode(file.getvalue()).decode()
