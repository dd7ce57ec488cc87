"""Previews of movements, made in a process that strangers' bytes may take over."""

# ruff: noqa: PLC0415  (pixels are touched in the sandboxed process only)

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.errors import FaceError, PipelineError, Reason
from pipeline.limits import RESTORE_COLOUR, RESTORE_ENLARGE
from skill.movements import MOVEMENTS
from skill.sandbox.messages import Report

if TYPE_CHECKING:
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face
    from pipeline.gate import AdmittedFace, Consent, Gate
    from pipeline.run import Prepared
    from pipeline.runtime import Runtime


class PreviewOrder(NamedTuple):
    """A photo whose movements are to be seen."""

    photo: Path
    """The photo's file."""
    turn: int
    """Degrees clockwise, after the file's own orientation."""
    movements: tuple[str, ...]
    """Values of `skill.movements.MOVEMENTS`."""
    adult: bool = False
    """The `adult` of a wish."""
    archive: bool = False
    """The `archive` of a wish."""
    face: str = ""
    """The `face` of a wish; empty for the most prominent person."""


LONG_SIDE = 1280
"""Pixels of the photo's longer side: a face that fills a tenth of it still has the pixels of a preview."""


def render_previews(order: PreviewOrder, report: Report, runtime: Runtime, gate: Gate) -> dict[str, Any]:
    """Make the previews of a photo's most prominent person who passes the filters, of all or of those who are meant.

    Args:
        order: The photo and the movements.
        report: Is called with the steps' names, then with {"still": JPEG, "people": number of faces,
            "restore": what "auto" would restore, and what else can be wished, see `_list_restorations`} and
            {"movement": value, "clip": MP4} for each movement, files in base64.
        runtime: Has all models.
        gate: The filters.

    Returns:
        The answer of the process: {"made": number} or {"refused": reason, "cause": cause}; then there is no preview.
    """
    from pipeline.previews import Previews

    known = {one.value: one for one in MOVEMENTS}
    try:
        # beside the photo: what a process that is killed leaves goes with it
        prepared = _prepare(order, report, runtime, gate)
        previews = Previews(prepared, runtime, folder=order.photo.parent)
    except PipelineError as error:
        return {"refused": error.reason.value, "cause": error.cause}
    wishes = _list_restorations(prepared, runtime)
    report({"still": _text(previews.still()), "people": prepared.people, "restore": wishes})
    for value in order.movements:
        clip = previews.make(known[value].motion, known[value].gestures)
        report({"movement": value, "clip": _text(clip)})
    return {"made": len(order.movements)}


def _list_restorations(prepared: Prepared, runtime: Runtime) -> list[str]:
    """The parts that "auto" would restore, "colour" where there is none, "enlarge" where that would change anything.

    Whether a face of a large photo is small is not known here: it was made smaller for the previews.
    """
    from pipeline.restore.restoration import Damage, measure_damage

    damage = Damage(prepared.pixels, prepared.faces, runtime)
    is_whole = max(prepared.pixels.shape[:2]) < LONG_SIDE
    further = {RESTORE_COLOUR: damage.can_be_coloured, RESTORE_ENLARGE: is_whole and damage.can_be_enlarged}
    return [*measure_damage(damage), *(part for part, possible in further.items() if possible)]


def _prepare(order: PreviewOrder, report: Report, runtime: Runtime, gate: Gate) -> Prepared:
    """The photo with the face that passed the filters: of those who are meant the most prominent one who does."""
    from pipeline.run import Wish, prepare

    for face in (order.face or None, "all"):
        wish = Wish(face=face, long_side=LONG_SIDE, turn=order.turn, adult=order.adult, archive=order.archive)
        try:
            return prepare(
                order.photo, wish, runtime=runtime, gate=_first_of(gate), on_step=lambda step, share: report(step)
            )
        except FaceError as error:
            if error.reason is not Reason.SEVERAL_FACES or face == "all":
                raise
    raise AssertionError("unreachable")


def _first_of(gate: Gate) -> Gate:
    """A gate that lets the first face pass which `gate` lets pass, and asks it about no further one."""

    def admit(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        refusals = []
        for face in faces:
            try:
                return gate(pixels, [face], wish)[:1]
            except FaceError as error:
                refusals.append(error)
        raise refusals[0]

    return admit


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
