"""Are the eyes shut: then the face is animated without a blink, which would have nothing to shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.faces import Face
from pipeline.outline import EYES

# Height of the slit over the eye's width. Below it the animator itself has hardly anything left to shut.
_SHUT: Final = 0.09


@dataclass(frozen=True, slots=True)
class EyesReading:
    """`openness`: height of the opening over the eye's width, of the person's right and left eye; open eyes have
    0.2 to 0.45. `no_blink`: both are shut, or nearly."""

    openness: tuple[float, float]

    @property
    def no_blink(self) -> bool:
        return max(self.openness) < _SHUT


def read_eyes(face: Face) -> EyesReading:
    """How far the eyes of one face are open."""
    right, left = (_openness(face, eye) for eye in EYES)
    return EyesReading((right, left))


def _openness(face: Face, eye: tuple[int, ...]) -> float:
    """Mean height between the lids' inner points (each contour: corner, upper lid, corner, lower lid back)."""
    points = face.landmarks[list(eye), :2].astype(np.float64)
    width = float(np.linalg.norm(points[8] - points[0]))
    upper, lower = points[2:7], points[14:9:-1]
    heights = np.linalg.norm(upper - lower, axis=1)
    return float(heights.mean() / max(width, 1e-3))
