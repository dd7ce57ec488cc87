"""The keypoints of the comparison with the official code are those of the animator."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.liveportrait.source import rotation_matrices, transform_keypoints  # noqa: E402
from weights.convert.liveportrait.parity import keypoints  # noqa: E402


def test_keypoints_are_turned_moved_and_scaled() -> None:
    random = np.random.default_rng(4)
    motion = {
        "pose": random.normal(0, 10, (1, 3)).astype(np.float32),
        "translation": random.normal(0, 0.1, (1, 3)).astype(np.float32),
        "expression": random.normal(0, 0.1, (1, 21, 3)).astype(np.float32),
        "scale": np.array([[1.3]], np.float32),
        "keypoints": random.normal(0, 0.3, (1, 21, 3)).astype(np.float32),
    }
    turn = (4.0, -7.0, 3.0)
    rotation = rotation_matrices(motion["pose"] + np.float32(turn))
    shape = motion["keypoints"] @ rotation + motion["expression"] + 0.01
    expected = transform_keypoints(shape, motion["scale"][0], motion["translation"][:, :2])
    np.testing.assert_allclose(keypoints(motion, turn, 0.01), expected, atol=1e-6)
