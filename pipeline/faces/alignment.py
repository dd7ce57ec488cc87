"""Alignment of a face for the nets of the pack: the whole face with level eyes, or the chip that dlib cuts."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Double, Pixels
from pipeline.faces.crop import Square, crop, cut_patch
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square

# MediaPipe points that stand for points 27–54 and 60–64 of the 68-point scheme, the ones dlib aligns by: bridge
# and nostrils, eyes, outer and inner lips.
_MESH = (
    168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 78, 82, 13, 312, 308,
)  # fmt: skip
# The same points of dlib's mean face, x and y in shares of the chip without its padding (numbers of dlib).
_MEAN = np.array([
    (0.490127, 0.203352), (0.490127, 0.307009), (0.490127, 0.409805), (0.490127, 0.515625), (0.36688, 0.587326),
    (0.426036, 0.609345), (0.490127, 0.628106), (0.554217, 0.609345), (0.613373, 0.587326), (0.121737, 0.216423),
    (0.187122, 0.178758), (0.265825, 0.179852), (0.334606, 0.231733), (0.260918, 0.245099), (0.182743, 0.244077),
    (0.645647, 0.231733), (0.714428, 0.179852), (0.793132, 0.178758), (0.858516, 0.216423), (0.79751, 0.244077),
    (0.719335, 0.245099), (0.254149, 0.780233), (0.340985, 0.745405), (0.428858, 0.727388), (0.490127, 0.742578),
    (0.551395, 0.727388), (0.639268, 0.745405), (0.726104, 0.780233), (0.290379, 0.784792), (0.428096, 0.778746),
    (0.490127, 0.785343), (0.552157, 0.778746), (0.689874, 0.784792),
])  # fmt: skip
_PADDING = 0.25
EMBEDDING_SIDE = 150  # pixels of dlib's chip


def level_chip(pixels: Pixels, face: Face, side: int, margin: float) -> Pixels:
    """The whole face with its eyes level, as uint8 side×side×3, RGB.

    The square holds the longer side of the landmarks' box and a margin around it; where it lies outside the photo, the
    photo's border is repeated.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        side: The side of the chip, in pixels.
        margin: The margin on each side, in shares of the longer side of the landmarks' box.

    Raises:
        ValueError: The face lies outside the photo.
    """
    square = face_square(face.landmarks)
    return _cut(pixels, Square(square.x, square.y, square.size / 1.5 * (1 + 2 * margin), square.angle), side)


def embedding_chip(pixels: Pixels, face: Face) -> Pixels:
    """The face as dlib aligns it, uint8 150×150×3, RGB: the net face_embedding was trained on such chips.

    Raises:
        ValueError: The face lies outside the photo.
    """
    return _cut(pixels, _fit_square(face.landmarks[list(_MESH), :2].astype(np.float64)), EMBEDDING_SIDE)


def mirror(chip: Pixels) -> Pixels:
    """The same chip as in a mirror."""
    return np.asarray(cv2.flip(chip, 1), np.uint8)


def _fit_square(points: Double) -> Square:
    """The square whose inside looks most like dlib's mean face (least squares; turned, grown, never mirrored)."""
    target = (_PADDING + _MEAN) / (1 + 2 * _PADDING) - 0.5  # centred, in shares of the chip
    middle, goal = points.mean(axis=0), target.mean(axis=0)
    # similarity as a complex number: photo = turn · chip + shift
    photo = (points - middle) @ (1, 1j)
    chip = (target - goal) @ (1, 1j)
    turn = complex((chip.conj() * photo).sum() / (abs(chip) ** 2).sum())
    centre = complex(middle @ (1, 1j)) - turn * complex(goal @ (1, 1j))
    return Square(centre.real, centre.imag, abs(turn), float(np.angle(turn)))


def _cut(pixels: Pixels, square: Square, side: int) -> Pixels:
    patch = cut_patch(pixels, square, side, margin=1.1)
    if patch is None:
        raise ValueError("the face lies outside the photo")
    return crop(patch.pixels, patch.from_photo(square), side)
