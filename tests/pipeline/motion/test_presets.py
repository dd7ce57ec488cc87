"""Presets tell their story as people move."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from pipeline.motion.compose import compose
from tests.pipeline.motion.measures import blinks, head_steps, rates, seeds, steps


@settings(deadline=None, max_examples=60)
@given(seeds, rates)
def test_nostalgia_of_four_seconds_moves_as_far_as_a_judge_wants_to_see(seed: int, fps: int) -> None:
    motion = compose(seed=seed, fps=fps)
    curves = motion.curves
    assert 10.3 <= np.ptp(curves["yaw"]) <= 14.5
    assert 3.3 <= np.ptp(curves["pitch"]) <= 6.5
    assert 2.6 <= np.ptp(curves["roll"]) <= 4.8
    assert curves["smile"].max() > 0.84
    assert np.ptp(curves["brow"]) > 0.5
    assert 0.08 <= np.ptp(curves["gaze_x"]) <= 0.13
    assert 1 <= blinks(curves["blink_l"]) <= 2
    assert np.array_equal(curves["blink_l"], curves["blink_r"])
    moving = head_steps(motion)
    assert moving.max() <= 4 * np.median(moving)
    assert moving.min() > 0


@given(seeds)
@settings(deadline=None, max_examples=30)
def test_the_eyes_set_off_before_the_head(seed: int) -> None:
    motion = compose(seed=seed, fps=30)
    gaze, head = steps(motion.curves["gaze_x"]), steps(motion.curves["yaw"])
    saccade = int(np.abs(gaze).argmax())  # from the first look to the second
    side = np.sign(gaze[saccade])
    before, after = head[saccade - 12 : saccade + 1], head[saccade + 6 : saccade + 30]
    assert side * after.mean() > 0.2  # degrees a frame: the head turns where the eyes have gone
    assert side * before.mean() < 0.3 * side * after.mean()  # and had not begun before them


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_idle_is_quiet_and_blinks_once(seed: int) -> None:
    curves = compose("idle", seed=seed).curves
    assert np.ptp(curves["yaw"]) < 6
    assert curves["smile"].max() < 0.4
    assert blinks(curves["blink_l"]) == 1
