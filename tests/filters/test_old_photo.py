"""Old photos: brown paper with grain or fading, and nothing of today."""

from __future__ import annotations

import numpy as np

from filters.old_photo import is_old_photo
from pipeline.arrays import Pixels
from pipeline.photo.load import read_photo
from skill.demo_portrait import astronaut
from weights.train.damage import add_grain, fade, to_grayscale, to_sepia

PORTRAIT: Pixels = read_photo(astronaut())


def test_a_photo_of_today_is_not_old() -> None:
    assert not is_old_photo(PORTRAIT)
    assert not is_old_photo(to_grayscale(PORTRAIT))


def test_colour_with_grain_is_not_old() -> None:
    assert not is_old_photo(add_grain(PORTRAIT, np.random.default_rng(1), 12))


def test_brown_grainy_paper_is_old() -> None:
    assert is_old_photo(add_grain(to_sepia(PORTRAIT), np.random.default_rng(1), 8))


def test_brown_faded_paper_is_old() -> None:
    assert is_old_photo(fade(to_sepia(PORTRAIT), 0.6))
