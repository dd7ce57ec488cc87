"""Training pictures of the net of covered faces: labelled, and the same again from the same seed."""

from __future__ import annotations

import numpy as np

from weights.train.cover_samples import SIDE, draw_sample, draw_samples
from weights.train.occluders import Kind


def test_a_sample_is_labelled_and_comes_from_its_seed_alone(chip: np.ndarray, points: np.ndarray) -> None:
    drawn = [draw_sample(np.random.default_rng(seed), chip, points, chip) for seed in range(60)]
    assert all(one.pixels.shape == (SIDE, SIDE, 3) and one.pixels.dtype == np.uint8 for one in drawn)
    assert {answer for one in drawn for answer in one.covered} == {-1, 0, 1}
    assert all((one.kind in set(Kind)) == (1 in one.covered) for one in drawn)
    again = draw_sample(np.random.default_rng(7), chip, points, chip)
    assert np.array_equal(again.pixels, drawn[7].pixels)
    assert again.covered == drawn[7].covered


def test_many_samples_are_arrays_of_one_length(chip: np.ndarray, points: np.ndarray) -> None:
    pixels, covered, kind = draw_samples(np.stack([chip, chip]), np.stack([points, points]), 5, seed=1)
    assert (pixels.shape, covered.shape, kind.shape) == ((5, SIDE, SIDE, 3), (5, 4), (5,))
    again = draw_samples(np.stack([chip, chip]), np.stack([points, points]), 5, seed=1)
    assert all(np.array_equal(one, other) for one, other in zip((pixels, covered, kind), again, strict=True))
