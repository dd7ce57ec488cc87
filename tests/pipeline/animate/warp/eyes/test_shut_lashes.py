"""The lashes of a shut eye: where they hang, how they thin out, and that they are no sharper than the photo."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.eyes.shut_lashes import paint_shut_lashes
from pipeline.animate.warp.formula import LID_SAMPLES
from pipeline.arrays import Float
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye

HEAVY, LIGHT = np.full(LID_SAMPLES, 0.36), np.full(LID_SAMPLES, 0.74)


def paint(painted: PaintedEye, softness: float = 0.4, paleness: np.ndarray = HEAVY) -> Float:
    box = painted.look_up()
    return paint_shut_lashes(box, paleness, softness, np.ones_like(box.u))


def shares(painted: PaintedEye) -> tuple[np.ndarray, np.ndarray]:
    """Of each pixel: its place from the outer to the inner corner, and eye widths below the shut margin."""
    box, contour = painted.look_up(), painted.contour
    share = (box.u - contour.left_end) / (contour.right_end - contour.left_end)
    margin = contour.curve(contour.upper + contour.travel, box.u)
    return share if contour.outer_is_left else 1.0 - share, (box.v - margin) / contour.width


def test_they_lie_at_the_margin_and_hang_below_it(painted: PaintedEye) -> None:
    dark, (x, d) = paint(painted), shares(painted)
    assert dark.dtype == np.float32 and dark.shape == x.shape
    assert 0.0 <= dark.min() < 0.01 and 0.4 < dark.max() < 0.93
    temple = (x > 0.15) & (x < 0.4)
    assert dark[temple & (np.abs(d - 0.035) < 0.02)].mean() > 0.4
    assert dark[temple & (d > 0.04) & (d < 0.07)].mean() > 2 * dark[temple & (d < -0.04) & (d > -0.07)].mean()
    assert dark[(d < -0.2) | (d > 0.3)].max() < 0.02


def test_they_are_as_strong_toward_the_temple_and_end_at_the_corners(painted: PaintedEye) -> None:
    dark, (x, d) = paint(painted), shares(painted)
    near = np.abs(d) < 0.08
    assert dark[near & (x > 0.15) & (x < 0.4)].sum() > 1.05 * dark[near & (x > 0.7) & (x < 0.95)].sum()
    assert dark[(x > 1.15) | (x < -0.3)].max() < 0.05


def test_light_lashes_stay_light(painted: PaintedEye) -> None:
    assert paint(painted, paleness=LIGHT).sum() < 0.75 * paint(painted).sum()


def test_lids_meet_in_a_line_even_where_no_lashes_are_seen(painted: PaintedEye) -> None:
    none = np.full(LID_SAMPLES, 1.0)
    for softness in (0.4, 0.06 * painted.contour.width):
        dark, (x, d) = paint(painted, softness, none), shares(painted)
        assert dark[(np.abs(d - 0.03) < 0.02) & (x > 0.2) & (x < 0.8)].mean() > 0.12


def test_a_soft_photo_gets_no_sharp_line(painted: PaintedEye) -> None:
    """The steepest step is that of a picture blurred as the photo is, and no single lash is left."""
    width = painted.contour.width
    sharp, soft = (np.abs(np.diff(paint(painted, share * width), axis=0)).max() for share in (0.01, 0.1))
    assert soft < 0.45 * sharp
    along, (x, d) = paint(painted, 0.1 * width), shares(painted)
    rows = (np.abs(d) < 0.02) & (x > 0.15) & (x < 0.45)
    assert along[rows].std() < 0.06


def test_the_photos_own_lashes_are_turned_down(painted: PaintedEye) -> None:
    box, contour = painted.look_up(), painted.contour
    above = (box.v < box.upper) & (box.v > box.upper - 0.2 * contour.width)
    own = np.where(above & (np.abs(box.u) < 0.06 * contour.width), 0.1, 1.0).astype(np.float32)
    with_own, without = paint_shut_lashes(box, LIGHT, 0.4, own), paint(painted, paleness=LIGHT)
    more, (_, d) = with_own - without, shares(painted)
    assert more.max() > 0.3
    assert more[(d > 0.02) & (d < 0.12)].sum() > 0.9 * more.sum() * 0.8
    assert more[d < -0.03].max() < 0.02
