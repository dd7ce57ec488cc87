"""A photo that lies on its side or stands on its head is turned; one that is upright, or shows nobody, is not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.finder import FaceFinder
from pipeline.faces.upright import find_upright
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def finder(built_weights: WeightStore) -> FaceFinder:
    return FaceFinder(Runtime(built_weights.path))


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    return read_photo(astronaut(), long_side=320)


@pytest.mark.parametrize("quarters", range(4))
def test_the_photo_stands_as_its_face_does(finder: FaceFinder, portrait: Pixels, quarters: int) -> None:
    pixels, faces = find_upright(finder, np.ascontiguousarray(np.rot90(portrait, quarters)))
    assert np.array_equal(pixels, portrait)
    assert [abs(face.pose.roll) < 20 for face in faces] == [True]


def test_without_a_face_the_photo_stays_as_it_is(finder: FaceFinder, portrait: Pixels) -> None:
    wall = np.ascontiguousarray(portrait[:60, :100])
    pixels, faces = find_upright(finder, wall)
    assert pixels is wall
    assert faces == ()
