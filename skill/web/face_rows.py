"""The rows in which the people of a group stand or sit, so that one of them is found among many."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Final

from skill.web.schemas import FaceView

_FEWEST: Final = 6
"""People of a photo; of fewer each is found at once."""
_STEP: Final = 0.75
"""Heights of a face by which the middle of a face lies below the row above it."""


def number_rows(faces: Sequence[FaceView]) -> None:
    """Note the row of each face, from 1 for the uppermost. All are in one row where there are no clear ones.

    Args:
        faces: The faces of a photo, in any order.
    """
    rows = _find_rows(faces) if len(faces) >= _FEWEST else []
    if any(len(row) < 2 for row in rows):  # somebody stands apart: these are no rows
        return
    for number, row in enumerate(rows, start=1):
        for face in row:
            face.row = number


def _find_rows(faces: Sequence[FaceView]) -> list[list[FaceView]]:
    step = _STEP * median(face.height for face in faces)
    rows: list[list[FaceView]] = []
    for face in sorted(faces, key=_middle):
        if rows and _middle(face) - fmean(map(_middle, rows[-1])) <= step:
            rows[-1].append(face)
        else:
            rows.append([face])
    return rows


def _middle(face: FaceView) -> float:
    return face.top + face.height / 2
