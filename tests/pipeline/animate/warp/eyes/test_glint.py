"""Glints: found on the iris alone, taken off whole, and held by the light while the eye turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.eye_maps import build_eye_maps
from pipeline.animate.warp.eyes.glint import glint_shift, lift_glints
from pipeline.arrays import Pixels
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, no_rim

MakeCurves = Callable[..., Mapping[str, float]]


def light_up(painted: PaintedEye) -> Pixels:
    """The painted eye with a glint in its iris."""
    contour, lit = painted.contour, painted.pixels.copy()
    place = contour.centre + (contour.iris[0] + 2) * contour.axis_u + contour.iris[1] * contour.axis_v
    cv2.circle(lit, np.round(place).astype(int).tolist(), 1, (250, 250, 245), -1, cv2.LINE_AA)
    return lit


def test_a_glint_is_taken_off_whole(painted: PaintedEye) -> None:
    lit = light_up(painted)
    box = EyeBox.look_up(lit, np.ones(lit.shape[:2], np.float32), painted.contour, painted.box, no_rim(painted.box))
    glint = lift_glints(box, no_rim(painted.box))
    added = painted.part(lit) - painted.part(painted.pixels)
    assert glint[added.max(-1) > 100].mean() > 80
    assert np.abs(box.pixels - glint - painted.part(painted.pixels)).max() < 60
    assert (glint.max(-1) > 5).sum() < 4 * (added.max(-1) > 5).sum()
    assert not lift_glints(box, ~no_rim(painted.box)).any()
    assert not lift_glints(painted.look_up(), no_rim(painted.box)).any()


def test_it_stays_with_the_light(make_curves: MakeCurves) -> None:
    right, down = glint_shift(make_curves(gaze_x=0.05, gaze_y=-0.05))
    assert right == -down
    assert right / 0.05 == pytest.approx(-7 / 12, abs=0.01)  # 5/12 of the iris' way are left
    on_us, _ = glint_shift(make_curves(yaw=10.0, gaze_x=-0.07))
    assert on_us == pytest.approx(0.0, abs=0.003)
    assert glint_shift(make_curves(roll=5.0, smile=1.0)) == (0.0, 0.0)


def test_the_iris_moves_and_the_glint_lags(painted: PaintedEye, make_curves: MakeCurves) -> None:
    lit = light_up(painted)
    alpha = np.ones(lit.shape[:2], np.float32)
    eye = build_eye_maps(lit, alpha, painted.contour)
    bare = build_eye_maps(painted.pixels, alpha, painted.contour)
    assert eye is not None
    assert bare is not None
    assert eye.has_glint
    assert not bare.has_glint
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    source = np.stack([x, y], -1)

    def centre(gaze: float) -> float:
        """Middle of the glint's light along the eye."""
        texture = (
            cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) for image in (lit, painted.pixels)
        )
        with_it, without = (
            draw_eye(np.asarray(picture, np.uint8), each, 0.0, make_curves(gaze_x=gaze), source)[0]
            for picture, each in zip(texture, (eye, bare), strict=True)
        )
        light = np.maximum((with_it - without).mean(-1) - 10.0, 0.0)
        return float((light * eye.contour.local(x, y)[0]).sum() / light.sum())

    way = (centre(0.08) - centre(-0.08)) / (0.16 * eye.contour.width)
    assert 0.2 < way < 0.6
