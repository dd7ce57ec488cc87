"""Corrections of keypoints: one photo serves all frames, and the shift has no depth."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.nets import Nets  # noqa: E402

RANDOM = torch.Generator().manual_seed(8)


def test_one_source_is_taken_for_every_frame(nets: Nets) -> None:
    source, driving = torch.randn(1, 21, 3, generator=RANDOM), torch.randn(4, 21, 3, generator=RANDOM)
    ratios = torch.rand(4, 3, generator=RANDOM)
    with torch.no_grad():
        np.testing.assert_allclose(
            nets.stitching(source, driving), nets.stitching(source.expand(4, 21, 3), driving), atol=1e-6
        )
        np.testing.assert_allclose(nets.eyes(source, ratios), nets.eyes(source.expand(4, 21, 3), ratios), atol=1e-6)


def test_the_last_two_values_shift_all_points(nets: Nets) -> None:
    source, driving = torch.randn(1, 21, 3, generator=RANDOM), torch.randn(1, 21, 3, generator=RANDOM)
    with torch.no_grad():
        raw = nets.stitching.mlp(torch.cat([source.reshape(1, -1), driving.reshape(1, -1)], 1))
        corrected = nets.stitching(source, driving)
    shift = corrected - driving - raw[:, :63].reshape(1, 21, 3)
    np.testing.assert_allclose(shift[0, :, :2], raw[:, 63:].expand(21, 2), atol=1e-5)
    np.testing.assert_allclose(shift[0, :, 2], 0.0, atol=1e-5)
