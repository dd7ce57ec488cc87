"""The view of a photo that the colour net is given: lightness on a square, and where faces and people are on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.crop import Square, crop
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square
from pipeline.faces.mesh_topology import EYES, LEFT_IRIS, OVAL, RIGHT_IRIS
from pipeline.image_ops import resize
from pipeline.layers.matte import person_mask
from pipeline.runtime import Runtime

SIDE: Final = 96
"""Pixels of the net's view."""
PEOPLE_SIDE: Final = 256
"""Pixels of the mask of people, as its net answers."""
PARTS: Final = ("skin", "lips", "eyes", "irises", "people")
"""The masks, in the order of the view's channels after the lightness; the two coordinates of the face come last."""
FACE_REACH: Final = 2.0
"""Units of a face up to which positions on its plane are told apart."""
NOWHERE: Final = ((0.0, 0.0, 0.0), (0.0, 0.0, FACE_REACH))
"""The plane where there is no face: everything lies far below one."""

_OUTER_LIPS: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_INNER_LIPS: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_SQUARE_SHARE: Final = 1.5  # of `face_square`, in longer sides of the face


def face_unit(face: Face) -> float:
    """The longer side of a face in pixels of the photo."""
    return face_square(face.landmarks).size / _SQUARE_SHARE


def face_plane(face: Face) -> Double:
    """The matrix (2, 3) from pixels of the photo to the face's plane.

    On the plane the face's middle is 0, 0, its longer side is 1, across grows along the eyes to the right of the
    picture, and down towards the chin.
    """
    square = face_square(face.landmarks)
    unit = square.size / _SQUARE_SHARE
    cos, sin = np.cos(square.angle) / unit, np.sin(square.angle) / unit
    return np.array(
        [
            [cos, sin, -(cos * square.x + sin * square.y)],
            [-sin, cos, sin * square.x - cos * square.y],
        ]
    )


def plane_on(plane: Double, square: Square, side: int) -> Double:
    """A plane's matrix (2, 3) from pixels of a side×side crop of the square instead of the photo's."""
    whole = np.vstack([square.to_picture(side), [0.0, 0.0, 1.0]])
    return np.asarray(plane @ whole)


def draw_parts(faces: Sequence[Face], square: Square, side: int) -> Pixels:
    """The masks of skin, lips, eyes and irises of faces on a crop.

    Args:
        faces: In pixels of the photo.
        square: The crop's, in the same pixels; it is not turned.
        side: Pixels of the crop's side.

    Returns:
        uint8 side×side×4, 0..255. Skin is the face's oval without lips, mouth and eyes.
    """
    layers = [np.zeros((side, side), np.uint8) for _ in range(4)]
    scale = side / square.size
    origin = np.array([square.x, square.y]) - (side - 1) / 2 / scale
    for face in faces:
        points = (face.landmarks[:, :2] - origin) * scale
        _fill(layers[0], points[list(OVAL)], 255)
        for layer in layers[:1]:
            _fill(layer, points[list(_OUTER_LIPS)], 0)
        _fill(layers[1], points[list(_OUTER_LIPS)], 255)
        _fill(layers[1], points[list(_INNER_LIPS)], 0)
        for eye, iris in zip(EYES, (RIGHT_IRIS, LEFT_IRIS), strict=True):
            _fill(layers[0], points[list(eye)], 0)
            _fill(layers[2], points[list(eye)], 255)
            _fill(layers[3], points[list(iris[1:])], 255)
    layers[3] = np.minimum(layers[3], layers[2])
    return np.dstack(layers)


def draw_people(runtime: Runtime, grey: Pixels, square: Square) -> Pixels:
    """The mask of people on a square of a photo, uint8 PEOPLE_SIDE×PEOPLE_SIDE.

    Args:
        runtime: Has the model person_segmentation.
        grey: The photo without its colour, uint8 H×W×3.
        square: Not turned, in pixels of the photo.
    """
    return np.asarray(np.rint(person_mask(runtime, crop(grey, square, PEOPLE_SIDE)) * 255), np.uint8)


def draw_view(grey: Pixels, square: Square, people: Pixels, faces: Sequence[Face], nearest: Face) -> Float:
    """The net's view of a square of a photo.

    Args:
        grey: The photo without its colour, uint8 H×W×3.
        square: Not turned, in pixels of the photo.
        people: Its mask, see `draw_people`.
        faces: All faces of the photo.
        nearest: The face to whose plane positions belong.

    Returns:
        float32 (8, SIDE, SIDE): lightness 0..1, PARTS 0..1, across and down −1..1.
    """
    parts = np.dstack([draw_parts(faces, square, SIDE), resize(people, (SIDE, SIDE))])
    return stack_view(crop(grey, square, SIDE)[..., 0], parts, plane_on(face_plane(nearest), square, SIDE))


def stack_view(light: Pixels, parts: Pixels, plane: Double) -> Float:
    """The channels of a view, float32 (8, S, S), of lightness S×S, masks S×S×5 and the matrix of a plane."""
    side = len(light)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    places = [np.clip((row[0] * x + row[1] * y + row[2]) / FACE_REACH, -1, 1) for row in plane]
    masks = parts.astype(np.float32) / 255
    return np.stack([light.astype(np.float32) / 255, *np.moveaxis(masks, 2, 0), *places]).astype(np.float32)


def _fill(layer: Pixels, points: Double, value: int) -> None:
    corners = np.round(np.asarray(points) * 16).astype(np.int32)
    cv2.fillPoly(layer, [corners], value, lineType=cv2.LINE_AA, shift=4)
