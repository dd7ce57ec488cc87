"""Measures of a motion, and strategies that make wishes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from pipeline.arrays import Float
from pipeline.limits import PRESETS
from pipeline.motion.curves import Motion
from pipeline.motion.gesture_wish import MOST_TIMES, SPEEDS, GestureWish
from pipeline.motion.gestures import GESTURES

lengths = st.one_of(st.sampled_from((2.0, 4.0, 6.0)), st.floats(2.0, 6.0))
rates = st.sampled_from((25, 30))
seeds = st.integers(0, 10_000)
presets = st.sampled_from(PRESETS)


def _wishes_of(name: str) -> st.SearchStrategy[GestureWish]:
    gesture = GESTURES[name]
    return st.builds(
        GestureWish,
        st.just(name),
        st.sampled_from(("", *gesture.sides)),
        st.integers(1, MOST_TIMES if gesture.beat else 1),
        st.one_of(st.just(1.0), st.integers(3, 14).map(lambda tenths: tenths / 10)),
        st.sampled_from(("", *SPEEDS)),
    )


gesture_wishes = st.sampled_from(sorted(GESTURES)).flatmap(_wishes_of)
wishes = st.lists(st.one_of(st.sampled_from(sorted(GESTURES)), gesture_wishes.map(str)), max_size=7)


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
