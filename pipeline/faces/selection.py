"""Selection of the faces that a person means, by size, by side or by number."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face, cheek_width
from pipeline.faces.people import cause_beyond, cause_even, people_message
from pipeline.limits import FROM_RIGHT, MAX_ANIMATED_FACES, is_face_choice

MIN_CHEEK_WIDTH = 48.0
"""Pixels between the cheeks of the narrowest face that is animated: its eyes have 9 px, a blink is a flicker of three
rows."""
_DOMINANT = 1.6  # times wider than any other face: then it is the one that is meant


def from_left(faces: Iterable[Face]) -> list[Face]:
    """The faces in the order in which they are numbered: by their boxes' middles, from the left of the picture."""
    return sorted(faces, key=lambda face: float(face.box[0] + face.box[2]))


def select_faces(faces: tuple[Face, ...], choice: str | None) -> tuple[Face, ...]:
    """The faces that are meant, all of them large enough to animate.

    Args:
        faces: All faces of a photo, the most prominent first.
        choice: "largest", "left", "middle", "right", "all", a number from "1" counted from the left, "right-2" for the
            second from the right, several of these ("1,3"), or None or "auto" for the only face, or the one that
            dominates. Small faces count for "left", "right" and numbers, as they do on a numbered picture; they are
            left out of "all", "middle" and of several; so are of "all" and of several those beyond the largest
            MAX_ANIMATED_FACES.

    Returns:
        At least one face, in the order of `faces`.

    Raises:
        FaceError: `no_face`: there is none at all. `face_too_small`: narrower than MIN_CHEEK_WIDTH. `several_faces`:
            none dominates, there is no such number or no middle; then the cause says how many there are.
        ValueError: An unknown choice.
    """
    if choice and not is_face_choice(choice):
        raise ValueError(f"unknown choice of a face: {choice!r}")
    if not faces:
        raise FaceError(Reason.NO_FACE)
    large = tuple(face for face in faces if cheek_width(face) >= MIN_CHEEK_WIDTH)
    if not large:
        raise FaceError(Reason.FACE_TOO_SMALL, f"{max(map(cheek_width, faces)):.0f} px")
    if several := _several(faces, large, choice):
        largest = sorted(several, key=cheek_width, reverse=True)[:MAX_ANIMATED_FACES]
        return tuple(face for face in several if any(face is one for one in largest))
    chosen = _one(faces, large, choice or "auto")
    if cheek_width(chosen) < MIN_CHEEK_WIDTH:
        raise FaceError(Reason.FACE_TOO_SMALL, f"{cheek_width(chosen):.0f} px")
    return (chosen,)


def count_left_out(faces: tuple[Face, ...], choice: str | None) -> int:
    """The number of faces that are meant and large enough, and are left out since there are too many of them.

    Args:
        faces: All faces of a photo.
        choice: As that of `select_faces`, which has found some.
    """
    large = tuple(face for face in faces if cheek_width(face) >= MIN_CHEEK_WIDTH)
    return max(0, len(_several(faces, large, choice)) - MAX_ANIMATED_FACES)


def _several(faces: tuple[Face, ...], large: tuple[Face, ...], choice: str | None) -> tuple[Face, ...]:
    """Those of the large faces that a choice of several means; empty where it means one."""
    if choice == "all":
        return large
    if choice is None or "," not in choice:
        return ()
    numbered = [_one(faces, large, number) for number in choice.split(",")]
    if meant := tuple(face for face in large if any(face is one for one in numbered)):
        return meant
    raise FaceError(Reason.FACE_TOO_SMALL, f"{max(map(cheek_width, numbered)):.0f} px")


def _one(faces: tuple[Face, ...], large: tuple[Face, ...], choice: str) -> Face:
    """The one face that is meant; of any size where it is named by its place."""
    by_size = sorted(large, key=cheek_width, reverse=True)
    match choice:
        case "largest":
            return by_size[0]
        case "left":
            return from_left(faces)[0]
        case "right":
            return from_left(faces)[-1]
        case "auto":
            if len(by_size) > 1 and cheek_width(by_size[0]) < _DOMINANT * cheek_width(by_size[1]):
                raise FaceError(Reason.SEVERAL_FACES, f"{len(by_size)} faces")
            return by_size[0]
        case "middle":
            return _middle(large)
    return _numbered(faces, choice)


def _middle(faces: tuple[Face, ...]) -> Face:
    """The middle one of an odd number of faces."""
    count = len(faces)
    if count % 2 == 0:
        raise _question(cause_even(count), f"no middle one of {count} faces")
    return from_left(faces)[count // 2]


def _numbered(faces: tuple[Face, ...], choice: str) -> Face:
    """The face with a number, counted from the left or from the right."""
    number = int(choice.removeprefix(FROM_RIGHT))
    if number > len(faces):
        raise _question(cause_beyond(len(faces)), f"face {choice} of {len(faces)}")
    in_order = from_left(faces)
    return in_order[-number] if choice.startswith(FROM_RIGHT) else in_order[number - 1]


def _question(cause: str, detail: str) -> FaceError:
    return FaceError(Reason.SEVERAL_FACES, detail, cause=cause, words=people_message(cause))
