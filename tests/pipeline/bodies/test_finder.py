"""Bodies are found below their faces, in colour and in grey, and no other person's for a face without one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.bodies.finder import HIPS, POINTS, SHOULDERS, find_body
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime
from weights.store import WeightStore
from weights.train import damage


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return np.asarray(data.astronaut(), np.uint8)


@pytest.fixture(scope="module")
def face(runtime: Runtime, astronaut: Pixels) -> Face:
    (face, *_) = FaceFinder(runtime).find(astronaut)
    return face


@pytest.mark.parametrize("tone", [np.asarray, damage.to_grayscale, damage.to_sepia])
def test_shoulders_are_below_the_face(
    runtime: Runtime, astronaut: Pixels, face: Face, tone: Callable[[Pixels], Pixels]
) -> None:
    body = find_body(runtime, tone(astronaut), face)
    assert body is not None
    assert body.points.shape == (POINTS, 2) and body.seen.shape == (POINTS,)
    # by eye, within a wide suit: her left shoulder is on the right of the picture
    assert np.linalg.norm(body.points[SHOULDERS[0]] - (300, 235)) < 40
    assert np.linalg.norm(body.points[SHOULDERS[1]] - (125, 225)) < 40
    assert min(body.seen[list(SHOULDERS)]) > 0.8
    drawn = body.draw((astronaut.shape[0], astronaut.shape[1]))
    assert drawn[100:160, 200:250].min() > 0.9 and drawn[330:420, 110:260].mean() > 0.9  # the face, the suit
    assert drawn[:150, :60].max() < 0.1 and drawn[60:200, 380:].mean() < 0.1  # the flag, the shuttle


def test_points_beyond_the_photo_are_not_seen(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    top = np.ascontiguousarray(astronaut[:260])
    body = find_body(runtime, top, face)
    assert body is None or max(body.seen[list(HIPS)]) < 0.5


def test_a_face_before_an_empty_wall_has_no_body(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    assert find_body(runtime, np.full_like(astronaut, 128), face) is None
