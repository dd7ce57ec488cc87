"""Curves → keypoints: nothing wanted moves nothing, each wish moves its own points, and the right way."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.liveportrait.crop import crop_face, find_square
from pipeline.animate.liveportrait.keypoints import (
    DrivingMotion,
    driving_from_curves,
    driving_keypoints,
    move_keypoints,
)
from pipeline.animate.liveportrait.source import Source, analyse_photo
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait import fake_nets
from tests.pipeline.animate.liveportrait.conftest import Pixels, motion_of


@pytest.fixture(scope="module")
def source(fake_runtime: Runtime, astronaut: Pixels, astronaut_face: Face) -> Source:
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), fake_nets.LARGE)
    return analyse_photo(fake_runtime, crop, astronaut_face.landmarks)


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


def test_expressions_move_their_own_points(source: Source) -> None:
    def changed(**curves: float) -> set[int]:
        offsets = driving_from_curves(source, motion_of(9, **curves), 0.4, 0.0).expression
        return set(np.flatnonzero(np.abs(offsets[4]).max(axis=1)).tolist())

    assert changed(smile=1.0) == {3, 7, 13, 14, 16, 17, 20}
    assert changed(brow=1.0) == changed(brow=-0.5) == {1, 2}
    assert changed(gaze_x=0.1) == changed(gaze_x=-0.1) == {11, 15}
    assert changed(gaze_y=0.08) == {11, 13, 15, 16}
    assert changed(breath=1.0, yaw=5.0, blink_r=1.0) == set()


@pytest.mark.parametrize(("curve", "own", "other"), [("blink_r", (11, 13), (15, 16)), ("blink_l", (15, 16), (11, 13))])
def test_a_wink_shuts_one_eye(
    fake_runtime: Runtime, source: Source, curve: str, own: tuple[int, ...], other: tuple[int, ...]
) -> None:
    """The fake eye net moves lids down by a tenth of the ratio; the person's right eye lies at the picture's left."""
    drive = driving_from_curves(source, motion_of(9, **{curve: 1.0}), 0.4, 0.0)
    delta = driving_keypoints(fake_runtime, source, drive)[4] - source.points
    eye = 0 if curve == "blink_r" else 1
    assert delta[list(own), 1] == pytest.approx(0.1 * source.eyes[eye] * np.sin(np.pi * 4 / 9), abs=1e-5)
    assert np.abs(delta[list(other)]).max() < 1e-6


def test_an_open_mouth_is_closed_by_the_lip_net(fake_runtime: Runtime, source: Source) -> None:
    still = DrivingMotion.still(2)
    drive = DrivingMotion(
        still.rotation, still.expression, still.scale, still.shift, still.lids, np.array([0.0, 0.5], np.float32)
    )
    delta = driving_keypoints(fake_runtime, source, drive) - source.points
    assert np.abs(delta[0]).max() == 0.0
    assert delta[1, [14, 17], 1] == pytest.approx(-0.5 * 0.2 * source.lips, abs=1e-6)
