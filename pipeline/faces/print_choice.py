"""The print that is meant on a photo of a photo or on an album's page: straightened, with its own faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.finder import Face, FaceFinder, cheek_width
from pipeline.faces.selection import MIN_CHEEK_WIDTH
from pipeline.photo.glare import reduce_glare
from pipeline.photo.prints import find_prints, place_point, straighten

_SAME: Final = 0.4
"""Widths of a face by which it lies elsewhere on the straightened print, at most."""

_HAIR: Final = 0.3
"""Share by which a head is larger than its face."""


class ChosenPrint(NamedTuple):
    """A print that lies flat."""

    pixels: Pixels
    """uint8 H×W×3 RGB."""
    faces: tuple[Face, ...]
    """All its faces, the most prominent first."""
    meant: tuple[Face, ...]
    """Those of them that are meant, in their order on the photo."""


def choose_print(
    finder: FaceFinder, pixels: Pixels, faces: Sequence[Face], meant: Sequence[Face]
) -> ChosenPrint | None:
    """Straighten the print on which the faces are that are meant.

    Args:
        finder: Finds the faces once more: on the straightened print they have their own shape.
        pixels: The photo, uint8 H×W×3 RGB.
        faces: All its faces.
        meant: Those of them that are meant, at least one.

    Returns:
        None for an ordinary photo, also where those who are meant lie on several prints: then the whole page is meant;
        and where a face could not be found again.
    """
    size = pixels.shape[1], pixels.shape[0]
    for corners in find_prints(pixels, [face.box for face in faces]):
        places = [place_point(corners, size, face.landmarks[:, :2].mean(axis=0)) for face in meant]
        flat = straighten(pixels, corners)
        inside = [bool((place >= 0).all() and (place < flat.shape[1::-1]).all()) for place in places]
        if not any(inside):
            continue
        if not all(inside):
            return None
        found = finder.find(flat)
        again = [_nearest(found, place) for place in places]
        moving = tuple(face for face in again if face is not None)
        if len(moving) < len(meant):
            return None
        return ChosenPrint(reduce_glare(flat, *_masks(found, flat.shape[:2])), found, moving)
    return None


def _masks(faces: Sequence[Face], size: tuple[int, int]) -> tuple[Mask, Mask]:
    """The places of faces, and of heads, bool of size (height, width)."""
    inner, mask = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for face in faces:
        cv2.fillConvexPoly(inner, cv2.convexHull(np.rint(face.landmarks[:, :2]).astype(np.int32)), 1)
        x0, y0, x1, y1 = map(float, face.box)
        middle = (round((x0 + x1) / 2), round((y0 + y1) / 2 - _HAIR * (y1 - y0) / 2))
        cv2.ellipse(mask, (middle, ((1 + _HAIR) * (x1 - x0), (1 + _HAIR) * (y1 - y0)), 0.0), 1, -1)
    return inner > 0, mask > 0


def _nearest(faces: Sequence[Face], place: Float) -> Face | None:
    """The face in the middle of which a point lies, large enough to be animated."""
    for face in faces:
        away = float(np.linalg.norm(face.landmarks[:, :2].mean(axis=0) - place))
        if away <= _SAME * float(face.box[2] - face.box[0]) and cheek_width(face) >= MIN_CHEEK_WIDTH:
            return face
    return None
