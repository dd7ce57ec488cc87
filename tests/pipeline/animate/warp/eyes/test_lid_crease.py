"""The crease of a lid: found where an open eye has it, drawn softly, ended at the corners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.lid_crease import draw_crease, find_crease
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


@pytest.mark.parametrize("height", [0.16, 0.2])
def test_a_crease_is_found_where_it_is(painted: PaintedEye, height: float) -> None:
    box, width = painted.look_up(), painted.contour.width
    line = np.exp(-(((box.v - box.upper) / width + height) ** 2) / (2 * 0.02**2))
    folded = replace(box, pixels=(box.pixels * (1.0 - 0.4 * line[..., None])).astype(np.float32))
    crease = find_crease(folded, np.full_like(painted.contour.at, 0.08 * width))
    assert np.abs(crease.height / width - height)[8:-8].max() < 0.04
    guessed = find_crease(box, np.full_like(painted.contour.at, 0.08 * width))
    assert crease.depth[8:-8].mean() > 1.2 * guessed.depth[8:-8].mean() > 0.0


def test_a_crease_is_a_soft_dark_line_that_ends_at_the_corners(painted: PaintedEye) -> None:
    box, width = painted.look_up(), painted.contour.width
    crease = find_crease(box, np.full_like(painted.contour.at, 0.08 * width))
    sharp, soft = (draw_crease(box, crease, blur) for blur in (0.3, 0.08 * width))
    assert sharp.dtype == np.float32 and sharp.shape == box.u.shape
    assert 0.02 < sharp.max() < 0.2 and sharp.min() > -0.06
    assert 0.0 < soft.max() < 0.8 * sharp.max()
    assert np.abs(sharp[np.abs(box.u) > 0.7 * width]).max() < 0.002
