"""A loop that is made of a film's curves keeps its movements, closes, and stays inside the limits."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import MotionError
from pipeline.motion.channels import CHANNELS, LIMITS, CurveValues
from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.donor import FPS, close_loop, make_loop, resample, smooth


def film_of(motion: Motion, *, noise: float = 0.0, start: int = 0) -> list[CurveValues]:
    """The values that a tracker with some noise reads of a motion, from its frame `start` on."""
    rng = np.random.default_rng(1)
    return [
        {name: float(np.roll(curve, -start)[at]) + noise * float(rng.normal()) for name, curve in motion.curves.items()}
        for at in range(len(motion))
    ]


def test_a_film_of_a_motion_becomes_that_motion() -> None:
    motion = compose(gestures=("turn:left", "smile"), seconds=4.0, seed=2)
    loop = make_loop("mine", film_of(motion, noise=0.02), 25.0)
    for name in ("yaw", "roll", "smile"):
        assert np.corrcoef(loop.curves[name], motion.curves[name][: len(loop)])[0, 1] > 0.95, name


def test_lids_stay_quick() -> None:
    motion = compose(gestures=("blink",), seconds=4.0, seed=2)
    loop = make_loop("mine", film_of(motion), 25.0)
    assert loop.curves["blink_r"].max() > 0.8


def test_the_loop_closes_wherever_the_film_ends() -> None:
    track = np.cumsum(np.random.default_rng(0).normal(size=(80, len(CHANNELS))) * 0.01, axis=0)
    closed = close_loop(track, FPS)
    step = np.abs(closed[0] - closed[-1])
    assert (step <= 1.5 * np.abs(np.diff(track, axis=0)).max(0)).all()
    assert np.array_equal(closed[:40], track[:40])


def test_a_film_of_another_rate_keeps_its_pace_and_its_limits() -> None:
    wild = [dict.fromkeys(CHANNELS, 9.0 * np.sin(at / 9.0)) for at in range(180)]
    loop = make_loop("wild", wild, 60.0)
    assert (loop.fps, loop.seconds) == (FPS, pytest.approx(2.9, abs=0.2))
    for name, curve in loop.curves.items():
        assert LIMITS[name][0] <= curve.min() <= curve.max() <= LIMITS[name][1] and curve[0] == 0.0


def test_a_tracker_s_tremble_goes() -> None:
    noise = [dict.fromkeys(CHANNELS, float(value)) for value in np.random.default_rng(0).normal(size=100)]
    assert smooth(resample(noise, 25.0))[:, 0].std() < 0.55


def test_a_film_that_is_too_short_is_refused() -> None:
    with pytest.raises(MotionError, match="too short"):
        make_loop("short", [dict.fromkeys(CHANNELS, 0.0)] * 20, 25.0)
