"""The turn of a photo: one that lies on its side or stands on its head, and does not say so, is turned by its faces."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder

_PRESENCE: Final = 0.9  # of a face for whose sake a photo is turned; chance hits on things lie below it
_SCORE: Final = 0.75
# Of a face that stands: 0.79 to 0.97. On its head a face may be taken for one that stands (its chin for a forehead),
# with a score of at most 0.80
_SURE: Final = 0.82
_BETTER: Final = 0.1
_LYING: Final = 60.0  # degrees of roll, from which a face lies on its side
_UPRIGHT: Final = 45.0


def find_upright(finder: FaceFinder, pixels: Pixels) -> tuple[Pixels, tuple[Face, ...]]:
    """Find the faces of a photo, and turn it where they lie on their side, or are found on the turned photo alone.

    Args:
        finder: Finds faces that stand upright, or nearly.
        pixels: The photo, uint8 H×W×3, RGB.

    Returns:
        The photo, turned by 180, 90 or 270 degrees or as it was, and its faces, the most prominent first. Where no turn
        helps, the photo as it was, and what was found on it, or else through its grain.

    Raises:
        ValueError: `pixels` is not a photo.
    """
    faces = finder.find(pixels)
    standing = max((face.score for face in faces if abs(face.pose.roll) < _LYING), default=0.0)
    if standing >= _SURE:
        return pixels, faces
    for quarters in (2, 3, 1):
        turned = np.ascontiguousarray(np.rot90(pixels, quarters))
        found = finder.find(turned)
        if any(_is_upright(face) and face.score >= standing + _BETTER for face in found):
            return turned, found
    return pixels, faces or finder.find_through_grain(pixels)


def _is_upright(face: Face) -> bool:
    return face.presence >= _PRESENCE and face.score >= _SCORE and abs(face.pose.roll) < _UPRIGHT
