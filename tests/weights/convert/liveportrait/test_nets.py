"""The official checkpoints would load strictly: names and shapes are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.sizes import OFFICIAL  # noqa: E402

KEYS = Path(__file__).with_name("official_keys.txt")


def official_keys() -> dict[str, dict[str, tuple[int, ...]]]:
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for line in KEYS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            net, key, shape = line.split()
            found.setdefault(net, {})[key] = () if shape == "-" else tuple(int(n) for n in shape.split("x"))
    return found


def test_names_and_shapes_are_those_of_the_official_checkpoints() -> None:
    """At full size, without any memory for the weights."""
    with torch.device("meta"):
        full = Nets.empty(OFFICIAL)
    ours = {name: {k: tuple(v.shape) for k, v in net.state_dict().items()} for name, net in full.by_name().items()}
    assert ours == official_keys()
    count = sum(p.numel() for net in full.by_name().values() for p in net.parameters())
    assert count == 836_224 + 28_118_728 + 45_529_829 + 55_365_388 + 45_249 + 144_703 + 37_311
