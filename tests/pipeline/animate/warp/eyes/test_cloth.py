"""Cloth over the forehead: a lid moves behind it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.cloth import find_cloth
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, EyeLandmarks, trace_contour
from pipeline.animate.warp.eyes.eye_maps import build_eye_maps
from pipeline.faces.finder import Face

Pixels = NDArray[np.uint8]


def cover_forehead(pixels: Pixels, contour: Contour, colour: tuple[int, int, int], reach: float) -> Pixels:
    """The photo with cloth that ends `reach` eye widths above the open lid's fold, as grainy as the photo."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    u, v = contour.local(x, y)
    covered = (v < contour.curve(contour.top, u) - reach * contour.width)[..., None]
    light = pixels.mean(-1, keepdims=True) / 255.0 * 0.3 + 0.7
    return np.where(covered, (light * np.array(colour)).astype(np.uint8), pixels)


@pytest.mark.parametrize("eye", [RIGHT, LEFT])
@pytest.mark.parametrize("colour", [(170, 40, 45), (40, 60, 150), (40, 110, 60)])
def test_cloth_of_a_colour_lies_before_the_lids(
    close_up: Pixels, close_face: Face, eye: EyeLandmarks, colour: tuple[int, int, int]
) -> None:
    contour = trace_contour(close_face.landmarks, eye)
    pixels = cover_forehead(close_up, contour, colour, 0.05)
    alpha = np.ones(pixels.shape[:2], np.float32)
    maps = build_eye_maps(pixels, alpha, contour)
    assert maps is not None
    left, top, right, bottom = maps.box
    cloth = (pixels != close_up).any(-1)[top:bottom, left:right]
    found = find_cloth(pixels, contour, maps.box)
    assert found[cloth].mean() > 0.97
    assert found[~cloth].mean() < 0.05
    assert maps.images.rim[found].mean() > 0.9


def test_forehead_hair_and_cloth_that_ends_above_the_brow_are_none(close_up: Pixels, close_face: Face) -> None:
    contour = trace_contour(close_face.landmarks, RIGHT)
    box = (0, 0, close_up.shape[1], close_up.shape[0])
    assert not find_cloth(close_up, contour, box).any()
    assert not find_cloth(cover_forehead(close_up, contour, (60, 45, 35), 0.05), contour, box).any()
    assert not find_cloth(cover_forehead(close_up, contour, (170, 40, 45), 0.7), contour, box).any()
    grey = np.repeat(close_up.mean(-1, keepdims=True).astype(np.uint8), 3, -1)
    assert not find_cloth(grey, contour, box).any()
