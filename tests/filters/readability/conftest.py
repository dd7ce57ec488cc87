"""One real face that every measurement of readability is tested on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime
from weights.store import WeightStore


@pytest.fixture(scope="session")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=["CPUExecutionProvider"], threads=2)


@pytest.fixture(scope="session")
def astronaut() -> Pixels:
    """The astronaut's head and shoulders, the face about 230 px wide."""
    return np.asarray(cv2.resize(data.astronaut()[:300, 80:380], (900, 900), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="session")
def face(runtime: Runtime, astronaut: Pixels) -> Face:
    (only,) = FaceFinder(runtime).find(astronaut)
    return only


@pytest.fixture(
    params=[np.zeros((50, 50), np.uint8), np.zeros((50, 50, 3), np.float32), np.zeros((50, 50, 4), np.uint8)],
    ids=["grey", "float", "with alpha"],
)
def no_photo(request: pytest.FixtureRequest) -> Pixels:
    """An array that is no photo: not uint8 H×W×3."""
    pixels: Pixels = request.param
    return pixels
