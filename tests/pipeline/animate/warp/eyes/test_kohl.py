"""Paint all around an eye: the lid that comes down is painted, too; bare skin stays bare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.kohl import paint_lid
from pipeline.arrays import Float, Mask
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye

TAN = (190.0, 140.0, 110.0)


@pytest.fixture
def box(painted: PaintedEye) -> EyeBox:
    return painted.look_up()


def around(box: EyeBox) -> Mask:
    """A broad ring of paint around the eye."""
    reach = 0.3 * box.contour.width
    return np.asarray((box.v > box.upper - reach) & (box.v < box.lower + reach) & (np.abs(box.u) < 2.0 * reach))


def bare_lid(box: EyeBox) -> Float:
    return np.broadcast_to(np.float32(TAN), box.pixels.shape).copy()


def on_lid(box: EyeBox) -> Mask:
    return np.asarray((np.abs(box.u) < 0.25 * box.contour.width) & (box.v > box.upper) & (box.v < box.lower))


def test_a_lid_amid_kohl_is_as_dark_as_kohl(painted: PaintedEye, box: EyeBox) -> None:
    kohl = np.where(around(box)[..., None], np.float32(0.2) * box.pixels, box.pixels)
    dark = replace(box, pixels=kohl)
    (lid,) = paint_lid(dark, painted.eye(), bare_lid(box))
    below = around(box) & (box.v > box.lower + 0.08 * box.contour.width) & (np.abs(box.u) < 0.3 * box.contour.width)
    np.testing.assert_allclose(lid[on_lid(box)].mean(0), kohl[below].mean(0), atol=6.0)
    np.testing.assert_array_less(lid[on_lid(box)].max(), 80.0)


@pytest.mark.parametrize("light", [1.0, 0.6, 0.46])
def test_bags_and_lower_lashes_are_no_paint(painted: PaintedEye, box: EyeBox, light: float) -> None:
    shaded = replace(box, pixels=np.where(around(box)[..., None], np.float32(light) * box.pixels, box.pixels))
    (lid,) = paint_lid(shaded, painted.eye(), bare_lid(box))
    np.testing.assert_array_equal(lid, bare_lid(box))


def test_a_few_dark_lashes_are_no_paint(painted: PaintedEye, box: EyeBox) -> None:
    lashes = around(box) & (np.sin(box.u * np.float32(2.0 * np.pi * 12.0 / box.contour.width)) > 0.0)
    dark = replace(box, pixels=np.where(lashes[..., None], np.float32(0.1) * box.pixels, box.pixels))
    (lid,) = paint_lid(dark, painted.eye(), bare_lid(box))
    np.testing.assert_array_equal(lid, bare_lid(box))


def test_in_the_dark_nothing_is_painted(painted: PaintedEye, box: EyeBox) -> None:
    night = replace(box, pixels=np.zeros_like(box.pixels))
    (lid,) = paint_lid(night, painted.eye(), bare_lid(box))
    np.testing.assert_array_equal(lid, bare_lid(box))
