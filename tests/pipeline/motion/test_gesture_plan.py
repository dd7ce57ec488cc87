"""Gestures come in the order of the wish, one after the other on a track and together on several."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, MAX_SECONDS, MIN_SECONDS
from pipeline.motion.compose import compose
from pipeline.motion.gesture_plan import default_seconds, natural_seconds, plan_gestures
from pipeline.motion.gesture_wish import parse_gesture
from pipeline.motion.gestures import GESTURES
from tests.pipeline.motion.measures import blinks, seeds, wishes


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
    yaw = compose(gestures=("turn:right", "turn:left"), seconds=4.5, seed=seed).curves["yaw"]
    assert yaw.argmax() < yaw.argmin()
    assert yaw.max() > 6
    assert yaw.min() < -6


def test_gestures_on_different_tracks_go_together() -> None:
    curves = compose(gestures=("smile", "wink"), seed=3).curves
    winking = np.maximum(curves["blink_r"], curves["blink_l"]) > 0.9
    assert curves["smile"][winking].min() > 0.6


def test_the_usual_length_grows_with_the_gestures_up_to_the_longest() -> None:
    assert default_seconds(()) == default_seconds(("smile",)) == DEFAULT_SECONDS
    many = ("turn:left", "turn:right", "nod")
    assert default_seconds(many) == natural_seconds(many) > DEFAULT_SECONDS
    assert default_seconds((*many, *GESTURES)) <= MAX_SECONDS
    with pytest.raises(MotionError, match="moonwalk"):
        default_seconds(("moonwalk",))


@given(wishes, seeds)
def test_a_plan_keeps_every_gesture_inside_the_loop_and_in_the_order_said(asked: list[str], seed: int) -> None:
    seconds = natural_seconds(asked)
    planned = plan_gestures(asked, seconds, np.random.default_rng(seed))
    assert [one.name for one in planned] == [parse_gesture(one).name for one in dict.fromkeys(asked)]
    for one in planned:
        gesture = GESTURES[one.name]
        length = gesture.length + (one.count - 1) * gesture.beat
        assert 0 < one.start <= one.start + one.pace * length + one.hold <= seconds
        assert (one.side in gesture.sides) == bool(gesture.sides)
    starts = [one.start for one in planned]
    assert starts == sorted(starts)
    for track in {gesture.track for gesture in GESTURES.values()}:
        on_it = [one for one in planned if GESTURES[one.name].track == track]
        for before, after in pairwise(on_it):
            assert after.start >= before.start + before.pace * GESTURES[before.name].length - 1e-6


def test_a_smile_after_a_nod_comes_after_it() -> None:
    for seed in range(5):
        curves = compose(gestures=("nod", "smile"), seed=seed).curves
        assert curves["pitch"].argmax() < (curves["smile"] > 0.8).argmax()


def test_every_gesture_fits_into_the_shortest_loop() -> None:
    for name in GESTURES:
        assert plan_gestures((name,), MIN_SECONDS, np.random.default_rng(0))
