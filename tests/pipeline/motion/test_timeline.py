"""Movements on a timeline add up as the parts of a face do."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.motion.channels import LIMITS
from pipeline.motion.curves import Motion
from pipeline.motion.easing import Clock, pulse
from pipeline.motion.timeline import Timeline

CLOCK = Clock(100, 25)


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(CLOCK, np.random.default_rng(3))


def finished(timeline: Timeline) -> Motion:
    return timeline.finish("drawn")


def test_expressions_together_stay_within_one(timeline: Timeline) -> None:
    for _ in range(3):
        timeline.blend("smile", 0.8 * pulse(CLOCK, 1.0, 0.5, 0.5, 0.5))
    smile = finished(timeline).curves["smile"]
    assert 0.9 < smile.max() <= 1.0


def test_the_more_closed_of_two_lids_wins(timeline: Timeline) -> None:
    half, whole = 0.5 * pulse(CLOCK, 1.0, 0.2, 0.4, 0.2), pulse(CLOCK, 1.2, 0.1, 0.1, 0.1)
    timeline.close_eye("blink_l", half)
    timeline.close_eye("blink_l", whole)
    curves = finished(timeline).curves
    np.testing.assert_allclose(curves["blink_l"], np.maximum(half, whole), atol=1e-6)
    assert not curves["blink_r"].any()


def test_eyes_stay_on_their_target_while_the_head_turns(timeline: Timeline) -> None:
    turn = 8.0 * pulse(CLOCK, 1.0, 0.5, 1.0, 0.5)
    timeline.add("yaw", turn)
    timeline.target_yaw = turn
    assert np.abs(finished(timeline).curves["gaze_x"]).max() < 1e-6
    still = Timeline(CLOCK, np.random.default_rng(3))
    still.add("yaw", turn)
    assert finished(still).curves["gaze_x"].min() < -0.03  # the eyes look where they looked, against the turn


def test_the_end_is_laid_onto_the_photo_and_into_the_limits(timeline: Timeline) -> None:
    timeline.add("yaw", np.full(CLOCK.frames, 5.0) + 40.0 * pulse(CLOCK, 1.0, 0.5, 0.5, 0.5))
    yaw = finished(timeline).curves["yaw"]
    assert yaw[0] == 0
    assert yaw.max() == pytest.approx(LIMITS["yaw"][1])
