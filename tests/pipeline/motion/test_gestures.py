"""Gestures do what they say, to the side, as often and as far as they are asked to."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.arrays import Float
from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.gesture_wish import STRONGEST, WEAKEST
from pipeline.motion.gestures import ALL_SIDES, GESTURES
from tests.pipeline.motion.measures import blinks, lengths, rates, seeds


def reversals(curve: Float, least: float = 0.25) -> Float:
    """The movements of a curve of `least` a frame or more, -1 or 1 each, one for each way that it goes."""
    ways = np.sign(np.diff(curve))[np.abs(np.diff(curve)) > least]
    return ways[np.flatnonzero(np.diff(ways, prepend=0))]


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
    assert moved("turn:left").curves["yaw"].min() < -5.5  # the picture's left
    assert moved("turn:right").curves["yaw"].max() > 5.5
    assert blinks(moved("blink").curves["blink_l"]) == 1
    surprised = moved("surprise").curves
    assert surprised["widen"].max() > 0.7
    assert surprised["brow"].max() > 0.8


@given(lengths, seeds)
@settings(deadline=None, max_examples=30)
def test_the_head_is_shaken_about_the_middle(seconds: float, seed: int) -> None:
    yaw = compose(gestures=("shake",), seconds=seconds, seed=seed).curves["yaw"]
    assert np.ptp(yaw) > 5
    assert len(reversals(yaw)) >= 4  # there, back, there, back


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("left", "channel", "least"),
    [("turn", "yaw", 6.0), ("tilt", "roll", 4.0), ("look", "gaze_x", 0.04), ("shake", "yaw", 2.0)],
)
def test_left_is_the_viewers(left: str, channel: str, least: float, seed: int) -> None:
    """A negative yaw is a nose at the picture's left, a negative roll a crown, a negative gaze an iris there."""
    quiet = compose("idle", seed=seed).curves[channel]
    for side, sign in (("left", -1.0), ("right", 1.0)):
        moved = sign * compose(gestures=(f"{left}:{side}",), seed=seed).curves[channel]
        assert moved.max() > least > np.abs(quiet).max() * 0.5
        assert left != "shake" or reversals(moved)[0] > 0  # it begins there


@pytest.mark.parametrize("seed", range(4))
def test_a_wink_shuts_the_eye_on_the_side_that_is_asked_for(seed: int) -> None:
    """The viewer's left is the person's right eye."""
    for side, eye, other in (("left", "blink_r", "blink_l"), ("right", "blink_l", "blink_r")):
        curves = compose(gestures=(f"wink:{side}",), seed=seed).curves
        assert curves[eye].max() > 0.95
        assert curves[other].max() < 0.2


@pytest.mark.parametrize("seed", range(4))
def test_a_look_goes_up_down_and_to_the_viewer(seed: int) -> None:
    def gaze(side: str) -> Motion:
        return compose(gestures=(f"look:{side}",), seed=seed)

    assert gaze("up").curves["gaze_y"].min() < -0.035
    assert gaze("up").curves["widen"].max() > 0.25
    assert gaze("down").curves["gaze_y"].max() > 0.035
    assert 0.2 < np.median(gaze("down").curves["blink_r"][gaze("down").curves["gaze_y"] > 0.035]) < 0.6
    viewer = gaze("viewer").curves
    aside, met = np.abs(viewer["gaze_x"]).argmax(), viewer["smile"].argmax()
    assert aside < met
    assert np.abs(viewer["gaze_x"][met]) < 0.5 * np.abs(viewer["gaze_x"][aside])


@pytest.mark.parametrize("seed", range(4))
def test_eyes_that_close_rest(seed: int) -> None:
    curves = compose(gestures=("close-eyes",), seed=seed).curves
    assert (np.minimum(curves["blink_r"], curves["blink_l"]) > 0.95).sum() >= 0.6 * 25
    assert blinks(curves["blink_r"]) == 1


