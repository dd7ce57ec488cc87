"""What is drawn over a face hides what its label says."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.cover_samples import SIDE, draw_sample
from weights.train.occluders import OCCLUDERS, REGIONS, Kind, Occluder, draw_dark_glasses, draw_face_mask

CHIP = 128


@pytest.fixture
def points() -> np.ndarray:
    """Landmarks of a plain upright face: the ones that occluders use, in their place."""
    places = np.full((478, 2), 64.0, np.float32)
    places[[234, 454]] = (24, 66), (104, 66)
    places[[127, 356]] = (24, 55), (104, 55)
    ring = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = np.stack([np.cos(ring), np.sin(ring)], 1)
    for region, middle, size in zip(REGIONS, ((47, 52), (81, 52), (64, 72), (64, 92)), (8, 8, 8, 11), strict=True):
        shape = np.stack([np.cos(ring), np.sin(ring)], 1) if len(region) == 16 else circle
        corners = shape[np.linspace(0, 15, len(region)).astype(int)]
        places[list(region)] = np.array(middle) + corners * (size, 0.5 * size)
    places[[10, 152]] = (64, 14), (64, 116)
    places[[168, 6, 197, 195]] = (64, 50), (64, 56), (64, 61), (64, 66)
    places[[117, 346, 50, 280]] = (38, 66), (90, 66), (40, 74), (88, 74)
    jaw = (93, 132, 58, 172, 136, 150, 149, 176, 148, 377, 400, 378, 379, 365, 397, 288, 361, 323)
    turn = np.linspace(np.pi, 0, len(jaw))
    places[list(jaw)] = np.stack([64 + 40 * np.cos(turn), 70 + 46 * np.sin(turn)], 1)
    return places


@pytest.fixture
def chip() -> np.ndarray:
    return np.full((CHIP, CHIP, 3), (190, 150, 130), np.uint8)


def hidden(occluder: Occluder, chip: np.ndarray, points: np.ndarray, seed: int) -> list[float]:
    """How much of each region is hidden."""
    layer = occluder(np.random.default_rng(seed), chip.astype(np.float32), points, chip.astype(np.float32))
    assert layer.colour.shape == (CHIP, CHIP, 3)
    assert 0 <= layer.alpha.min() <= layer.alpha.max() < 1.00001  # rounding of the soft edge
    middles = [np.round(points[list(region)].mean(axis=0)).astype(int) for region in REGIONS]
    return [float(layer.alpha[y, x]) for x, y in middles]


@pytest.mark.parametrize("seed", range(5))
def test_glasses_hide_the_eyes_and_nothing_else(chip: np.ndarray, points: np.ndarray, seed: int) -> None:
    right, left, nose, mouth = hidden(draw_dark_glasses, chip, points, seed)
    assert min(right, left) > 0.75
    assert max(nose, mouth) < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_a_mask_hides_the_nose_and_the_mouth(chip: np.ndarray, points: np.ndarray, seed: int) -> None:
    right, left, nose, mouth = hidden(draw_face_mask, chip, points, seed)
    assert min(nose, mouth) > 0.9
    assert max(right, left) < 0.3


@pytest.mark.parametrize("occluder", [one for one, _ in OCCLUDERS], ids=lambda one: one.__name__)
def test_every_occluder_stays_within_its_ranges(occluder: Occluder, chip: np.ndarray, points: np.ndarray) -> None:
    for seed in range(8):
        hidden(occluder, chip, points, seed)


def test_a_sample_is_labelled_and_comes_from_its_seed_alone(chip: np.ndarray, points: np.ndarray) -> None:
    drawn = [draw_sample(np.random.default_rng(seed), chip, points, chip) for seed in range(60)]
    assert all(one.pixels.shape == (SIDE, SIDE, 3) and one.pixels.dtype == np.uint8 for one in drawn)
    assert {answer for one in drawn for answer in one.covered} == {-1, 0, 1}
    assert all((one.kind in set(Kind)) == (1 in one.covered) for one in drawn)
    again = draw_sample(np.random.default_rng(7), chip, points, chip)
    assert np.array_equal(again.pixels, drawn[7].pixels)
    assert again.covered == drawn[7].covered
