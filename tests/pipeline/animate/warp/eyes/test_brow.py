"""The brow of a deep-set eye stays as it is while the lid comes out from below it, in its shade."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.brow import find_brow_edge, free_brow
from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.eyes.eye_maps import EyeMaps, build_eye_maps
from pipeline.animate.warp.texture import build_texture
from pipeline.motion.channels import CHANNELS
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, Pixels

_BROW = (0.42, 0.14)  # eye widths above the open margin: a brow right above the lid
_LID = 0.28  # eye widths: what landmarks take for the lid, half of which is brow


def with_brow(painted: PaintedEye, brow: tuple[float, float] = _BROW) -> tuple[Pixels, Contour]:
    """The painted eye below a brow, and its contour as landmarks have it that lie above the brow's middle."""
    contour, width = painted.contour, painted.contour.width
    y, x = np.mgrid[: painted.pixels.shape[0], : painted.pixels.shape[1]].astype(np.float32)
    u, v = contour.local(x, y)
    height = (contour.curve(contour.upper, u) - v) / width
    hairs = ((height > brow[1]) & (height < brow[0]) & (np.abs(u) < 0.75 * width)).astype(np.float32)
    share = cv2.GaussianBlur(hairs, (0, 0), 0.8)[..., None]
    pixels = painted.pixels + (np.array([60, 45, 40], np.float32) - painted.pixels) * share
    return pixels.astype(np.uint8), replace(contour, top=contour.upper - _LID * width)


def build(pixels: Pixels, contour: Contour) -> EyeMaps:
    eye = build_eye_maps(pixels, np.ones(pixels.shape[:2], np.float32), contour)
    assert eye is not None
    return eye


def shut(pixels: Pixels, eye: EyeMaps, blink: float) -> NDArray[np.float32]:
    """The eye's box with the lid drawn over the photo, float32 (h, w, 3)."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    texture = build_texture(pixels, (0, 0, width, height))
    drawn, window = draw_eye(texture, eye, blink, dict.fromkeys(CHANNELS, 0.0), np.stack([x, y], -1))
    part = pixels[top:bottom, left:right].astype(np.float32)
    return part + (drawn - part) * window[..., None]


def heights(eye: EyeMaps) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places along the eye and heights above its open margin in its box, eye widths."""
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = eye.contour.local(x, y)
    return u / np.float32(eye.contour.width), (eye.contour.curve(eye.contour.upper, u) - v) / np.float32(
        eye.contour.width
    )


def test_a_low_brow_s_edge_is_found(painted: PaintedEye) -> None:
    pixels, contour = with_brow(painted)
    middle = np.abs(contour.at) < 0.4 * contour.width
    found = (contour.upper - find_brow_edge(pixels, contour))[middle] / contour.width
    np.testing.assert_allclose(found, _BROW[1], atol=0.04)


def test_a_brow_that_ends_above_the_lid_changes_nothing(painted: PaintedEye) -> None:
    for brow in ((0.5, 0.36), (0.7, 0.5)):
        pixels, contour = with_brow(painted, brow)
        same, none = free_brow(pixels, contour, painted.box)
        assert none is None
        assert same is contour


def test_plain_skin_has_no_brow(painted: PaintedEye) -> None:
    _, contour = with_brow(painted)
    assert free_brow(painted.pixels, contour, painted.box)[1] is None


@pytest.mark.parametrize("blink", [0.3, 0.5, 1.0])
def test_a_blink_leaves_the_brow_as_it_is(painted: PaintedEye, blink: float) -> None:
    pixels, contour = with_brow(painted)
    eye = build(pixels, contour)
    u, height = heights(eye)
    brow = (height > _BROW[1] + 0.04) & (height < _BROW[0] - 0.03) & (np.abs(u) < 0.4)
    left, top, right, bottom = eye.box
    change = np.abs(shut(pixels, eye, blink) - pixels[top:bottom, left:right]).mean(-1)
    assert change[brow].mean() < 3
    assert change[brow].max() < 14


def test_the_lid_lies_in_the_brow_s_shade(painted: PaintedEye) -> None:
    """Darkest right below the brow, lightest in its middle: no flat patch, and no brow stretched over it."""
    pixels, contour = with_brow(painted)
    eye = build(pixels, contour)
    u, height = heights(eye)
    picture = shut(pixels, eye, 1.0)
    light = picture.mean(-1)
    inside = np.abs(u) < 0.2
    below, middle = (
        light[inside & (height < high) & (height > low)].mean() for low, high in ((0.06, 0.1), (-0.08, -0.02))
    )
    left, top, right, bottom = eye.box
    skin = painted.skin[top:bottom, left:right].mean(-1)[inside].mean()
    assert 0.3 * skin < below < 0.9 * middle
    assert 0.6 * skin < middle < 1.05 * skin
    shaded, lit = (
        picture[inside & (height < high) & (height > low)].mean(0) for low, high in ((0.06, 0.1), (-0.08, -0.02))
    )
    assert shaded[0] / shaded[2] > 1.05 * lit[0] / lit[2]  # skin in the shade is more strongly coloured, not grey


def test_the_lid_comes_out_of_the_dark_below_the_brow_by_and_by(painted: PaintedEye) -> None:
    """No bright patch above a hard line as soon as the eye begins to shut."""
    pixels, contour = with_brow(painted)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    u, v = contour.local(x, y)
    above = (contour.curve(contour.upper, u) - v) / contour.width
    dark = cv2.GaussianBlur(((above > -0.02) & (above < _BROW[1])).astype(np.float32), (0, 0), 0.8)[..., None]
    deep = (pixels * (1.0 - 0.45 * dark)).astype(np.uint8)
    eye = build(deep, contour)
    u, height = heights(eye)
    lid = (np.abs(u) < 0.2) & (height > 0.03) & (height < 0.09)
    lights = [float(shut(deep, eye, blink).mean(-1)[lid].mean()) for blink in (0.0, 0.2, 1.0)]
    assert lights[0] < lights[1] < 0.82 * lights[2]


def test_lashes_right_below_a_pale_brow_are_no_part_of_it(painted: PaintedEye) -> None:
    """A narrow light lid between a brow and darker lashes ends the brow, or the lashes would not come down."""
    contour, width = painted.contour, painted.contour.width
    y, x = np.mgrid[: painted.pixels.shape[0], : painted.pixels.shape[1]].astype(np.float32)
    u, v = contour.local(x, y)
    height = (contour.curve(contour.upper, u) - v) / width
    light = np.interp(height, [0.0, 0.08, 0.16, 0.2, 0.24, 0.34, 0.4], [0.4, 0.45, 0.82, 0.86, 0.7, 0.7, 1.0])
    pixels = np.where(((height > 0.0) & (height < 0.4))[..., None], painted.skin * light[..., None], painted.pixels)
    same, none = free_brow(pixels.astype(np.uint8), replace(contour, top=contour.upper - 0.25 * width), painted.box)
    assert none is None
    assert np.all(same.top == contour.upper - 0.25 * width)
