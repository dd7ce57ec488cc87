"""The net of covered faces: its shapes, and the labels that it doubts."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.train.cover import CoverNet, drop_doubtful_labels  # noqa: E402
from weights.train.cover_samples import SIDE, draw_samples  # noqa: E402


def test_the_net_answers_four_parts_and_four_kinds() -> None:
    covered, kind = CoverNet().eval()(torch.zeros(3, SIDE, SIDE, 3))
    assert (tuple(covered.shape), tuple(kind.shape)) == ((3, 4), (3, 4))


def test_only_free_labels_are_doubted(chip: np.ndarray, points: np.ndarray) -> None:
    samples = draw_samples(np.stack([chip, chip]), np.stack([points, points]), 8, seed=1)
    pixels, covered, kind = drop_doubtful_labels(CoverNet().eval(), samples)
    assert np.array_equal(pixels, samples[0])
    assert np.array_equal(kind, samples[2])
    changed = covered != samples[1]
    assert (samples[1][changed] == 0).all()
    assert (covered[changed] == -1).all()
