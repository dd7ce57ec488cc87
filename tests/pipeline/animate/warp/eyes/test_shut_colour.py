"""The colour that is predicted of a shut lid: on a painted eye the skin under it is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.shut_colour import darken, predict_shut_colour, shut_place, skin_around
from pipeline.animate.warp.eyes.skin_tint import tint_by_light
from pipeline.arrays import Float, Mask
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


@pytest.fixture
def box(painted: PaintedEye) -> EyeBox:
    return painted.look_up()


@pytest.fixture
def hole(painted: PaintedEye) -> Mask:
    return painted.eye()


def lid_of(painted: PaintedEye, box: EyeBox) -> Mask:
    """The skin of the lid above the open eye, away from its lashes."""
    return (
        (box.v > box.top)
        & (box.v < box.upper - 0.15 * painted.contour.width)
        & (np.abs(box.u) < 0.3 * painted.contour.width)
    )


def test_a_lid_amid_plain_skin_is_that_skin_without_an_outline(painted: PaintedEye, box: EyeBox, hole: Mask) -> None:
    plain = painted.part(painted.skin)
    around = skin_around(box, hole, plain)
    assert np.abs(around - plain)[hole].max() < 12.0
    soft = predict_shut_colour(box, hole, around, plain)
    assert soft.dtype == np.float32 and soft.shape == plain.shape
    assert np.abs(soft - plain)[lid_of(painted, box)].max() < 12.0


def test_paint_on_the_open_lid_comes_down_with_it(painted: PaintedEye, box: EyeBox, hole: Mask) -> None:
    high = (box.upper - box.v) / painted.contour.width
    strip = (high > 0.05) & (high < 0.22)
    paint = np.where(strip[..., None], box.pixels * np.float32([0.6, 0.6, 1.0]), box.pixels)
    lids = [
        predict_shut_colour(one, hole, skin_around(one, hole, plain_skin := painted.part(painted.skin)), plain_skin)
        for one in (box, replace(box, pixels=paint))
    ]
    inside = (high > 0.1) & (high < 0.17) & (np.abs(box.u) < 0.3 * painted.contour.width)
    plain, painted_lid = (lid[inside].mean(0) for lid in lids)
    assert painted_lid[0] < 0.93 * plain[0] and painted_lid[2] / painted_lid[0] > 1.05 * plain[2] / plain[0]


def test_a_lid_has_the_tint_of_skin_as_light_as_it_is(box: EyeBox, hole: Mask) -> None:
    """On skin whose shade is orange and whose lights are pale a lid in the shade is orange; a blue scarf has no say."""
    light = np.log(np.float32(90.0)) + 0.8 * (box.u / box.contour.width + 0.5)[..., None]
    steep = np.float32([0.3, 0.0, -0.3]) - np.float32([0.4, 0.0, -0.4]) * (light - np.log(np.float32(90.0)))
    pixels = np.where((box.v < box.top)[..., None], np.float32([60, 70, 160]), np.exp(light + steep))
    skin = replace(box, pixels=pixels.clip(0, 255).astype(np.float32))
    shade = np.full_like(light, np.log(110.0))
    pale = np.broadcast_to(np.float32([0.1, 0.0, -0.1]), pixels.shape)
    lid, own = np.exp(shade + pale), np.broadcast_to(np.float32([0.22, 0.0, -0.22]), pixels.shape)
    red, _, blue = tint_by_light(skin, hole, lid, own, shade, pale)[hole].mean(0)
    assert 0.16 < red < 0.23 and -0.23 < blue < -0.16  # 0.22 of the skin that is as light, three quarters of the way
    np.testing.assert_array_equal(tint_by_light(skin, np.ones_like(hole), lid, own, shade, pale), pale)


def test_the_skin_moves_as_the_renderers_move_it(box: EyeBox) -> None:
    """The margin goes its whole way, the skin at the brow none, and no place overtakes another."""
    contour = box.contour
    moved = shut_place(box) - box.v
    middle = np.abs(box.u) < 0.3 * contour.width
    travel = contour.curve(contour.travel, box.u)
    below, above = middle & (box.v > box.upper + 1.0), middle & (box.v < box.top - 1.0)
    np.testing.assert_allclose(moved[below], travel[below], atol=0.1)
    np.testing.assert_allclose(moved[above], 0.0, atol=0.1)
    between = middle & (box.v > box.top) & (box.v < box.upper)
    assert (moved[between] >= 0.0).all() and (moved[between] <= travel[between] + 0.1).all()


@pytest.mark.parametrize(("skin", "brown"), [((200.0, 150.0, 130.0), True), ((150.0, 150.0, 150.0), False)])
def test_lashes_are_brown_on_skin_and_grey_on_a_grey_photo(skin: tuple[float, float, float], brown: bool) -> None:
    dark: Float = np.full((2, 3), 0.5, np.float32)
    red, _, blue = darken(np.broadcast_to(np.float32(skin), (2, 3, 3)), dark)[0, 0]
    assert (red < blue - 0.05) if brown else (red == pytest.approx(blue) == pytest.approx(0.5))


def test_nothing_shines_on_skin_that_is_white_already() -> None:
    shine = np.full((1, 1), -0.1, np.float32)
    white, skin = (darken(np.full((1, 1, 3), light, np.float32), shine) for light in (250.0, 150.0))
    assert white.max() == pytest.approx(0.0) and skin.max() == pytest.approx(-0.1)
