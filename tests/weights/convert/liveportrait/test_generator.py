"""Spectral norm folded into plain convolutions changes nothing."""

from __future__ import annotations

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.generator import SpectralConv2d, fold_spectral_norm  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402


def test_a_folded_generator_draws_the_same(nets: Nets) -> None:
    folded = copy.deepcopy(nets.generator)
    fold_spectral_norm(folded)
    assert not any(isinstance(module, SpectralConv2d) for module in folded.modules())
    features = torch.randn(1, nets.sizes.decoded, 16, 16, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        before, after = nets.generator(features), folded(features)
    assert before.shape == (1, 3, 128, 128)
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_the_largest_singular_value_becomes_one() -> None:
    conv = SpectralConv2d(4, 6, 3)
    matrix = conv.weight_orig.detach().flatten(1)
    left, values, right = torch.linalg.svd(matrix)
    conv.weight_u.copy_(left[:, 0])
    conv.weight_v.copy_(right[0])
    assert float(values[0]) != pytest.approx(1.0)
    assert float(torch.linalg.svd(conv.weight().detach().flatten(1)).S[0]) == pytest.approx(1.0, abs=1e-5)
