"""An eye's box: everything is looked up at the pixels of the photo that it shows."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, no_rim


def test_each_pixel_knows_its_place_on_the_eye(painted: PaintedEye) -> None:
    box, contour = painted.look_up(), painted.contour
    np.testing.assert_array_equal(box.pixels, painted.part(painted.pixels))
    row, column = np.unravel_index(np.argmin(np.hypot(box.u, box.v)), box.u.shape)
    assert np.abs(np.array([column + painted.box[0], row + painted.box[1]]) - contour.centre).max() <= 1
    middle = np.abs(box.u) < 0.3 * contour.width
    assert (box.top < box.upper)[middle].all() and (box.upper < box.lower)[middle].all()
    assert box.person.all() and not box.rim.any()


def test_the_matte_is_looked_at_around_each_pixel(painted: PaintedEye) -> None:
    alpha = np.ones(painted.pixels.shape[:2], np.float32)
    alpha[:, : painted.box[0] + 10] = 0.0
    box = EyeBox.look_up(painted.pixels, alpha, painted.contour, painted.box, no_rim(painted.box))
    assert not box.person[:, :12].any() and box.person[:, 12:].all()
