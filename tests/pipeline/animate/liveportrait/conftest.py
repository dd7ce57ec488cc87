"""The astronaut, found once, and a runtime whose neural nets are those of fake_nets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pipeline.animate.liveportrait.crop import crop_face, find_square
from pipeline.animate.liveportrait.source import Source, analyse_photo
from pipeline.faces.finder import Face, FaceFinder
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait import fake_nets
from weights.store import WeightStore

Pixels = NDArray[np.uint8]

# what the trained weights are asked is no question where they are not: they can't be brought to a test machine
_added = WeightStore().liveportrait.record()
collect_ignore = [] if _added and _added.published else ["test_animator_official_weights.py"]


@pytest.fixture(scope="session")
def fake_runtime(built_weights: WeightStore, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    files = fake_nets.write(tmp_path_factory.mktemp("fake-nets"))
    return Runtime(lambda name: files.get(name) or built_weights.path(name), threads=1)


@pytest.fixture(scope="session")
def astronaut() -> Pixels:
    """Head and shoulders, 320×300, a face of 92 px."""
    return np.ascontiguousarray(data.astronaut()[:300, 64:384])


@pytest.fixture(scope="session")
def astronaut_face(fake_runtime: Runtime, astronaut: Pixels) -> Face:
    (only,) = FaceFinder(fake_runtime).find(astronaut)
    return only


@pytest.fixture(scope="session")
def source(fake_runtime: Runtime, astronaut: Pixels, astronaut_face: Face) -> Source:
    """The astronaut, analysed by the fake nets."""
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), fake_nets.LARGE)
    return analyse_photo(fake_runtime, crop, astronaut_face.landmarks)


def motion_of(count: int, **peaks: float) -> Motion:
    """Each named curve goes from 0 to its peak and back, a sine's half."""
    wave = np.sin(np.linspace(0.0, np.pi, count, endpoint=False)).astype(np.float32)
    return Motion("test", 25, {name: wave * np.float32(peaks.get(name, 0.0)) for name in CHANNELS})
