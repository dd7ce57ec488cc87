"""F folds its flat map into a volume."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.nets import Nets  # noqa: E402


def test_a_picture_becomes_a_volume(nets: Nets) -> None:
    sizes = nets.sizes
    with torch.no_grad():
        volume = nets.appearance(torch.full((2, 3, sizes.side, sizes.side), 0.5))
    assert volume.shape == (2, sizes.channels, sizes.depth, sizes.grid, sizes.grid)
    assert torch.isfinite(volume).all()
