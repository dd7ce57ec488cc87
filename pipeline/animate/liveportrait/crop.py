"""The square around a face that LivePortrait was trained on, from our own landmarks, and its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.crop import Square, crop
from pipeline.faces.mesh_topology import (
    CHIN,
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    LEFT_LOWER_LID,
    LEFT_MOUTH_CORNER,
    LEFT_UPPER_LID,
    NOSE_TIP,
    OVAL,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
    RIGHT_LOWER_LID,
    RIGHT_MOUTH_CORNER,
    RIGHT_UPPER_LID,
)

SCALE: Final = 2.3  # side of the crop in sides of the face's box: LivePortrait's default for photos
UP: Final = 0.125  # the crop's middle lies above the box's by this share of its side, for the hair
DRIVING_SCALE, DRIVING_UP = 2.2, 0.1  # the same for driving videos

_LIP_CORNERS: Final = (RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER)
# The official box is that of 106 points: jaw from ear to ear, brows, eyes, nose, mouth; no forehead.
_FOREHEAD: Final = {10, 338, 297, 332, 284, 251, 389, 162, 21, 54, 103, 67, 109}
_BROWS: Final = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_BOX: Final = [*(point for point in OVAL if point not in _FOREHEAD), *_BROWS, NOSE_TIP, *_LIP_CORNERS, CHIN]
# of the person's eye: outer corner, inner corner, middle of the upper lid, of the lower lid
RIGHT_EYE: Final = (RIGHT_EYE_OUTER, RIGHT_EYE_INNER, RIGHT_UPPER_LID[4], RIGHT_LOWER_LID[4])
LEFT_EYE: Final = (LEFT_EYE_OUTER, LEFT_EYE_INNER, LEFT_UPPER_LID[4], LEFT_LOWER_LID[4])
_LIPS: Final = (*_LIP_CORNERS, 13, 14)  # corners, inner edges
# Height by width of our points → of the official 203 points, on which the nets were trained: 1,266 eyes (r 0.98) and
# 633 mouths (r 0.97) of published videos, whose official ratios are published beside them.
_EYE_GAIN, _EYE_OFFSET = 1.253, -0.052
_LIP_GAIN, _LIP_OFFSET = 0.754, 0.009


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """The picture of a levelled square of the photo, in whose place a drawn frame is laid."""

    square: Square
    """The square in photo pixels."""
    pixels: Pixels
    """uint8 (side, side, 3) RGB."""

    @property
    def side(self) -> int:
        """Pixels a side."""
        return int(self.pixels.shape[0])

    @property
    def to_photo(self) -> Double:
        """The affine map 2×3 from pixels of the crop to pixels of the photo, centres at whole numbers in both."""
        return self.square.to_picture(self.side)

    @property
    def picture(self) -> Float:
        """The nets' input, (1, 3, side/2, side/2), RGB 0..1."""
        return to_net_input(self.pixels, self.side // 2)


def find_square(landmarks: Float, scale: float = SCALE, up: float = UP) -> Square:
    """The levelled square around a face, as the official code crops it.

    Its vertical runs from between the eyes to between the lips' corners; it is the box of the points along it, made
    square by its longer side, times `scale`. The official box is that of another net's 106 points; ours takes the same
    parts of the face.

    Args:
        landmarks: float32 (≥ 468, ≥ 2), pixels.
        scale: Side of the square in sides of the box.
        up: Share of its side by which its middle lies above the box's.
    """
    points = landmarks[:, :2].astype(np.float64)
    eyes = [points[list(eye)].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    down = points[list(_LIP_CORNERS)].mean(axis=0) - (eyes[0] + eyes[1]) / 2
    length = float(np.linalg.norm(down))
    down = down / length if length > 1e-3 else np.array([0.0, 1.0])
    across = np.array([down[1], -down[0]])
    level = points[_BOX] @ np.stack([across, down], axis=1)
    low, high = level.min(axis=0), level.max(axis=0)
    size = scale * float((high - low).max())
    middle = (low + high) / 2 - (0.0, up * size)
    x, y = middle[0] * across + middle[1] * down
    return Square(float(x), float(y), size, float(np.arctan2(across[1], across[0])))


def crop_face(pixels: Pixels, square: Square, side: int) -> FaceCrop:
    """Cut a square of a photo (uint8 H×W×3), `side` pixels wide; beyond the photo its border is repeated."""
    return FaceCrop(square, crop(pixels, square, side))


def to_net_input(pixels: Pixels, side: int) -> Float:
    """A square crop, uint8 (n, n, 3) → (1, 3, side, side), 0..1, reduced by area."""
    small = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255))


def eye_ratios(landmarks: Float) -> tuple[float, float]:
    """Openness of the person's right and left eye, as the nets know it. landmarks: float32 (≥ 468, ≥ 2)."""
    right, left = (max(0.0, _EYE_GAIN * _ratio(landmarks, eye) + _EYE_OFFSET) for eye in (RIGHT_EYE, LEFT_EYE))
    return right, left


def eye_heights(landmarks: Float) -> tuple[float, float]:
    """Distance of the lids of the person's right and left eye, in the landmarks' pixels (float32 (≥ 468, ≥ 2))."""
    return _distance(landmarks, *RIGHT_EYE[2:]), _distance(landmarks, *LEFT_EYE[2:])


def lip_ratio(landmarks: Float) -> float:
    """Openness of the mouth, as the nets know it. landmarks: float32 (≥ 468, ≥ 2)."""
    return _LIP_GAIN * _ratio(landmarks, _LIPS) + _LIP_OFFSET


def _ratio(landmarks: Float, points: tuple[int, int, int, int]) -> float:
    """Height by width, of our points."""
    one, other, upper, lower = points
    return _distance(landmarks, upper, lower) / (_distance(landmarks, one, other) + 1e-6)


def _distance(landmarks: Float, one: int, other: int) -> float:
    return float(np.linalg.norm(landmarks[one, :2] - landmarks[other, :2]))
