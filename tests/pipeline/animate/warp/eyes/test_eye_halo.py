"""An eye on a soft photo sheds its white and its iris around itself; of a shut one nothing of them is seen."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.eyes.eye_halo import halo_light
from pipeline.animate.warp.eyes.eye_maps import EyeMaps, build_eye_maps
from pipeline.animate.warp.texture import build_texture
from pipeline.motion.channels import CHANNELS
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, Pixels

_BLUR = 0.08  # eye widths


@pytest.fixture(scope="module")
def soft(painted: PaintedEye) -> Pixels:
    return np.asarray(cv2.GaussianBlur(painted.pixels, (0, 0), _BLUR * painted.contour.width), np.uint8)


@pytest.fixture(scope="module")
def eye(painted: PaintedEye, soft: Pixels) -> EyeMaps:
    found = build_eye_maps(soft, np.ones(soft.shape[:2], np.float32), painted.contour)
    assert found is not None
    return found


def look(eye: EyeMaps, soft: Pixels) -> Mapping[str, NDArray[np.float32]]:
    """The shut eye's light (h, w), and places in its box, eye widths: along it, and below its shut margin."""
    height, width = soft.shape[:2]
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    texture = build_texture(soft, (0, 0, width, height))
    drawn, _ = draw_eye(texture, eye, 1.0, dict.fromkeys(CHANNELS, 0.0), np.stack([x, y], -1))
    contour = eye.contour
    u, v = contour.local(x, y)
    below = (v - contour.curve(contour.upper + contour.travel, u)) / np.float32(contour.width)
    return {"light": drawn.mean(-1), "u": u / np.float32(contour.width), "below": below}


def test_a_sharp_photo_has_none(painted: PaintedEye) -> None:
    assert np.all(halo_light(painted.look_up(), 0.8) == 1.0)


def test_it_is_the_light_of_the_white_beside_the_dark_of_the_iris(painted: PaintedEye, soft: Pixels) -> None:
    box = type(painted.look_up()).look_up(
        soft, np.ones(soft.shape[:2], np.float32), painted.contour, painted.box, np.zeros_like(painted.eye())
    )
    halo = np.asarray(halo_light(box, _BLUR * painted.contour.width)).mean(-1)
    margin = (box.v - box.upper - box.travel) / box.contour.width
    near = (margin > 0.03) & (margin < 0.1)
    iris = near & (np.abs(box.u - box.contour.iris[0]) < 0.08 * box.contour.width)
    white = near & (np.abs(np.abs(box.u) - 0.3 * box.contour.width) < 0.05 * box.contour.width)
    assert halo[white].mean() > halo[iris].mean() + 0.03
    far = margin > 0.5
    np.testing.assert_allclose(halo[far], 1.0, atol=0.02)


def test_the_lash_line_of_a_soft_photo_is_even(eye: EyeMaps, soft: Pixels) -> None:
    """No dark spot where the iris was beside no line where the white was."""
    shut = look(eye, soft)
    line = (shut["below"] > -0.01) & (shut["below"] < 0.03)
    places = [line & (np.abs(shut["u"] - at) < 0.05) for at in (-0.3, -0.15, 0.0, 0.15, 0.3)]
    lights = np.array([shut["light"][place].mean() for place in places])
    above = (shut["below"] > -0.2) & (shut["below"] < -0.1) & (np.abs(shut["u"]) < 0.3)
    skin = shut["light"][above].mean()
    assert lights.max() < 0.97 * skin  # there is a line all along
    assert np.ptp(lights) < 0.3 * skin
