"""A painted shut eye: its line, light and texture are measured as they were painted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import RIGHT as RIGHT_EYE
from pipeline.animate.warp.eyes.contour import Contour, trace_contour
from pipeline.faces import mesh_topology as mesh
from skill.bench.truth.lid import PLACES, measure_shut_lid

WIDTH = 80.0
SKIN = 170
Drop = float


@pytest.fixture(scope="module")
def contour() -> Contour:
    """A level eye 80 pixels wide on a picture of 200×160, its outer corner at the left."""
    points = np.zeros((478, 3), np.float32)
    for numbers, sign in ((mesh.RIGHT_UPPER_LID, -1.0), (mesh.RIGHT_LOWER_LID, 1.0)):
        share = np.linspace(0.0, 1.0, len(numbers))
        for number, at in zip(numbers, share, strict=True):
            points[number] = (60 + WIDTH * at, 80 + sign * 0.16 * WIDTH * 4 * at * (1 - at), 0)
    points[list(RIGHT_EYE.brow), 0] = np.linspace(55, 145, 5)
    points[list(RIGHT_EYE.brow), 1] = 45
    points[list(RIGHT_EYE.iris)] = (100, 80, 0)
    return trace_contour(points, RIGHT_EYE)


def paint(drops: NDArray[np.float64], grain: float = 0.0) -> NDArray[np.uint8]:
    """A dark soft line from corner to corner on plain skin, `drops` eye widths below them at nine places."""
    picture = np.full((160, 200, 3), SKIN, np.float32)
    at = np.linspace(0, 1, len(drops))
    y, x = np.mgrid[:160, :200].astype(np.float32)
    line = 80 + WIDTH * np.interp((x - 60) / WIDTH, at, drops)
    inside = (x > 58) & (x < 142)
    picture -= (90 * np.exp(-(((y - line) / 3) ** 2)) * inside)[..., None]
    picture += np.random.default_rng(0).normal(0, grain, picture.shape[:2])[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "drops", [np.zeros(9), np.linspace(0.1, -0.06, 9), 0.4 * np.linspace(0, 1, 9) * (1 - np.linspace(0, 1, 9))]
)
def test_the_line_is_found_where_it_was_painted(contour: Contour, drops: NDArray[np.float64]) -> None:
    lid = measure_shut_lid(paint(drops), contour)
    np.testing.assert_allclose(lid.line, np.interp(PLACES, np.linspace(0, 1, 9), drops), atol=0.012)
    assert 40 < lid.darkness < 95


def test_light_and_texture_are_those_of_the_skin(contour: Contour) -> None:
    plain, rough = (measure_shut_lid(paint(np.zeros(9), grain), contour) for grain in (0.0, 8.0))
    grey = np.full((1, 1, 3), SKIN / 255, np.float32)
    assert plain.light == pytest.approx(float(cv2.cvtColor(grey, cv2.COLOR_RGB2LAB)[0, 0, 0]), abs=1.0)
    assert plain.texture < 0.5
    assert rough.texture > 1.0


def test_the_outer_corner_comes_first_on_both_sides(contour: Contour) -> None:
    """The same picture, mirrored, of the eye at the other side: the same seven heights."""
    drops = np.linspace(0.1, -0.06, 9)
    mirrored = Contour(**{**vars(contour), "outer_is_left": False, "centre": np.array([199 - 100.0, 80.0])})
    flipped = np.ascontiguousarray(paint(drops)[:, ::-1])
    here, there = measure_shut_lid(paint(drops), contour).line, measure_shut_lid(flipped, mirrored).line
    np.testing.assert_allclose(here, there, atol=0.015)
