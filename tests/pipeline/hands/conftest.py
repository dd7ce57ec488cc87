"""A photo with hands: that of six people at a table in insightface's package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime
from weights.store import WeightStore


@pytest.fixture(scope="session")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="session")
def table() -> Pixels:
    """uint8 886×1280×3 RGB."""
    package = find_spec("insightface")
    assert package is not None and package.origin is not None
    photo = cv2.imread(str(Path(package.origin).parent / "data" / "images" / "t1.jpg"), cv2.IMREAD_COLOR_RGB)
    assert photo is not None
    return np.asarray(photo, np.uint8)


@pytest.fixture(scope="session")
def people(runtime: Runtime, table: Pixels) -> tuple[Face, ...]:
    return FaceFinder(runtime).find(table)
