"""Gestures do what they say, one after the other on a track and together on several."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, MAX_SECONDS
from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.gestures import GESTURES, default_seconds, natural_seconds, plan_gestures
from tests.pipeline.motion.measures import blinks, lengths, rates, seeds


@given(lengths, rates, seeds)
@settings(deadline=None, max_examples=40)
def test_a_wink_shuts_exactly_one_eye(seconds: float, fps: int, seed: int) -> None:
    motion = compose(gestures=("wink",), seconds=seconds, fps=fps, seed=seed)
    closed = sorted((motion.curves["blink_r"].max(), motion.curves["blink_l"].max()))
    assert closed[1] > 0.95
    assert closed[0] < 0.2
    assert motion.curves["smile"].max() > 0.2


@given(lengths, seeds)
@settings(deadline=None, max_examples=40)
def test_gestures_do_what_they_say(seconds: float, seed: int) -> None:
    def moved(name: str) -> Motion:
        return compose(gestures=(name,), seconds=seconds, seed=seed)

    assert moved("smile").curves["smile"].max() > 0.85
    assert np.ptp(moved("nod").curves["pitch"]) > 4
    assert moved("turn-left").curves["yaw"].min() < -5.5  # the picture's left
    assert moved("turn-right").curves["yaw"].max() > 5.5
    assert blinks(moved("blink").curves["blink_l"]) == 1
    surprised = moved("surprise").curves
    assert surprised["widen"].max() > 0.7
    assert surprised["brow"].max() > 0.8


@given(st.permutations(("wink", "blink", "surprise")), seeds)
@settings(deadline=None, max_examples=40)
def test_gestures_of_one_track_do_not_collide(order: list[str], seed: int) -> None:
    curves = compose(gestures=order, seconds=5, seed=seed).curves
    one, both = sorted((blinks(curves["blink_r"]), blinks(curves["blink_l"])))
    assert (one, both) == (1, 2)  # the blink with both eyes, the wink with one
    assert np.minimum(curves["widen"], np.maximum(curves["blink_r"], curves["blink_l"])).max() < 0.25


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_turns_come_one_after_the_other_in_the_order_of_the_wish(seed: int) -> None:
    yaw = compose(gestures=("turn-right", "turn-left"), seconds=4.5, seed=seed).curves["yaw"]
    assert yaw.argmax() < yaw.argmin()
    assert yaw.max() > 6
    assert yaw.min() < -6


def test_gestures_on_different_tracks_go_together() -> None:
    curves = compose(gestures=("smile", "wink"), seed=3).curves
    winking = np.maximum(curves["blink_r"], curves["blink_l"]) > 0.9
    assert curves["smile"][winking].min() > 0.6


def test_the_usual_length_grows_with_the_gestures_up_to_the_longest() -> None:
    assert default_seconds(()) == default_seconds(("smile",)) == DEFAULT_SECONDS
    many = ("turn-left", "turn-right", "nod")
    assert default_seconds(many) == natural_seconds(many) > DEFAULT_SECONDS
    assert default_seconds((*many, *GESTURES)) <= MAX_SECONDS
    with pytest.raises(MotionError, match="moonwalk"):
        default_seconds(("moonwalk",))


@given(st.lists(st.sampled_from(sorted(GESTURES)), max_size=3), seeds)
def test_a_plan_keeps_every_gesture_inside_the_loop(names: list[str], seed: int) -> None:
    seconds = natural_seconds(names)
    planned = plan_gestures(names, seconds, np.random.default_rng(seed))
    assert {one.name for one in planned} == set(names)
    for one in planned:
        assert 0 < one.start <= one.start + one.pace * GESTURES[one.name].length + one.hold <= seconds
