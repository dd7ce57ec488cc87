"""Parts of M against torch's own, and its angles."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from torch.nn import functional  # noqa: E402

from weights.convert.liveportrait.motion import ChannelNorm, Motion  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.sizes import BINS, TINY  # noqa: E402


def test_the_norm_is_over_channels() -> None:
    x = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = ChannelNorm(5)(x)
    expected = functional.layer_norm(x.permute(0, 2, 3, 1), (5,), eps=1e-6).permute(0, 3, 1, 2)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_angle_is_the_mean_of_its_bins() -> None:
    logits = torch.full((1, BINS), -50.0)
    logits[0, 33] = 50.0
    net = Motion(TINY)
    assert float(net._degrees(logits)) == pytest.approx(33 * 3 - 97.5)
    assert float(net._degrees(torch.zeros(1, BINS))) == pytest.approx(0.0, abs=1e-4)


def test_the_answers_have_the_declared_shapes(nets: Nets) -> None:
    with torch.no_grad():
        pose, translation, expression, scale, keypoints = nets.motion(torch.full((2, 3, 64, 64), 0.5))
    assert (pose.shape, translation.shape, scale.shape) == ((2, 3), (2, 3), (2, 1))
    assert expression.shape == keypoints.shape == (2, 21, 3)
