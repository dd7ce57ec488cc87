"""Volumes are sampled the same in both forms, and a volume that is shifted as a whole by hats alone."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from torch.nn import functional  # noqa: E402

from weights.convert.liveportrait.sampling import Hats, Sampler, axis_positions  # noqa: E402

RANDOM = torch.Generator().manual_seed(5)


def test_both_forms_sample_the_same() -> None:
    sampler = Sampler(3, 4, 8)
    volume = torch.rand(1, 3, 4, 8, 8, generator=RANDOM)
    positions = torch.rand(2, 4, 8, 8, 3, generator=RANDOM) * 2.6 - 1.3  # also outside, where zero is
    whole = sampler(volume, positions)
    assert whole.shape == (2, 3, 4, 8, 8)
    one = functional.grid_sample(volume, positions[1:], mode="bilinear", align_corners=False)
    np.testing.assert_allclose(whole[1:], one, atol=1e-6)
    sampler.form = "4d"
    np.testing.assert_allclose(sampler(volume, positions), whole, atol=1e-5)


def test_hats_are_the_weights_of_a_shifted_row() -> None:
    count = 8
    row = torch.rand(1, 1, 1, count, generator=RANDOM)
    shifts = torch.tensor([[[0.3, 0.0, 0.0], [-2.5, 0.0, 0.0]]])
    weights = Hats(count)(shifts, 0)
    assert weights.shape == (1, 2, count, count)
    for index, shift in enumerate((0.3, -2.5)):
        x = axis_positions(count) + shift
        grid = torch.stack([x, torch.zeros_like(x)], -1)[None, None]
        expected = functional.grid_sample(row, grid, mode="bilinear", align_corners=False)[0, 0, 0]
        np.testing.assert_allclose(weights[0, index] @ row[0, 0, 0], expected, atol=1e-6)
