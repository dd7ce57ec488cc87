"""The shade on a shut eye: deep beside the nose, none far away."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.eyes.lid_shade import lid_shade
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye


def test_the_nose_shades_the_lid_and_the_temple_does_not(painted: PaintedEye) -> None:
    box, contour = painted.look_up(), painted.contour
    shade = lid_shade(box, 0.1 * contour.width)
    share = (box.u - contour.left_end) / (contour.right_end - contour.left_end)
    x = share if contour.outer_is_left else 1.0 - share
    d = (box.v - contour.curve(contour.upper + contour.travel, box.u)) / contour.width
    lid = (d < -0.08) & (d > -0.2)
    assert shade.dtype == np.float32 and shade.shape == box.u.shape
    assert -0.15 <= shade.min() < 0.0 and 0.1 < shade.max() < 0.25
    assert shade[lid & (x > 0.7) & (x < 1.0)].mean() > 0.08 + shade[lid & (x > 0.1) & (x < 0.4)].mean()
    assert shade[(d > 0.08) & (d < 0.16) & (x > 0.3) & (x < 0.8)].min() > 0.04
    assert np.abs(shade[(np.abs(d) > 0.5) | (x < -0.35) | (x > 1.4)]).max() < 0.005


def test_folds_run_along_the_lid_as_fine_as_the_photo_is(painted: PaintedEye) -> None:
    box, contour = painted.look_up(), painted.contour
    d = (box.v - contour.curve(contour.upper + contour.travel, box.u)) / contour.width
    lid = (d < -0.08) & (d > -0.4) & (np.abs(box.u) < 0.2 * contour.width)
    fine = {softness: lid_shade(box, softness) - lid_shade(box, 0.1 * contour.width) for softness in (0.3, 3.0)}
    assert 0.0015 < fine[0.3][lid].std() < 0.03 and fine[3.0][lid].std() < 0.7 * fine[0.3][lid].std()
    down, along = (np.abs(np.diff(fine[0.3], axis=axis)).sum() for axis in (0, 1))
    assert down > 2.0 * along
