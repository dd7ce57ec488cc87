"""A photo that lies on its side or stands on its head is turned; one that is upright, or shows nobody, is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import cv2
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


def test_heavy_grain_does_not_hide_a_face(finder: FaceFinder) -> None:
    portrait = read_photo(astronaut(), long_side=240)
    noise = np.random.default_rng(0).standard_normal(portrait.shape[:2]).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), 1.2)
    grainy = np.clip(portrait + (40 / grain.std() * grain)[..., None], 0, 255).astype(np.uint8)
    assert finder.find(grainy) == ()
    (through_grain,) = found = finder.find_through_grain(grainy)
    assert abs(through_grain.pose.roll) < 20
    assert finder.find_through_grain(portrait) == ()
    blind = SimpleNamespace(find=lambda pixels: (), find_through_grain=lambda pixels: found)
    assert find_upright(cast(FaceFinder, blind), grainy) == (grainy, found)
