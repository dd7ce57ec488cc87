"""The dense motion's shortcuts: shifts blended instead of whole fields, a Gaussian as a product of three."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from torch.nn import functional  # noqa: E402

from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.sizes import KEYPOINTS, TINY  # noqa: E402
from weights.convert.liveportrait.warping import Deformation, Heatmaps, Shifts  # noqa: E402

RANDOM = torch.Generator().manual_seed(9)
DEPTH, SIDE = TINY.depth, TINY.grid


def points(count: int) -> torch.Tensor:
    return torch.rand(count, KEYPOINTS, 3, generator=RANDOM) * 1.6 - 0.8


def test_a_gaussian_is_the_product_of_three() -> None:
    driving, source = points(2), points(1)
    grid = Deformation(TINY).grid

    def gaussian(keypoints: torch.Tensor) -> torch.Tensor:
        distance = (grid - keypoints[:, :, None, None, None, :]).square().sum(-1)
        return torch.exp(-0.5 * distance / 0.01)

    found = Heatmaps(TINY)(driving, source)
    np.testing.assert_allclose(found, gaussian(driving) - gaussian(source), atol=1e-5)


def test_blended_shifts_are_blended_fields() -> None:
    shifts = Shifts()(points(2), points(1))
    assert shifts.shape == (2, KEYPOINTS + 1, 3) and not shifts[:, 0].any()
    deformation = Deformation(TINY)
    logits = torch.randn(2, KEYPOINTS + 1, DEPTH, SIDE, SIDE, generator=RANDOM)
    fields = deformation.grid.unsqueeze(1) + shifts[:, :, None, None, None, :]
    expected = (torch.softmax(logits, 1).unsqueeze(-1) * fields).sum(1)
    np.testing.assert_allclose(deformation(logits, shifts), expected, atol=1e-5)


def test_a_volume_is_shifted_by_each_keypoint(nets: Nets) -> None:
    """Three products of matrices against one sampling for each keypoint."""
    motion = nets.warping.dense_motion_network
    small = torch.rand(1, TINY.compressed, DEPTH, SIDE, SIDE, generator=RANDOM)
    shifts = Shifts()(points(1), points(1))
    found = motion._shifted(small, shifts)
    grid = Deformation(TINY).grid
    for index in (0, 1, KEYPOINTS):
        expected = functional.grid_sample(small, grid + shifts[:, index], mode="bilinear", align_corners=False)
        np.testing.assert_allclose(found[:, index], expected, atol=1e-5)
