"""Frames in which an eye is drawn, and the pixels that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from pipeline.animate.warp.eyes.area import eye_moves, eye_window
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps

MakeCurves = Callable[..., Mapping[str, float]]


@pytest.fixture(scope="module")
def eye(maps: WarpMaps) -> EyeMaps:
    assert maps.eyes[0] is not None
    return maps.eyes[0]


def test_an_eye_at_rest_is_not_drawn(eye: EyeMaps, make_curves: MakeCurves) -> None:
    assert not eye_moves(eye, 0.0, make_curves(yaw=8.0, gaze_x=1e-4))


@pytest.mark.parametrize("curves", [{"gaze_y": -0.05}, {"smile": 1.0}, {"squint": 1.0}], ids=str)
def test_gaze_and_lower_lid_move_it(eye: EyeMaps, make_curves: MakeCurves, curves: dict[str, float]) -> None:
    assert eye_moves(eye, 0.0, make_curves(**curves))


def test_a_blink_moves_it(eye: EyeMaps, make_curves: MakeCurves) -> None:
    assert eye_moves(eye, 0.2, make_curves())


def test_the_window_is_whole_at_the_eye_and_ends_within_its_box(eye: EyeMaps) -> None:
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right]
    window = eye_window(eye, x, y)
    centre = np.rint(eye.contour.centre).astype(int) - (left, top)
    assert window[centre[1], centre[0]] > 0.99
    assert max(window[0].max(), window[-1].max(), window[:, 0].max(), window[:, -1].max()) < 0.5
