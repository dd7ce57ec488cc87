"""Random weights: the same for one seed, and none of them neutral."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.random_weights import randomise  # noqa: E402
from weights.convert.liveportrait.sizes import TINY  # noqa: E402


def random_nets(seed: int) -> dict[str, torch.Tensor]:
    nets = Nets.empty(TINY)
    randomise(nets, seed)
    return {
        f"{net}.{key}": value for net, module in nets.by_name().items() for key, value in module.state_dict().items()
    }


def test_a_seed_gives_the_same_weights() -> None:
    first, second, other = (random_nets(seed) for seed in (3, 3, 4))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(first["appearance.second.weight"], other["appearance.second.weight"])


def test_no_statistic_gain_or_offset_is_neutral() -> None:
    for key, value in random_nets(3).items():
        assert torch.isfinite(value).all()
        if key.endswith(("running_mean", "running_var", "bias", "gamma", "beta")):
            assert value.unique().numel() == value.numel() and 0.0 not in value and 1.0 not in value, key
