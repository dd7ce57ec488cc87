"""The skin of a lid, guessed from around the eye: on a painted eye the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.eyes.lid_skin import fill_skin, fit_skin_colour, limit_to_skin_above, soften_skin
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


def test_a_pale_model_is_darkened_to_the_skin_above(painted: PaintedEye) -> None:
    box, hole = painted.look_up(), painted.eye()
    pale = np.full_like(box.pixels, 250.0)
    limited = limit_to_skin_above(box, hole, pale)
    assert limited.mean() < 1.1 * painted.part(painted.skin).mean()
    colour = fit_skin_colour(box, hole)
    assert np.abs(limit_to_skin_above(box, hole, colour) - colour).mean() < 4


def test_the_filled_hole_has_no_seam(painted: PaintedEye) -> None:
    box, hole = painted.look_up(), painted.eye()
    colour = fit_skin_colour(box, hole)
    skin = fill_skin(box, hole, colour)
    assert np.abs(skin - box.pixels)[~hole].mean() < 1
    steps = np.abs(np.diff(skin.mean(-1), axis=0))
    assert steps.max() < np.abs(np.diff(box.pixels.mean(-1), axis=0)).max()
    soft = soften_skin(box, skin, colour)
    assert soft.shape == skin.shape and np.abs(soft - skin).mean() < 4


@pytest.mark.parametrize(
    ("tint", "least", "most"),
    [
        ((0.7, 0.7, 0.7), 0.25, 0.45),  # a socket in shade: its lid comes out of it by a third
        ((1.2, 0.5, 0.5), 0.45, 0.7),  # a red scarf, a lens: the tint goes, its brightness partly stays
        ((1.1, 1.1, 1.1), -0.01, 0.03),  # lids that are lighter stay so
    ],
)
def test_a_lid_takes_after_the_cheek(
    painted: PaintedEye, tint: tuple[float, float, float], least: float, most: float
) -> None:
    """How far of the way to the skin's own colour a lid comes that is shaded or coloured above the eye."""
    box, plain = painted.look_up(), painted.part(painted.skin)
    colour = plain * np.float32(tint)
    soft = soften_skin(box, colour, colour)
    lid = (np.abs(box.u) < 0.2 * painted.contour.width) & (box.v > box.upper) & (box.v < box.lower)
    before, after = np.abs(colour - plain)[lid].mean(), np.abs(soft - plain)[lid].mean()
    assert least <= 1.0 - after / before <= most
