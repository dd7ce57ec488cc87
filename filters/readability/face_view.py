"""The view of a face that readability is measured on: level, and of one size whatever the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float, Pixels
from pipeline.faces.alignment import level_chip
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square

SIDE: Final = 128  # pixels of the view
MARGIN: Final = 0.1  # on each side of the face, in shares of its longer side
SPAN: Final = SIDE / (1 + 2 * MARGIN)  # pixels of the face's longer side


@dataclass(frozen=True, slots=True)
class FaceView:
    """One face of a photo, its eyes level and its longer side SPAN pixels."""

    pixels: Pixels
    """The picture, uint8 SIDE×SIDE×3, RGB."""
    points: Float
    """The landmarks on it, float32 (478, 2), x and y in its pixels."""
    zoom: float
    """Pixels of the view in one pixel of the photo; below 1 where the photo is finer."""

    @property
    def grey(self) -> Float:
        """The lightness, float32 SIDE×SIDE, 0..255."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.float32)

    def mask(self, *polygons: tuple[int, ...], grow: float = 0.0) -> NDArray[np.bool_]:
        """The pixels inside the hulls of groups of landmarks, bool SIDE×SIDE.

        Args:
            polygons: Numbers of the landmarks of each hull.
            grow: How far the hulls are widened, in shares of the face's longer side.
        """
        mask = np.zeros((SIDE, SIDE), np.uint8)
        for polygon in polygons:
            cv2.fillConvexPoly(mask, cv2.convexHull(np.round(self.points[list(polygon)]).astype(np.int32)), 1)
        if grow > 0:
            reach = round(grow * SPAN)
            kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
            return np.asarray(cv2.dilate(mask, kernel) > 0)
        return np.asarray(mask > 0)


def cut_face_view(pixels: NDArray[np.uint8], face: Face) -> FaceView:
    """Cut the view of a face out of a photo (uint8 H×W×3, RGB).

    Raises:
        ValueError: The array is no such photo, or the face lies outside it.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"a photo is uint8 H×W×3, not {pixels.dtype} {pixels.shape}")
    points: NDArray[Any] = face.landmarks[:, :2].astype(np.float64)
    square = face_square(face.landmarks)
    zoom = SPAN / (square.size / 1.5)
    cos, sin = np.cos(square.angle), np.sin(square.angle)
    level = (points - (square.x, square.y)) @ np.array([[cos, -sin], [sin, cos]]) * zoom + (SIDE - 1) / 2
    return FaceView(level_chip(pixels, face, SIDE, MARGIN), level.astype(np.float32), float(zoom))
