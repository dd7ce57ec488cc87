"""Grain: its measure follows what was added, and edges outlive its calming."""

from __future__ import annotations

import numpy as np

from pipeline.restore.grain import calm_grain, measure_grain
from weights.train import damage


def test_the_measure_follows_the_grain() -> None:
    flat, rng = np.full((128, 128, 3), 128, np.uint8), np.random.default_rng(0)
    measured = [measure_grain(damage.add_grain(flat, rng, deviation, 0.5)) for deviation in (4, 8, 16)]
    assert measured[0] < measured[1] < measured[2]
    assert 1.6 < measured[2] / measured[1] < 2.4
    assert measure_grain(flat) == 0 and measure_grain(flat[:4, :4]) == 0


def test_an_edge_outlives_the_calming() -> None:
    edge = np.full((96, 96, 3), 80, np.uint8)
    edge[:, 48:] = 170
    grainy = damage.add_grain(edge, np.random.default_rng(0), 14, 0.5)
    calm = calm_grain(grainy).astype(float)
    assert calm[10:40, :40].std() < 0.7 * grainy[10:40, :40].std()
    step = calm[:, 50:54].mean() - calm[:, 42:46].mean()
    assert step > 75  # of 90 levels
