"""Grain of filled places: as strong as the photo's, never more than is asked, none without a measure."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.layers.fill_grain import draw_grain


def grainy(strength: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    noise = np.random.default_rng(3).normal(0, strength, (90, 120))
    return np.repeat(np.clip(np.rint(128 + noise), 0, 255)[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("strength", [2.0, 4.0])
def test_it_is_as_strong_as_the_photos_own(strength: float) -> None:
    drawn = draw_grain(grainy(strength), np.ones((90, 120), bool), 8.0)
    assert drawn.std() == pytest.approx(strength, rel=0.15)


def test_it_has_a_limit_and_needs_a_measure() -> None:
    assert draw_grain(grainy(20.0), np.ones((90, 120), bool), 6.0).std() == pytest.approx(6.0, rel=0.01)
    assert not draw_grain(grainy(4.0), np.zeros((90, 120), bool), 6.0).any()
