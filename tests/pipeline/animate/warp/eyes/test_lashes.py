"""Lashes of a painted eye: their band, and the hole that they and the eye leave in the skin."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.eyes.lashes import (
    add_connected_darkness,
    find_lash_hole,
    measure_lash_band,
    shut_line_strength,
)
from pipeline.animate.warp.eyes.lid_skin import fit_skin_colour
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


def test_the_strength_of_the_lash_line_is_bounded(painted: PaintedEye) -> None:
    contour, strength = painted.contour, painted.images.strength
    middle = np.abs(contour.at) < 0.3 * contour.width
    assert 0.3 < strength[middle].min() <= strength[middle].max() < 0.85
    assert strength[np.abs(contour.at) > 0.8 * contour.width].min() > 0.99


def test_a_shut_line_is_darkest_outside_and_lies_in_tufts(painted: PaintedEye) -> None:
    contour = painted.contour
    even = np.full(contour.at.shape, 0.5)
    sharp, soft = (shut_line_strength(contour, even, sigma * contour.width) for sigma in (0.002, 0.2))
    share = (contour.at - contour.left_end) / (contour.right_end - contour.left_end)
    outer = share if contour.outer_is_left else 1.0 - share
    temple, nose = (outer > 0.05) & (outer < 0.35), (outer > 0.8) & (outer < 1.0)
    assert soft[temple].max() < 0.5 < soft[nose].min() and 0.0 <= sharp.min() <= sharp.max() <= 1.0
    assert np.abs(np.diff(sharp))[temple[1:]].max() > 5 * np.abs(np.diff(soft))[temple[1:]].max()
    assert shut_line_strength(contour, np.ones_like(even), 1.0).min() == 1.0  # no lashes, no line


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
