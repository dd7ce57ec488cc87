"""The model's outputs become one mesh in photo pixels, and unsure places none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from pipeline.arrays import AnyArray, Float
from pipeline.faces.crop import Square
from pipeline.faces.landmarks import (
    LID_POINTS,
    REFINED_LEFT_EYE,
    REFINED_LIPS,
    REFINED_RIGHT_EYE,
    LandmarkFinder,
    face_square,
    merge_refined,
)
from pipeline.faces.mesh_topology import LEFT_IRIS, POINTS, RIGHT_IRIS, SKIN_POINTS
from pipeline.runtime import Runtime

REFINED = {
    "output_lips": REFINED_LIPS,
    "output_left_eye": REFINED_RIGHT_EYE,  # the model names its outputs as they lie on the picture
    "output_right_eye": REFINED_LEFT_EYE,
    "output_left_iris": RIGHT_IRIS,
    "output_right_iris": LEFT_IRIS,
}


def outputs_of(points: Float) -> dict[str, AnyArray]:
    """The outputs of a model that sees `points` (478, 3); x and y of the refined ones only in the refined outputs."""
    mesh = points[:SKIN_POINTS].copy()
    for indices in REFINED.values():
        skin = [index for index in indices if index < SKIN_POINTS]
        mesh[skin, :2] = -1
    refined = {name: points[list(indices), :2].ravel() for name, indices in REFINED.items()}
    return {"output_mesh_identity": mesh.ravel(), **refined}


class FakeRuntime:
    """Answers with the same points of the crop, whatever is on it."""

    def __init__(self, points: Float, logit: float) -> None:
        self.outputs = {**outputs_of(points), "conv_faceflag": np.array([[logit]], np.float32)}
        self.passes = 0

    def session(self, name: str) -> Any:
        return SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="input")])

    def run(self, name: str, feeds: dict[str, AnyArray]) -> dict[str, AnyArray]:
        self.passes += 1
        assert feeds["input"].shape == (1, 192, 192, 3)
        assert 0 <= feeds["input"].min() <= feeds["input"].max() <= 1
        return self.outputs


@pytest.fixture
def points() -> Float:
    """A mesh that fills the crop as a face does: two thirds of the side, eyes level."""
    mesh = np.random.default_rng(5).uniform(32, 160, (POINTS, 3)).astype(np.float32)
    mesh[33, :2], mesh[263, :2] = (60, 80), (130, 80)
    mesh[10, :2], mesh[152, :2], mesh[234, :2], mesh[454, :2] = (96, 32), (96, 160), (32, 96), (160, 96)
    return mesh


def test_refined_parts_replace_the_mesh(points: Float) -> None:
    merged = merge_refined(outputs_of(points))
    np.testing.assert_array_equal(merged[:, :2], points[:, :2])
    np.testing.assert_array_equal(merged[:SKIN_POINTS, 2], points[:SKIN_POINTS, 2])


def test_an_iris_lies_in_its_lid_line(points: Float) -> None:
    merged = merge_refined(outputs_of(points))
    for iris, eye in ((RIGHT_IRIS, REFINED_RIGHT_EYE), (LEFT_IRIS, REFINED_LEFT_EYE)):
        assert merged[list(iris), 2] == pytest.approx(points[list(eye[:LID_POINTS]), 2].mean())


@pytest.mark.parametrize("degrees", [-40.0, 0.0, 25.0])
def test_the_square_around_a_face_has_level_eyes(points: Float, degrees: float) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    square = face_square((points[:, :2] @ turn).astype(np.float32))
    assert square.angle == pytest.approx(angle, abs=1e-5)
    assert square.size == pytest.approx(1.5 * 128, rel=1e-4)
    assert (square.x, square.y) == pytest.approx(tuple(np.array([96.0, 96.0]) @ turn), abs=1e-3)


def test_points_come_back_in_photo_pixels(points: Float) -> None:
    runtime = FakeRuntime(points, logit=5.0)
    pixels = np.zeros((400, 500, 3), np.uint8)
    square = Square(240.0, 190.0, 192.0)
    mesh = LandmarkFinder(cast(Runtime, runtime)).find(pixels, square)
    assert mesh is not None
    assert runtime.passes >= 2 + 5
    assert mesh.points.shape == (POINTS, 3)
    assert mesh.presence == pytest.approx(1 / (1 + np.exp(-5)))
    # the model always sees the face in the crop's middle, so the square stays where it was
    middle = (mesh.points[:SKIN_POINTS, :2].min(axis=0) + mesh.points[:SKIN_POINTS, :2].max(axis=0)) / 2
    np.testing.assert_allclose(middle, (240, 190), atol=0.5)


def test_a_place_without_a_face_has_no_mesh(points: Float) -> None:
    runtime = FakeRuntime(points, logit=-5.0)
    finder = LandmarkFinder(cast(Runtime, runtime))
    assert finder.find(np.zeros((400, 500, 3), np.uint8), Square(240.0, 190.0, 192.0)) is None
    assert runtime.passes == 2
    assert finder.find(np.zeros((400, 500, 3), np.uint8), Square(-900.0, 190.0, 192.0)) is None
    assert runtime.passes == 2
