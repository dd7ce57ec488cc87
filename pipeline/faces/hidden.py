"""The reason of a refusal where no face is sure: a person may see one yet, behind a mask, a hand or hair."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face, HiddenFace, cheek_width
from pipeline.faces.selection import MIN_CHEEK_WIDTH

_SEEN: frozenset[Reason] = frozenset({Reason.FACE_COVERED, Reason.HARD_ANGLE, Reason.LOW_QUALITY})
"""The reasons that a person would give too, of a face that is there without doubt."""


def refuse_hidden(places: Iterable[HiddenFace], judge: Callable[[Face], object]) -> None:
    """Refuse a photo for what is seen of a face that is not sure; return where nothing is.

    Whether it is a child's, or whose, can't be told of such a face: then it is covered.

    Args:
        places: The faces that are not sure.
        judge: Raises FaceError for a face that must not be animated.

    Raises:
        FaceError: `face_covered` with the cause "mask", for a place that may be a face; for a person's also other
            causes, `hard_angle` and `low_quality`.
    """
    for place in places:
        is_person = place.is_person and place.width >= MIN_CHEEK_WIDTH
        try:
            if place.face is not None:
                judge(place.face)
        except FaceError as error:
            # of a mask alone: whatever else an animal's face looks like, it is none that can be told
            if _is_mask(error) or (is_person and error.reason in _SEEN):
                raise
        if is_person:
            raise FaceError(Reason.FACE_COVERED, "no landmarks are sure")


def refuse_small(places: Iterable[HiddenFace]) -> None:
    """Refuse a photo where no face is sure, and a person's head is seen that is too small to animate, as in a crowd.

    Args:
        places: The faces that are not sure.

    Raises:
        FaceError: `face_too_small`.
    """
    if widths := [place.width for place in places if place.is_person and place.width < MIN_CHEEK_WIDTH]:
        raise FaceError(Reason.FACE_TOO_SMALL, f"{max(widths):.0f} px")


def refuse_masked(faces: Iterable[Face], judge: Callable[[Face], object]) -> None:
    """Refuse a photo whose widest face wears a mask, where all are too small: a larger photo of it would not help.

    Args:
        faces: The faces, at least one.
        judge: Raises FaceError for a face that must not be animated.

    Raises:
        FaceError: `face_covered` with the cause "mask".
    """
    try:
        judge(max(faces, key=cheek_width))
    except FaceError as error:
        if _is_mask(error):
            raise


def _is_mask(error: FaceError) -> bool:
    return (error.reason, error.cause) == (Reason.FACE_COVERED, "mask")
