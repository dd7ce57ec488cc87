"""Measures of a motion, and strategies that make wishes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from pipeline.arrays import Float
from pipeline.motion.curves import Motion
from pipeline.motion.gestures import GESTURES

lengths = st.one_of(st.sampled_from((2.0, 4.0, 6.0)), st.floats(2.0, 6.0))
rates = st.sampled_from((25, 30))
seeds = st.integers(0, 10_000)
presets = st.sampled_from(("nostalgia", "idle"))
wishes = st.lists(st.sampled_from(sorted(GESTURES)), max_size=7)


def steps(curve: Float) -> Float:
    """The curve's change from each frame to the next, the last one through the seam."""
    changes: Float = np.roll(curve, -1) - curve
    return changes


def head_steps(motion: Motion) -> Float:
    yaw, pitch, roll = (steps(motion.curves[name]) for name in ("yaw", "pitch", "roll"))
    lengths: Float = np.sqrt(yaw**2 + pitch**2 + roll**2)
    return lengths


def blinks(lid: Float) -> int:
    shut = lid > 0.7
    return int((shut & ~np.roll(shut, 1)).sum())
