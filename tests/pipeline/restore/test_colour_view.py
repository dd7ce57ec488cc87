"""The colour net's view: masks and the face's plane lie where the landmarks are."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.crop import Square
from pipeline.faces.finder import Face, Pose
from pipeline.faces.mesh_topology import (
    CHIN,
    EYES,
    FOREHEAD,
    LEFT_EYE_OUTER,
    LEFT_IRIS,
    OVAL,
    RIGHT_EYE_OUTER,
    RIGHT_IRIS,
)
from pipeline.restore.colour_view import NOWHERE, PARTS, draw_parts, face_plane, plane_on, stack_view

MOUTH = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_MOUTH = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)


def face_at(x: float, y: float, height: float, turn: float = 0.0) -> Face:
    """A face of ellipses, 0.8 times as wide as high, turned clockwise by `turn` radians."""
    places = np.zeros((478, 2))

    def ring(points: tuple[int, ...], middle: tuple[float, float], size: tuple[float, float]) -> None:
        # clockwise from the top for the oval, from the left for all else
        start = -np.pi / 2 if points == OVAL else np.pi
        angles = start + np.linspace(0, 2 * np.pi, len(points), endpoint=False)
        places[list(points)] = np.stack([np.cos(angles), np.sin(angles)], -1) * size + middle

    ring(OVAL, (0, 0), (0.4, 0.5))
    ring(MOUTH, (0, 0.25), (0.15, 0.07))
    ring(INNER_MOUTH, (0, 0.25), (0.1, 0.02))
    for eye, iris, side in zip(EYES, (RIGHT_IRIS, LEFT_IRIS), (-1, 1), strict=True):
        ring(eye, (0.18 * side, -0.1), (0.08, 0.04))
        ring(iris[1:], (0.18 * side, -0.1), (0.03, 0.03))
    assert (places[RIGHT_EYE_OUTER, 0] < places[LEFT_EYE_OUTER, 0]) and places[FOREHEAD, 1] < places[CHIN, 1]
    cos, sin = np.cos(turn), np.sin(turn)
    points = places @ np.array([[cos, sin], [-sin, cos]]) * height + (x, y)
    landmarks = np.concatenate([points, np.zeros((478, 1))], axis=1).astype(np.float32)
    box = np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float32)
    return Face(box, landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


@pytest.mark.parametrize("turn", [0.0, 0.3])
def test_the_plane_has_the_face_in_its_middle_with_its_chin_below(turn: float) -> None:
    face = face_at(70, 90, 60, turn)
    plane = face_plane(face)

    def place(point: int) -> tuple[float, float]:
        across, down = plane @ np.array([*face.landmarks[point, :2], 1.0])
        return float(across), float(down)

    assert place(FOREHEAD) == pytest.approx((0, -0.5), abs=0.02)
    assert place(CHIN) == pytest.approx((0, 0.5), abs=0.02)
    assert place(LEFT_EYE_OUTER)[0] > 0.1 > place(RIGHT_EYE_OUTER)[0]


def test_masks_lie_where_the_face_is_on_the_crop() -> None:
    face = face_at(200, 300, 100)
    square = Square(200, 300, 160)
    skin, lips, eyes, irises = np.moveaxis(draw_parts([face], square, 80), 2, 0)  # two pixels of the photo in one
    assert skin[40, 40] == 255 and lips[40, 40] == eyes[40, 40] == 0  # the nose
    assert lips[round(39.5 + 0.25 * 50 - 2), 40] > 180  # the upper lip
    assert lips[round(39.5 + 0.25 * 50), 40] == skin[round(39.5 + 0.25 * 50), 40] == 0  # between the lips
    row, column = round(39.5 - 0.1 * 50), round(39.5 + 0.18 * 50)
    assert eyes[row, column] == irises[row, column] == 255 and skin[row, column] == 0
    assert eyes[row, column + 3] == 255 and irises[row, column + 3] < 20  # the white of the eye
    assert skin[2, 2] == skin[40, 4] == 0  # outside the oval


def test_two_faces_have_masks_on_one_crop() -> None:
    skin = draw_parts([face_at(40, 50, 40), face_at(120, 50, 40)], Square(79.5, 79.5, 160), 160)[..., 0]
    assert skin[50, 40] == skin[50, 120] == 255
    assert skin[50, 80] == 0


def test_the_view_has_lightness_masks_and_places() -> None:
    face = face_at(40, 40, 40)
    square = Square(39.5, 39.5, 80)
    parts = np.zeros((40, 40, len(PARTS)), np.uint8)
    parts[..., 4] = 255
    view = stack_view(np.full((40, 40), 51, np.uint8), parts, plane_on(face_plane(face), square, 40))
    assert (view.shape, view.dtype) == ((3 + len(PARTS), 40, 40), np.float32)
    assert view[0].min() == view[0].max() == pytest.approx(0.2)
    assert view[5].min() == 1 and view[1:5].max() == 0
    assert abs(view[6, 20, 20]) < 0.03 and abs(view[7, 20, 20]) < 0.03
    assert view[6, 20, 39] > 0.2 > -0.2 > view[6, 20, 0]  # half a face away is a quarter
    assert view[7, 39, 20] > 0.2 > -0.2 > view[7, 0, 20]


def test_where_there_is_no_face_everything_is_far_below_one() -> None:
    view = stack_view(np.zeros((8, 8), np.uint8), np.zeros((8, 8, len(PARTS)), np.uint8), np.array(NOWHERE))
    assert (view[6] == 0).all() and (view[7] == 1).all()
