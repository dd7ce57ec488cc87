"""Glances: people beside each other on one photo look at each other once in a loop, each in an own moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from pipeline.motion.channels import LIMITS
from pipeline.motion.curves import Motion
from pipeline.motion.easing import Clock, pulse

_EYES: Final = 0.06  # eye widths that the eyes go aside
_HEAD: Final = 3.2  # degrees that the head follows them
_LATE: Final = 0.22  # seconds that the head is later than the eyes
_ANSWER: Final = 0.45  # seconds, about, until the other one looks back
_HOLD: Final = 0.75  # seconds that both look


def add_glances(motions: Sequence[Motion], places: Sequence[float], seed: int) -> list[Motion]:
    """Let neighbours look at each other.

    Args:
        motions: One for each face, all of the same length and rate.
        places: Where each face is, across the picture.
        seed: Chooses the pairs and the moments.

    Returns:
        The motions in the same order; who has no neighbour left moves as before.
    """
    out, rng = list(motions), np.random.default_rng(seed)
    order = np.argsort(places).tolist()
    first = int(rng.integers(2)) if len(order) > 2 else 0
    for left, right in zip(order[first::2], order[first + 1 :: 2], strict=False):
        start = float(rng.uniform(0.3, 0.5)) * out[left].seconds
        back = start + _ANSWER * float(rng.uniform(0.7, 1.3))
        begins, answers = (left, right) if rng.integers(2) else (right, left)
        for who, at in ((begins, start), (answers, back)):
            out[who] = _glance(out[who], 1.0 if who == left else -1.0, at)
    return out


def _glance(motion: Motion, side: float, start: float) -> Motion:
    """The motion with a look aside: `side` is 1 for the picture's right, -1 for its left."""
    clock = Clock(len(motion), motion.fps)
    pace = min(1.0, motion.seconds / 4.0)
    eyes = pulse(clock, start, 0.09, _HOLD * pace, 0.12)
    head = pulse(clock, start + _LATE * pace, 0.5 * pace, 0.6 * _HOLD * pace, 0.8 * pace)
    changed = {"gaze_x": side * _EYES * (eyes - 0.45 * head), "yaw": side * _HEAD * head}
    curves = {
        name: np.clip(motion.curves[name] + curve - curve[0], *LIMITS[name]).astype(np.float32)
        for name, curve in changed.items()
    }
    return replace(motion, curves={**motion.curves, **curves})
