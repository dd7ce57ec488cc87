"""Lashes of a painted eye: their band, and the hole that they and the eye leave in the skin."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.eyes.lashes import add_connected_darkness, find_lash_hole, measure_lash_band
from pipeline.animate.warp.eyes.lid_skin import fit_skin_colour
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


def test_the_strength_of_the_lash_line_is_bounded(painted: PaintedEye) -> None:
    contour, strength = painted.contour, painted.images.strength
    middle = np.abs(contour.at) < 0.3 * contour.width
    assert 0.3 < strength[middle].min() <= strength[middle].max() < 0.85
    assert strength[np.abs(contour.at) > 0.8 * contour.width].min() > 0.99


def test_heavier_lashes_make_a_higher_band(painted: PaintedEye) -> None:
    contour = painted.contour
    band, _ = measure_lash_band(painted.pixels, contour)
    none, _ = measure_lash_band(painted.skin, contour)
    middle = np.abs(contour.at) < 0.3 * contour.width
    assert band.shape == contour.at.shape
    assert 0.05 * contour.width < none[middle].max() <= band[middle].max() < 0.25 * contour.width
    assert band[np.abs(contour.at) > 0.95 * contour.width].max() < 0.01


def test_the_hole_holds_the_whole_eye_and_leaves_the_cheek(painted: PaintedEye) -> None:
    box = painted.look_up()
    band, _ = measure_lash_band(painted.pixels, painted.contour)
    hole = find_lash_hole(box, band)
    whole = add_connected_darkness(box, hole, fit_skin_colour(box, hole))
    assert whole[hole].all()
    assert whole[painted.eye()].mean() > 0.95
    assert not whole[box.v > box.lower + 0.3 * painted.contour.width].any()
