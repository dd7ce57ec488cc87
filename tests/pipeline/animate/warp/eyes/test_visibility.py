"""Eyes that can be seen, and those that can't: a statue's, and one behind a coloured lens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, trace_contour
from pipeline.animate.warp.eyes.eye_maps import build_both_eyes
from pipeline.animate.warp.eyes.hair import find_hair
from pipeline.animate.warp.eyes.visibility import measure_visibility
from pipeline.animate.warp.face_maps import WarpMaps
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, Pixels

MakeCurves = Callable[..., dict[str, float]]


def blank(pixels: Pixels, maps: WarpMaps, eyes: tuple[int, ...]) -> Pixels:
    """The photo with these eyes of stone: the light of the cheek, a little shaded towards the lids."""
    stone = pixels.copy()
    for index in eyes:
        contour = trace_contour(maps.head.landmarks, (RIGHT, LEFT)[index])
        y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
        u, v = contour.local(x, y)
        inside = (v > contour.curve(contour.upper, u) - 1) & (v < contour.curve(contour.lower, u) + 1)
        inside &= (np.abs(u) < 0.6 * contour.width).astype(bool)
        cheek = (v > contour.curve(contour.lower, u) + 0.2 * contour.width) & (np.abs(u) < 0.3 * contour.width)
        cheek &= v < contour.curve(contour.lower, u) + 0.5 * contour.width
        stone[inside] = np.median(pixels[cheek], axis=0)
    return np.asarray(cv2.GaussianBlur(stone, (0, 0), 0.6), np.uint8)


def test_an_eye_is_seen(painted: PaintedEye) -> None:
    assert measure_visibility(painted.pixels, painted.contour) == 1.0


def test_a_light_iris_is_still_an_iris(painted: PaintedEye) -> None:
    """Half of the darkness of the eye is taken away, as in a faded print."""
    faded = (0.5 * painted.pixels + 0.5 * painted.skin).astype(np.uint8)
    assert measure_visibility(faded, painted.contour) > 0.5


def test_a_blank_eye_is_not_seen(painted: PaintedEye) -> None:
    assert measure_visibility(painted.skin, painted.contour) == 0.0


@pytest.mark.parametrize("eyes", [(0, 1), (0,), (1,)], ids=["statue", "a lens at the right", "a lens at the left"])
def test_what_cant_be_seen_does_not_blink(maps: WarpMaps, make_curves: MakeCurves, eyes: tuple[int, ...]) -> None:
    """Nor does the other eye alone: that would be a wink."""
    stone = blank(maps.pixels, maps, eyes)
    found = build_both_eyes(stone, maps.alpha, maps.head, find_hair(stone, maps.alpha, maps.head))
    assert all(eye is not None and eye.blink < 0.05 for eye in found)
    renderer = OpenCvRenderer(replace(maps, pixels=stone, eyes=found))
    still, blinking = (renderer.render(make_curves(blink_r=b, blink_l=b)) for b in (1e-6, 1.0))
    assert np.abs(still.astype(int) - blinking).max() < 12
