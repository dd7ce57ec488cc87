"""The shade in the socket: a fold above an open eye goes with a blink, a brow stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.lid_skin import fill_skin, fit_skin_colour, lid_colour
from pipeline.animate.warp.eyes.socket import flatten_folds, socket_shade
from pipeline.arrays import Float, Mask
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye

FOLD = (0.55, 0.85)
"""Where a fold is painted, as shares of the lid's height from the margin upwards."""


@pytest.fixture
def box(painted: PaintedEye) -> EyeBox:
    return painted.look_up()


def darken(box: EyeBox, where: Mask, light: float) -> EyeBox:
    return replace(box, pixels=np.where(where[..., None], box.pixels * np.float32(light), box.pixels))


def height(box: EyeBox) -> Float:
    """How high above the margin, by the lid's height."""
    return (box.upper - box.v) / (box.upper - box.top)


def skin_and_lid(box: EyeBox, hole: Mask) -> tuple[Float, Float]:
    colour = fit_skin_colour(box, hole)
    return fill_skin(box, hole, colour), lid_colour(box, hole, colour)


def test_a_fold_is_shade_and_plain_skin_is_none(painted: PaintedEye, box: EyeBox) -> None:
    hole, high = painted.eye(), height(box)
    fold = (high > FOLD[0]) & (high < FOLD[1]) & (np.abs(box.u) < 0.4 * painted.contour.width)
    assert socket_shade(box, *skin_and_lid(box, hole))[fold].mean() > 0.97
    folded = darken(box, fold, 0.75)
    assert socket_shade(folded, *skin_and_lid(folded, hole))[fold].mean() < 0.88


def test_a_brow_that_hangs_low_is_no_shade(painted: PaintedEye, box: EyeBox) -> None:
    hole, high = painted.eye(), height(box)
    brow = (high > FOLD[0]) & (high < 1.8) & (np.abs(box.u) < 0.5 * painted.contour.width)
    browed = darken(box, brow, 0.4)
    assert socket_shade(browed, *skin_and_lid(browed, hole))[brow & (high < FOLD[1])].mean() > 0.97


def test_a_fold_is_flat_on_a_stretched_lid_and_the_brow_stays(painted: PaintedEye, box: EyeBox) -> None:
    hole, high = painted.eye(), height(box)
    near = np.abs(box.u) < 0.4 * painted.contour.width
    fold, brow = (high > 0.6) & (high < 0.75) & near, (high > 1.2) & (high < 1.6) & near
    folded = darken(darken(box, fold, 0.75), brow, 0.4)
    skin, lid = skin_and_lid(folded, hole)
    flat = flatten_folds(folded, skin, hole, lid)
    assert skin[fold].mean() < 0.8 * box.pixels[fold].mean()
    assert flat[fold].mean() > 0.92 * box.pixels[fold].mean()
    assert np.abs(flat - skin)[brow].max() < 1.0
