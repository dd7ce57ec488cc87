"""Eyes painted on plain skin, and the head of the close-up, for all tests of lids and lashes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT
from pipeline.animate.warp.head_frame import Head, measure_head
from pipeline.arrays import Float
from pipeline.faces.finder import Face
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, Pixels, paint_eye


@pytest.fixture(scope="session", params=[(RIGHT, 2), (LEFT, 2), (RIGHT, 5)], ids=["right", "left", "heavy lashes"])
def painted(request: pytest.FixtureRequest, close_up: Pixels, close_face: Face) -> PaintedEye:
    eye, lashes = request.param
    return paint_eye(close_face, (close_up.shape[0], close_up.shape[1]), eye, lashes)


@pytest.fixture(scope="module")
def close_head(close_face: Face) -> Head:
    return measure_head(close_face.landmarks)


@pytest.fixture(scope="module")
def alpha(close_up: Pixels) -> Float:
    return np.ones(close_up.shape[:2], np.float32)
