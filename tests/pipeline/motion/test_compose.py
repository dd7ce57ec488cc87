"""Every motion is seamless, inside its limits and alive, whatever was asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from pipeline.errors import MotionError
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.compose import compose
from pipeline.motion.gesture_plan import natural_seconds
from tests.pipeline.motion.measures import blinks, head_steps, lengths, presets, rates, seeds, steps, wishes


@settings(deadline=None, max_examples=150)
@given(presets, wishes, lengths, rates, seeds)
def test_every_motion_is_a_loop_that_starts_at_the_photo(
    preset: str, wish: list[str], seconds: float, fps: int, seed: int
) -> None:
    try:
        motion = compose(preset, wish, seconds=seconds, fps=fps, seed=seed)
    except MotionError:
        assert seconds < natural_seconds(wish)  # what needs no hurry always fits
        return
    assert len(motion) == round(seconds * fps)
    for name in CHANNELS:
        curve = motion.curves[name]
        lowest, highest = LIMITS[name]
        assert curve[0] == 0
        assert lowest <= curve.min() <= curve.max() <= highest
    assert head_steps(motion)[-1] <= 1.5 * np.median(head_steps(motion))
    # nothing but lids and saccades is allowed to jump, at the seam or anywhere
    for name, fastest in (
        ("yaw", 1.25),
        ("pitch", 2.3),
        ("roll", 0.9),
        ("smile", 0.25),
        ("brow", 0.45),
        ("breath", 0.085),
    ):
        assert np.abs(steps(motion.curves[name])).max() <= fastest


@given(lengths, seeds)
@settings(deadline=None, max_examples=40)
def test_a_short_loop_does_less_not_faster(seconds: float, seed: int) -> None:
    motion = compose(seconds=seconds, seed=seed)
    fastest = head_steps(compose(seed=seed)).max()
    assert head_steps(motion).max() <= 1.6 * fastest
    length = motion.seconds  # whole frames: 3.19 s are 80 of them, 3.2 s
    assert blinks(motion.curves["blink_l"]) <= (1 if length < 3.2 else 2 if length < 5 else 3)


def test_a_seed_repeats_itself_and_differs_from_others() -> None:
    first, same, other = compose(seed=1), compose(seed=1), compose(seed=2)
    assert all(np.array_equal(first.curves[name], same.curves[name]) for name in CHANNELS)
    assert not np.allclose(first.curves["yaw"], other.curves["yaw"], atol=0.5)
    sides = {float(np.sign(compose(seed=seed).curves["yaw"][30])) for seed in range(12)}
    assert sides == {-1.0, 1.0}


def test_a_repeated_gesture_is_one_gesture() -> None:
    assert compose(gestures=("smile", "smile")).name == "smile"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"preset": "dance"}, "nostalgia"),
        ({"gestures": ("moonwalk",)}, "smile"),
        ({"seconds": 1.9}, "2 to 6"),
        ({"seconds": 6.1}, "2 to 6"),
        ({"seconds": float("nan")}, "2 to 6"),
        ({"fps": 24}, "25"),
        ({"seed": -1}, "0 or more"),
        ({"gestures": ("turn:left", "turn:right", "nod"), "seconds": 2.0}, "at least"),
    ],
)
def test_an_error_says_what_is_allowed(arguments: dict[str, object], hint: str) -> None:
    with pytest.raises(MotionError, match=hint):
        compose(**arguments)  # type: ignore[arg-type]
