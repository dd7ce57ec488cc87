"""Neighbours look at each other, in turn, and each comes back."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.glances import add_glances


def difference(before: Motion, after: Motion, channel: str) -> np.ndarray:
    return np.asarray(after.curves[channel] - before.curves[channel])


@pytest.mark.parametrize("seed", range(4))
def test_two_people_look_at_each_other(seed: int) -> None:
    before = [compose("idle", seed=seed), compose("idle", seed=seed + 1)]
    right, left = add_glances(before, (500.0, 100.0), seed)  # the first one sits at the right
    to_left, to_right = difference(before[0], right, "gaze_x"), difference(before[1], left, "gaze_x")
    assert to_left.min() < -0.04 and to_right.max() > 0.04
    assert difference(before[0], right, "yaw").min() < -2 and difference(before[1], left, "yaw").max() > 2
    assert ((to_left < -0.02) & (to_right > 0.02)).any()  # for a while both look
    assert to_left.argmin() != to_right.argmax()  # one begins, the other answers
    assert np.array_equal(right.curves["smile"], before[0].curves["smile"])


def test_who_is_left_over_moves_as_before() -> None:
    before = [compose("idle", seed=seed) for seed in range(3)]
    for seed in range(6):
        after = add_glances(before, (1.0, 2.0, 3.0), seed)
        moved = [not np.array_equal(a.curves["yaw"], b.curves["yaw"]) for a, b in zip(after, before, strict=True)]
        assert moved in ([True, True, False], [False, True, True])
    assert add_glances(before[:1], (1.0,), 0) == before[:1]


@pytest.mark.parametrize("seconds", [2.0, 6.0])
def test_a_glance_has_no_seam(seconds: float) -> None:
    before = [compose("idle", seconds=seconds, seed=seed) for seed in (0, 1)]
    for motion in add_glances(before, (1.0, 2.0), 3):
        curve = motion.curves["yaw"]
        steps = np.abs(np.diff(np.append(curve, curve[0])))
        assert steps[-1] <= max(1.5 * float(np.median(steps)), 0.1)
