"""Presets tell their story as people move."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from pipeline.limits import PRESETS
from pipeline.motion.compose import compose
from pipeline.motion.presets import PRESETS as DRAWN
from pipeline.motion.stories import ABOUT, STORIES
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


def test_every_name_has_its_motion_and_its_words() -> None:
    assert tuple(DRAWN) == PRESETS == tuple(ABOUT)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_seamless_at_every_length_and_its_own_with_every_seed(name: str) -> None:
    heads = []
    for seed, seconds in enumerate((2.0, 2.8, 3.3, 4.0, 6.0)):
        moving = head_steps(compose(name, seconds=seconds, seed=seed))
        assert moving[-1] <= 1.5 * np.median(moving)
        heads.append(compose(name, seed=seed).curves["yaw"])
    assert min(np.abs(one - other).max() for one, other in combinations(heads, 2)) > 0.2


@pytest.mark.parametrize(
    ("name", "channel", "least"),
    [
        ("gaze", "yaw", 3.0), ("warmth", "smile", 0.8), ("laughter", "jaw", 0.2), ("greeting", "pitch", 2.0),
        ("agreement", "pitch", 3.0), ("disagreement", "yaw", 5.0), ("blown-kiss", "pucker", 0.8),
        ("wonder", "widen", 0.6), ("thought", "gaze_y", 0.03), ("tenderness", "roll", 2.5), ("pride", "pitch", 2.5),
        ("sympathy", "inner_brow", 0.4), ("mischief", "blink_l", 0.0), ("doze", "blink_l", 0.9),
    ],
)  # fmt: skip
def test_a_story_shows_what_its_name_says(name: str, channel: str, least: float) -> None:
    for seed in range(3):
        curves = compose(name, seed=seed).curves
        assert np.ptp(curves[channel]) > least
        if name == "mischief":
            winking = np.abs(curves["blink_l"] - curves["blink_r"])
            assert winking.max() > 0.8


@pytest.mark.parametrize("name", [name for name in PRESETS if name not in ("auto", "doze")])
def test_lids_pass_the_middle_of_their_way_quickly(name: str) -> None:
    for seed in range(4):
        curves = compose(name, seed=seed).curves
        lids = np.maximum(curves["blink_l"], curves["blink_r"])
        halfway = np.flatnonzero((lids > 0.3) & (lids < 0.85))
        passes = np.split(halfway, np.flatnonzero(np.diff(halfway) > 1) + 1)
        assert max(map(len, passes)) <= 5  # of 25 frames a second; lids that rest half way look drowsy


def test_a_laugh_goes_on_while_the_eyes_blink() -> None:
    for seed in range(4):
        curves = compose("laughter", seed=seed).curves
        shut = curves["blink_l"] > 0.85
        assert curves["smile"][shut].min() > 0.3
        assert curves["jaw"].max() > 0.45
