"""A head that is turned, or cut by the picture's borders, turns less."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.motion_limits import limit_turns
from pipeline.arrays import Pixels
from pipeline.faces.finder import FaceFinder, Pose
from pipeline.motion.compose import compose
from pipeline.runtime import Runtime

MOTION = compose(seed=3)


def share(yaw: float = 0.0, pitch: float = 0.0, crowded: float = 0.0) -> float:
    calm = limit_turns(MOTION, Pose(yaw, pitch, 0.0), crowded)
    for name in ("smile", "blink_l", "gaze_x", "breath"):
        np.testing.assert_array_equal(calm.curves[name], MOTION.curves[name])
    parts = [float(np.abs(calm.curves[n]).max() / np.abs(MOTION.curves[n]).max()) for n in ("yaw", "pitch", "roll")]
    assert parts == pytest.approx([parts[0]] * 3, abs=1e-5)
    return parts[0]


def test_a_frontal_portrait_keeps_its_motion() -> None:
    assert share() == pytest.approx(1.0)
    assert share(yaw=-10.0, pitch=9.0) == pytest.approx(1.0)


def test_the_farther_it_is_turned_the_less_it_turns() -> None:
    shares = [share(yaw=yaw) for yaw in (10.0, 20.0, 30.0, 45.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.65)
    assert share(pitch=-40.0) == share(pitch=40.0) < 1.0


def test_the_more_the_borders_hold_the_less_it_turns() -> None:
    shares = [share(crowded=crowded) for crowded in (0.0, 0.1, 0.2, 0.4)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.5)


def test_a_face_cut_at_the_cheeks_is_crowded(runtime: Runtime, maps: WarpMaps, close_up: Pixels) -> None:
    assert maps.immobile_share < 0.03
    whole = FaceFinder(runtime).find(close_up)[0]
    left, top, right, bottom = whole.box.astype(int)
    cut = np.ascontiguousarray(close_up[top:bottom, left + 4 : right - 4])
    face = FaceFinder(runtime).find(cut)[0]
    assert build_maps(runtime, cut, face).immobile_share > 0.15