@given(seeds, st.integers(2, 3))
@settings(deadline=None, max_examples=30)
def test_a_count_is_kept(seed: int, count: int) -> None:
    def curve(gesture: str, channel: str) -> Float:
        motion = compose(gestures=(f"{gesture}:{count}",), seconds=5, seed=seed)
        return motion.curves[channel]

    assert blinks(curve("blink", "blink_l")) == count
    assert blinks(curve("wink:left", "blink_r")) == count
    assert (reversals(curve("nod", "pitch"), 0.8) > 0).sum() == count
    assert len(reversals(curve("shake", "yaw"))) > 2 * count


@pytest.mark.parametrize(
    ("gesture", "channel"),
    [("smile", "smile"), ("nod", "pitch"), ("shake", "yaw"), ("turn:left", "yaw"), ("tilt:left", "roll"),
     ("look:left", "gaze_x"), ("look:up", "gaze_y"), ("surprise", "brow"), ("wink:left", "smile")],
)  # fmt: skip
def test_strength_and_speed_are_kept(gesture: str, channel: str) -> None:
    def size(*details: str) -> float:
        asked = ":".join((gesture, *details))
        return float(
            np.mean([np.ptp(compose(gestures=(asked,), seconds=6, seed=seed).curves[channel]) for seed in range(6)])
        )

    def fastest(*details: str) -> float:
        asked = ":".join((gesture, *details))
        curves = [compose(gestures=(asked,), seconds=6, seed=seed).curves[channel] for seed in range(6)]
        return float(np.mean([np.abs(np.diff(curve)).max() for curve in curves]))

    assert size(str(WEAKEST)) < 0.75 * size()
    assert size(str(STRONGEST)) > size()
    if channel not in ("gaze_x", "gaze_y", "brow"):  # a saccade and a start are as quick as ever
        assert fastest("slow") < 0.9 * fastest()


def test_the_table_is_sound_and_light() -> None:
    for gesture in GESTURES.values():
        assert set(gesture.sides) <= set(ALL_SIDES)
        assert gesture.length > 0
        assert gesture.about
    script = "import pipeline.motion.gesture_wish, sys; print({'numpy', 'PIL', 'cv2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("gesture", "moved", "least"),
    [
        ("think", "frown", 0.3), ("think", "gaze_y", 0.03), ("sigh", "pitch", 3.0), ("sigh", "blink_l", 0.3),
        ("lips", "jaw", 0.25), ("kiss", "pucker", 0.85), ("kiss", "blink_r", 0.45), ("frown", "frown", 0.8),
        ("sad", "inner_brow", 0.7), ("sad", "smile", 0.15), ("surprise", "jaw", 0.3), ("wink:left", "smile_side", 0.15),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(2))
def test_the_smaller_parts_of_a_face_move_as_they_do_together(
    gesture: str, moved: str, least: float, seed: int
) -> None:
    curve = compose(gestures=(gesture,), seed=seed).curves[moved]
    assert np.ptp(curve) > least


@pytest.mark.parametrize("seed", range(3))
def test_a_kiss_opens_after_the_lips_have_met_and_leaves_a_smile(seed: int) -> None:
    curves = compose(gestures=("kiss",), seed=seed).curves
    assert curves["pucker"].argmax() < curves["jaw"].argmax() <= curves["smile"].argmax()


@pytest.mark.parametrize("seed", range(3))
def test_a_thought_looks_up_to_its_side(seed: int) -> None:
    for side, sign in (("left", -1.0), ("right", 1.0)):
        curves = compose(gestures=(f"think:{side}",), seed=seed).curves
        resting = curves["gaze_y"] < -0.025
        assert resting.sum() > 15
        assert sign * np.median(curves["gaze_x"][resting]) > 0.02


@pytest.mark.parametrize("gesture", ["surprise", "sigh", "lips"])
@pytest.mark.parametrize("seed", range(4))
def test_lips_part_so_far_that_it_is_seen_and_not_too_far(gesture: str, seed: int) -> None:
    natural, strong = (
        compose(gestures=(f"{gesture}:{strength}",), seconds=4.0, seed=seed).curves["jaw"].max()
        for strength in (1.0, STRONGEST)
    )
    assert 0.5 < natural <= strong <= 0.81
