"""The skin of a lid, guessed from around the eye: on a painted eye the truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.lid_skin import (
    fill_skin,
    fit_skin_colour,
    lid_colour,
)
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


def test_the_colour_is_that_of_the_skin_around(painted: PaintedEye) -> None:
    box, hole = painted.look_up(), painted.eye()
    colour = fit_skin_colour(box, hole)
    assert colour.shape == box.pixels.shape and colour.dtype == np.float32
    assert np.abs(colour - painted.part(painted.skin))[hole].mean() < 4


def test_without_any_skin_the_mean_is_taken(painted: PaintedEye) -> None:
    box = painted.look_up()
    nowhere = np.ones(box.u.shape, bool)
    np.testing.assert_allclose(fit_skin_colour(box, nowhere)[0, 0], box.pixels.mean((0, 1)), rtol=1e-4)


def test_the_filled_hole_has_no_seam(painted: PaintedEye) -> None:
    box, hole = painted.look_up(), painted.eye()
    colour = fit_skin_colour(box, hole)
    skin = fill_skin(box, hole, colour)
    assert np.abs(skin - box.pixels)[~hole].mean() < 1
    steps = np.abs(np.diff(skin.mean(-1), axis=0))
    assert steps.max() < np.abs(np.diff(box.pixels.mean(-1), axis=0)).max()


@pytest.mark.parametrize(
    ("tint", "colour"),
    [
        ((0.7, 0.7, 0.7), (0.85, 0.85, 0.85)),  # a socket in shade: its lid comes out of it, though not wholly
        ((0.35, 0.3, 0.4), (0.73, 0.73, 0.73)),  # deep shade, whose tint is an accident: the cheek's
        ((1.2, 0.5, 0.5), (0.92, 0.92, 0.92)),  # a red scarf, a lens: no skin, so the cheek alone counts
        ((1.1, 1.1, 1.1), (0.94, 0.94, 0.94)),
    ],
)
def test_a_lid_takes_after_the_cheek(
    painted: PaintedEye, tint: tuple[float, float, float], colour: tuple[float, float, float]
) -> None:
    """Colours by the plain skin's, of what is above the eye, in its socket, and of the lid that is made of it. Most of
    the ring around the eye stays plain: with half of it shaded its median would be either."""
    box, plain = painted.look_up(), painted.part(painted.skin)
    above = ((box.v < box.upper) & (np.abs(box.u) < 0.6 * painted.contour.width))[..., None]
    shaded = replace(box, pixels=np.where(above, plain * np.float32(tint), plain).astype(np.float32))
    nowhere = np.zeros(box.u.shape, bool)
    lid = lid_colour(shaded, nowhere, plain)
    middle = np.abs(box.u) < 0.2 * painted.contour.width
    np.testing.assert_allclose((lid / plain)[middle].mean(0), colour, atol=0.07)


def test_paint_on_a_lid_keeps_some_of_its_tint(painted: PaintedEye) -> None:
    box, plain = painted.look_up(), painted.part(painted.skin)
    above = (box.v < box.upper)[..., None]
    blue = replace(box, pixels=np.where(above, plain * np.float32((0.8, 0.92, 1.08)), plain).astype(np.float32))
    lid = lid_colour(blue, np.zeros(box.u.shape, bool), plain)
    shares = (lid / plain)[np.abs(box.u) < 0.2 * painted.contour.width].mean(0)
    assert shares[2] > 1.1 * shares[0]


def test_without_skin_the_given_colour_is_the_lid(painted: PaintedEye) -> None:
    box = painted.look_up()
    grey = np.full_like(box.pixels, 99.0)
    np.testing.assert_array_equal(lid_colour(box, np.ones(box.u.shape, bool), grey), grey)


def test_a_lid_is_as_light_as_the_skin_around_allows(painted: PaintedEye) -> None:
    """A light spot below the eye makes no pale lid, and a scarf above it no red one."""
    box, plain = painted.look_up(), painted.part(painted.skin)
    width = painted.contour.width
    spot = (box.v > box.lower + 0.1 * width) & (np.abs(box.u) < 0.3 * width) & (box.v < box.lower + 0.45 * width)
    bright = replace(box, pixels=np.where(spot[..., None], plain * np.float32(1.25), plain * np.float32(0.7)))
    scarf = replace(box, pixels=np.where((box.v < box.top)[..., None], np.float32((170.0, 30.0, 30.0)), plain))
    middle, nowhere = np.abs(box.u) < 0.2 * width, np.zeros(box.u.shape, bool)
    assert 0.55 < (lid_colour(bright, nowhere, plain) / plain)[middle].mean() < 0.73
    shares = (lid_colour(scarf, nowhere, plain) / plain)[middle].mean(0)
    np.testing.assert_allclose(shares, shares.mean(), atol=0.05)
