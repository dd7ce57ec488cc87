"""Curves → keypoints: nothing wanted moves nothing, each wish moves its own points, and the right way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.liveportrait.keypoints import (
    DrivingMotion,
    driving_from_curves,
    driving_keypoints,
    move_keypoints,
)
from pipeline.animate.liveportrait.source import Source
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.conftest import motion_of


def test_nothing_wanted_is_the_photo(fake_runtime: Runtime, source: Source) -> None:
    points = driving_keypoints(fake_runtime, source, DrivingMotion.still(3))
    assert np.array_equal(points, np.repeat(source.points[None], 3, axis=0))
    assert (
        np.abs(move_keypoints(source, driving_from_curves(source, motion_of(8), 0.4, 0.2))[0] - source.points).max()
        < 1e-6
    )


def test_turns_shifts_and_angles(source: Source) -> None:
    """Points in front of the axis go where the nose goes; a shift is meant along the photo, not along the crop."""

    def moved(angle: float = 0.0, **curves: float) -> np.ndarray:
        drive = driving_from_curves(source, motion_of(9, **curves), 0.4, angle)
        return (move_keypoints(source, drive)[4] - source.points).mean(axis=0)

    assert moved(yaw=10.0)[0] > 0.05 and moved(yaw=-10.0)[0] < -0.05
    assert moved(pitch=8.0)[1] > 0.05 and moved(pitch=-8.0)[1] < -0.05
    assert moved(sway_x=0.05)[:2] == pytest.approx([2 * 0.4 * 0.05 * np.sin(np.pi * 4 / 9), 0.0], abs=1e-6)
    across, down = moved(angle=np.pi / 2, sway_x=0.05)[:2]
    assert across == pytest.approx(0.0, abs=1e-6) and down < -0.03


def test_a_turn_leaves_the_neck_in_place(source: Source) -> None:
    """A point of the head at the neck, half a head below the origin and behind it, goes nowhere."""
    neck = np.zeros((1, 21, 3), np.float32)
    neck[:] = (0.0, 0.5, 0.22)
    still = replace(source, info=replace(source.info, keypoints=neck))
    for curves in ({"yaw": 12.0}, {"pitch": -7.0}, {"roll": 6.0}, {"yaw": 9.0, "roll": -4.0}):
        moved = move_keypoints(still, driving_from_curves(still, motion_of(9, **curves), 0.4, 0.0))
        assert np.abs(moved - moved[:1])[..., :2].max() < 1e-6
    lean = move_keypoints(source, driving_from_curves(source, motion_of(9, roll=6.0), 0.4, 0.0))[4]
    assert (lean - source.points).mean(axis=0)[0] > 0.03  # the head goes to the side that it leans to


def test_an_open_mouth_is_closed_by_the_lip_net(fake_runtime: Runtime, source: Source) -> None:
    still = DrivingMotion.still(2)
    drive = DrivingMotion(
        still.rotation, still.expression, still.scale, still.shift, still.lids, np.array([0.0, 0.5], np.float32)
    )
    delta = driving_keypoints(fake_runtime, source, drive) - source.points
    assert np.abs(delta[0]).max() == 0.0
    assert delta[1, [14, 17], 1] == pytest.approx(-0.5 * 0.2 * source.lips, abs=1e-6)
