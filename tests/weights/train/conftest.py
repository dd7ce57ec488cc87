"""A plain face for the trainers: a chip of one colour, and landmarks where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.occluders import REGIONS

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
