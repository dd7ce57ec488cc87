"""Lashes of a painted eye: their band, and the hole that they and the eye leave in the skin."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from pipeline.animate.warp.eyes.lashes import (
    add_connected_darkness,
    find_lash_hole,
    measure_lash_band,
)
from pipeline.animate.warp.eyes.lid_skin import fit_skin_colour
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


def test_the_paleness_of_the_lashes_is_bounded(painted: PaintedEye) -> None:
    contour = painted.contour
    _, paleness = measure_lash_band(painted.pixels, contour)
    middle = np.abs(contour.at) < 0.3 * contour.width
    assert 0.3 < paleness[middle].min() <= paleness[middle].max() < 0.85
    assert paleness[np.abs(contour.at) > 0.8 * contour.width].min() > 0.99


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


def test_tips_of_lashes_belong_to_the_hole_and_hair_does_not(painted: PaintedEye) -> None:
    """A short thin line that begins at the lashes is one of them; a long one that crosses the brow is hair."""
    contour, width = painted.contour, painted.contour.width
    out = contour.left_end if contour.outer_is_left else contour.right_end
    sign = 1.0 if contour.outer_is_left else -1.0

    def draw(u: float, low: float, high: float) -> tuple[PaintedEye, tuple[int, int]]:
        """The eye with a line at u from `low` to `high` eye widths above the margin, and a place on it."""
        pixels = painted.pixels.copy()
        v = float(np.interp(u, contour.at, contour.upper))
        ends = [contour.centre + u * contour.axis_u + (v - d * width) * contour.axis_v for d in (low, high)]
        points = [np.round(end).astype(int).tolist() for end in ends]
        cv2.line(pixels, points[0], points[1], (70, 55, 50), 1, cv2.LINE_AA)
        x, y = np.round(contour.centre + u * contour.axis_u + (v - 0.8 * high * width) * contour.axis_v).astype(int)
        return replace(painted, pixels=pixels), (int(y) - painted.box[1], int(x) - painted.box[0])

    def hole(eye: PaintedEye) -> np.ndarray:
        box = eye.look_up()
        band = find_lash_hole(box, measure_lash_band(painted.pixels, contour)[0])
        return add_connected_darkness(box, band, fit_skin_colour(box, band))

    tip, place = draw(out + sign * 0.15 * width, 0.08, 0.24)
    assert hole(tip)[place]
    hair, place = draw(out + sign * 0.3 * width, 0.1, 0.7)
    assert not hole(hair)[place]
