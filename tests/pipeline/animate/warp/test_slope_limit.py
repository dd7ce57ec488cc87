"""A field is smoothed where it is too steep, and nowhere else."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.slope_limit import limit_slope, measure_slope
from pipeline.arrays import Float

STEP = 3


def ramp(slope: float) -> Float:
    """A displacement that rises across 60 of 120 columns by `slope` pixels a pixel, and is level beside them."""
    x = np.clip(np.arange(120) - 30, 0, 60) * STEP
    field = np.zeros((80, 120, 2), np.float32)
    field[..., 0] = slope * x
    return field


def test_the_slope_of_a_ramp_is_measured() -> None:
    steepness = measure_slope(ramp(0.4), STEP)
    assert steepness.shape == (80, 120)
    np.testing.assert_allclose(steepness[:, 40:80], 0.4, rtol=1e-4)
    assert steepness[:, :25].max() == 0.0


def test_a_turn_and_a_shear_count_in_full() -> None:
    y, x = np.mgrid[:40, :40].astype(np.float32) * STEP
    shear = np.stack([0.3 * y, np.zeros_like(y)], -1)
    turn = np.stack([-0.2 * y, 0.2 * x], -1)
    np.testing.assert_allclose(measure_slope(shear, STEP), 0.3, rtol=1e-3)
    np.testing.assert_allclose(measure_slope(turn, STEP), 0.2, rtol=1e-3)


def test_a_gentle_field_stays_as_it_is() -> None:
    field = ramp(0.3)
    assert limit_slope(field, STEP, 0.5) is field


def test_a_steep_place_is_smoothed_and_the_rest_stays() -> None:
    y, x = np.mgrid[:120, :120].astype(np.float32)
    bump = (
        np.exp(-((x - 30) ** 2 + (y - 60) ** 2) / 18.0) * 30.0 + np.exp(-((x - 90) ** 2 + (y - 60) ** 2) / 200.0) * 6.0
    )
    field = np.stack([bump, 0.5 * bump], -1).astype(np.float32)
    assert measure_slope(field, STEP).max() > 1.5
    limited = limit_slope(field, STEP, 0.5)
    assert measure_slope(limited, STEP).max() <= 0.5
    assert limited[60, 30, 0] > 4.0  # still a bump
    np.testing.assert_array_equal(limited[:, 75:], field[:, 75:])
