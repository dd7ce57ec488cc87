"""Things that are drawn over a face hide the parts that they should."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.occluders import OCCLUDERS, REGIONS, Occluder, draw_dark_glasses, draw_face_mask


def hidden_shares(occluder: Occluder, chip: np.ndarray, points: np.ndarray, seed: int) -> list[float]:
    """The opacity of the thing in the middle of each region."""
    layer = occluder(np.random.default_rng(seed), chip.astype(np.float32), points, chip.astype(np.float32))
    assert layer.colour.shape == chip.shape
    assert 0 <= layer.alpha.min() <= layer.alpha.max() < 1.00001  # rounding of the soft edge
    middles = [np.round(points[list(region)].mean(axis=0)).astype(int) for region in REGIONS]
    return [float(layer.alpha[y, x]) for x, y in middles]


@pytest.mark.parametrize("seed", range(5))
def test_glasses_hide_the_eyes_and_nothing_else(chip: np.ndarray, points: np.ndarray, seed: int) -> None:
    right, left, nose, mouth = hidden_shares(draw_dark_glasses, chip, points, seed)
    assert min(right, left) > 0.75
    assert max(nose, mouth) < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_a_mask_hides_the_nose_and_the_mouth(chip: np.ndarray, points: np.ndarray, seed: int) -> None:
    right, left, nose, mouth = hidden_shares(draw_face_mask, chip, points, seed)
    assert min(nose, mouth) > 0.9
    assert max(right, left) < 0.3


@pytest.mark.parametrize("occluder", [one for one, _ in OCCLUDERS], ids=lambda one: one.__name__)
def test_every_occluder_stays_within_its_ranges(occluder: Occluder, chip: np.ndarray, points: np.ndarray) -> None:
    for seed in range(8):
        hidden_shares(occluder, chip, points, seed)
