"""The test for flat drawings (cartoon, comic, poster): faces filled with even colour, as no skin before a lens is.

Shaded paintings are animated as portraits and are not meant. Statues and realistic drawings are told by a net, see
`filters.medium`, which also knows smooth faces in even light as photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.readability.face_view import FaceView, cut_face_view
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL

# Limits of both figures together, see docs/filters.md. Smooth old prints reach 0.15 and 0.35, a cartoon 0.31 and 0.66.
_EVEN: Final = 0.2
_FEW_TONES: Final = 0.45
_BURNT: Final = 250.0  # a burnt face is even too


@dataclass(frozen=True, slots=True)
class DrawingReading:
    """The evenness of one face."""

    even: float
    """The share of the face where neighbouring pixels hardly differ, 0..1."""
    few_tones: float
    """The share of the face that has one of the three commonest of 64 tones, 0..1."""

    @property
    def is_drawing(self) -> bool:
        """Whether both figures are higher than those of photographs."""
        return self.even > _EVEN and self.few_tones > _FEW_TONES


def read_drawing(pixels: Pixels, face: Face, view: FaceView | None = None) -> DrawingReading:
    """Measure whether a face is flatly drawn.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        view: The view of that face, where it is cut already.

    Raises:
        ValueError: The array is no such photo, or the face lies outside it.
    """
    view = view or cut_face_view(pixels, face)
    grey = view.grey
    oval = view.mask(OVAL) & (grey < _BURNT)
    if oval.sum() < 100:
        return DrawingReading(0.0, 0.0)
    low, high = np.percentile(grey[oval], [3, 97])
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    x, y = (cv2.Sobel(smooth, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    even = np.hypot(x, y)[oval] < 0.004 * max(8.0, float(high - low))
    tones = np.sort(np.histogram(grey[oval], 64, (0, 256))[0])
    return DrawingReading(float(even.mean()), float(tones[-3:].sum() / oval.sum()))
