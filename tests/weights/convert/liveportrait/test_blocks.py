"""Operators on a folded depth compute what those on volumes do."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from torch.nn import functional  # noqa: E402

from weights.convert.liveportrait.blocks import Down3d, Same2d, Same3d, Up3d  # noqa: E402

RANDOM = torch.Generator().manual_seed(6)


def test_halving_and_doubling_leave_the_depth() -> None:
    volume = torch.rand(2, 3, 4, 8, 8, generator=RANDOM)
    with torch.no_grad():
        down = Down3d(3, 5, (4, 8, 8)).eval()
        expected = functional.avg_pool3d(Same3d.forward(down, volume), (1, 2, 2))
        np.testing.assert_allclose(down(volume), expected, atol=1e-6)
        up = Up3d(3, 5, (4, 8, 8)).eval()
        doubled = functional.interpolate(volume, scale_factor=(1.0, 2.0, 2.0), mode="nearest")
        np.testing.assert_allclose(up(volume), Same3d.forward(up, doubled), atol=1e-6)


def test_only_a_leaky_block_lets_negative_values_through() -> None:
    picture = torch.randn(1, 3, 8, 8, generator=RANDOM)
    with torch.no_grad():
        assert Same2d(3, 4).eval()(picture).min() == 0.0
        assert Same2d(3, 4, leaky=True).eval()(picture).min() < 0.0
