"""The matting equations of the unsure band."""

from __future__ import annotations

import numpy as np

from pipeline.image_ops import gaussian
from pipeline.layers.matting_band import solve_band


def test_a_mixture_of_two_colours_is_taken_apart() -> None:
    truth = np.zeros((40, 60), np.float32)
    truth[:, 25:] = 1.0
    truth = gaussian(truth, 1.5)
    person, wall = np.float32([0.7, 0.4, 0.2]), np.float32([0.1, 0.5, 0.9])
    guide = truth[..., None] * person + (1.0 - truth[..., None]) * wall
    unsure = np.zeros(truth.shape, bool)
    unsure[:, 20:32] = True  # to the borders, beyond which the photo is mirrored
    found = solve_band(guide, np.where(unsure, np.float32(0.5), truth), unsure)
    assert np.abs(found - truth).max() < 0.02
    assert np.array_equal(found[~unsure], truth[~unsure])
    assert solve_band(guide, truth, np.zeros_like(unsure)) is truth
