"""The crease of a lid: found where an open eye has it, drawn softly, ended at the corners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.lid_crease import Crease, draw_crease, find_crease
from pipeline.animate.warp.eyes.shut_colour import shut_place
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


@pytest.mark.parametrize("height", [0.16, 0.2])
def test_a_crease_is_found_where_it_is(painted: PaintedEye, height: float) -> None:
    box, width = painted.look_up(), painted.contour.width
    line = np.exp(-(((box.v - box.upper) / width + height) ** 2) / (2 * 0.02**2))
    folded = replace(box, pixels=(box.pixels * (1.0 - 0.4 * line[..., None])).astype(np.float32))
    crease = find_crease(folded, np.full_like(painted.contour.at, 0.08 * width))
    assert np.abs(crease.height / width - height)[8:-8].max() < 0.04
    assert crease.depth[8:-8].mean() > 0.05
    assert find_crease(box, np.full_like(painted.contour.at, 0.08 * width)).depth.max() == 0.0


@pytest.mark.parametrize(("height", "stays"), [(0.2, True), (0.06, False)])
def test_it_stays_where_it_is_while_the_lid_comes_down(painted: PaintedEye, height: float, stays: bool) -> None:
    """A fold beside the lashes does not: it is stretched flat."""
    box, contour = painted.look_up(), painted.contour
    at_u = np.linspace(contour.left_end, contour.right_end, 48)
    crease = Crease(at_u, np.full_like(at_u, height * contour.width), np.full_like(at_u, 0.12))
    dark = draw_crease(box, crease, 0.3)
    if not stays:
        assert dark.max() < 0.02
        return
    line = (dark > 0.8 * dark.max()) & (np.abs(box.u) < 0.2 * contour.width)
    shut = (shut_place(box) - box.upper)[line] / contour.width
    assert shut.mean() == pytest.approx(0.1 * box.travel[line].mean() / contour.width - height, abs=0.015)
    assert 0.1 < dark.max() < 0.17


def test_above_the_moving_skin_the_photo_s_own_crease_stays(painted: PaintedEye) -> None:
    """One that crosses the edge of the lid's skin goes on below it, and is not drawn twice above."""
    box, contour = painted.look_up(), painted.contour
    at_u = np.linspace(contour.left_end, contour.right_end, 48)
    lid = np.interp(at_u, contour.at, contour.upper - contour.top)
    height = lid * np.linspace(0.8, 1.2, 48)
    strip = (contour.curve(contour.upper - np.interp(contour.at, at_u, height), box.u) - box.v) / contour.width
    folded = replace(box, pixels=(box.pixels * (1.0 - 0.4 * np.exp(-((strip / 0.028) ** 2)))[..., None]))
    crease = find_crease(folded, np.full_like(contour.at, 0.08 * contour.width))
    away = np.abs(crease.height - height) / contour.width
    assert away[4:33].max() < 0.05
    dark = draw_crease(box, crease, 0.3)
    assert np.abs(dark[box.v < box.top - 0.051 * contour.width]).max() == 0.0
    assert dark[(box.v > box.top) & (box.v < box.top + 0.1 * contour.width)].max() > 0.03


def test_a_crease_is_a_soft_dark_line_that_ends_at_the_corners(painted: PaintedEye) -> None:
    box, width = painted.look_up(), painted.contour.width
    at_u = np.linspace(painted.contour.left_end, painted.contour.right_end, 48)
    crease = Crease(at_u, np.full_like(at_u, 0.18 * width), np.full_like(at_u, 0.1))
    sharp, soft = (draw_crease(box, crease, blur) for blur in (0.3, 0.08 * width))
    assert sharp.dtype == np.float32 and sharp.shape == box.u.shape
    assert 0.05 < sharp.max() < 0.2 and sharp.min() > -0.06
    assert (soft > 0.5 * soft.max()).sum() > 1.5 * (sharp > 0.5 * sharp.max()).sum()
    assert np.abs(sharp[np.abs(box.u) > 0.7 * width]).max() < 0.002
