"""Recordings made by hand: a head that nods, one that wanders."""

from __future__ import annotations

import numpy as np

from pipeline.animate.liveportrait.recording import Recording
from pipeline.animate.liveportrait.source import rotation_matrices


def nodding(count: int = 40, fps: float = 25.0, noise: float = 0.0) -> Recording:
    random = np.random.default_rng(5)
    angle = 0.2 * np.sin(np.arange(count) / 4.0)
    turns = np.tile(np.eye(3), (count, 1, 1))
    turns[:, 1, 1] = turns[:, 2, 2] = np.cos(angle)
    turns[:, 1, 2], turns[:, 2, 1] = np.sin(angle), -np.sin(angle)
    return Recording(
        fps,
        turns.astype(np.float32),
        random.normal(0, noise, (count, 21, 3)).astype(np.float32),
        (1.0 + random.normal(0, noise, count)).astype(np.float32),
        random.normal(0, noise, (count, 2)).astype(np.float32),
    )


def wandering(count: int = 20) -> Recording:
    """A head that drifts away, so that its end is not its beginning."""
    random = np.random.default_rng(1)
    return Recording(
        25.0,
        rotation_matrices(np.cumsum(random.normal(0, 1, (count, 3)), axis=0).astype(np.float32)),
        random.normal(0, 0.02, (count, 21, 3)).astype(np.float32),
        (1.2 + 0.001 * np.arange(count)).astype(np.float32),
        random.normal(0, 0.02, (count, 2)).astype(np.float32),
    )
