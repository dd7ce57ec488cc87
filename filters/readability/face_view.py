"""One face, level and of one size: what the tests of readability look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from filters.embeddings.alignment import level_chip
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square

SIDE: Final = 128
MARGIN: Final = 0.1
# the longer side of the face on the view, pixels
SPAN: Final = SIDE / (1 + 2 * MARGIN)


@dataclass(frozen=True, slots=True)
class View:
    """`pixels`: uint8 SIDE×SIDE×3, RGB, eyes level, the face's longer side SPAN pixels. `points`: float32 (478, 2),
    its landmarks there. `zoom`: pixels of the view in one of the photo, below 1 where the photo is finer."""

    pixels: Pixels
    points: Float
    zoom: float

    @property
    def grey(self) -> Float:
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.float32)

    def part(self, *polygons: tuple[int, ...], grow: float = 0.0) -> NDArray[np.bool_]:
        """Pixels inside the hulls of the landmarks, `grow` × SPAN wider."""
        mask = np.zeros((SIDE, SIDE), np.uint8)
        for polygon in polygons:
            cv2.fillConvexPoly(mask, cv2.convexHull(np.round(self.points[list(polygon)]).astype(np.int32)), 1)
        if grow > 0:
            reach = round(grow * SPAN)
            kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
            return np.asarray(cv2.dilate(mask, kernel) > 0)
        return np.asarray(mask > 0)


def view_of(pixels: NDArray[np.uint8], face: Face) -> View:
    """The view of a face of a photo (uint8 H×W×3, RGB). ValueError: not such a photo, or the face lies outside it."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"a photo is uint8 H×W×3, not {pixels.dtype} {pixels.shape}")
    points: NDArray[Any] = face.landmarks[:, :2].astype(np.float64)
    square = face_square(face.landmarks)
    zoom = SPAN / (square.size / 1.5)
    cos, sin = np.cos(square.angle), np.sin(square.angle)
    level = (points - (square.x, square.y)) @ np.array([[cos, -sin], [sin, cos]]) * zoom + (SIDE - 1) / 2
    return View(level_chip(pixels, face, SIDE, MARGIN), level.astype(np.float32), float(zoom))
