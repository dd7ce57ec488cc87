"""Damages: the same again from the same seed, the shape kept, and each really changes the picture."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.photo.load import read_photo
from skill.demo_portrait import astronaut
from weights.train.damage import DAMAGES, add_grain, apply_random_damage, fade, to_grayscale

PORTRAIT: Pixels = np.ascontiguousarray(read_photo(astronaut())[:260, 100:340])


@pytest.mark.parametrize("name", DAMAGES)
def test_a_seed_gives_the_same_picture(name: str) -> None:
    before = PORTRAIT.copy()
    first, again = (DAMAGES[name](PORTRAIT, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert first.dtype == np.uint8
    assert first.shape == PORTRAIT.shape
    assert np.array_equal(PORTRAIT, before)
    assert np.array_equal(first, PORTRAIT) == (name == "clean")


def test_random_damage_is_of_its_seed() -> None:
    first, again, other = (apply_random_damage(PORTRAIT, np.random.default_rng(seed)) for seed in (8, 8, 9))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_grain_is_as_strong_as_asked_and_has_no_colour() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    harmed = add_grain(grey, np.random.default_rng(2), 10)
    assert harmed.std() == pytest.approx(10, rel=0.05)
    assert (harmed == harmed[..., :1]).all()
    beside = np.corrcoef(harmed[:, :-1, 0].ravel(), harmed[:, 1:, 0].ravel())[0, 1]
    assert beside > 0.5  # correlated, unlike a sensor's noise


def test_fading_squeezes_the_tones() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16)[..., None], 3, axis=2)
    assert np.ptp(fade(ramp, 0.4)) == pytest.approx(102, abs=1)


def test_grey_is_grey() -> None:
    grey = to_grayscale(PORTRAIT)
    assert (grey == grey[..., :1]).all()
