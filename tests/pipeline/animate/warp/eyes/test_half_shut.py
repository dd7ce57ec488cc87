"""An eye on the way: its lashes stay on the margin, its folds stay where they are, its slit is a soft line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.draw import draw_eye, lid_arc, lid_way
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]
MakeCurves = Callable[..., Mapping[str, float]]


@pytest.fixture(scope="module")
def close_maps(runtime: Runtime, close_up: Pixels, close_face: Face) -> WarpMaps:
    return build_maps(runtime, close_up, close_face)


@pytest.fixture(scope="module", params=[0, 1], ids=["right", "left"])
def eye(request: pytest.FixtureRequest, close_maps: WarpMaps) -> EyeMaps:
    found = close_maps.eyes[request.param]
    assert found is not None
    return found


def look_up(eye: EyeMaps, way: float) -> tuple[Float, Float, Float, Float]:
    """The photo's places over the eye's box, u and v there, and the upper margin, at a way of the lid."""
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    contour = eye.contour
    u, v = contour.local(x, y)
    opening = (contour.curve(contour.opening, u) / contour.width).astype(np.float32)
    moved = contour.curve(contour.travel, u) * way * lid_arc(opening, contour.openness, way)
    return np.stack([x, y], -1), u, v, np.asarray(contour.curve(contour.upper, u) + moved, np.float32)


@pytest.mark.parametrize(
    ("heights", "at", "low", "high"), [((0.0, 0.09), -0.02, 0.0, 0.58), ((0.16, 0.3), -0.1, 0.93, 1.01)]
)
def test_lashes_stay_on_the_margin_and_what_is_above_them_fades(
    close_maps: WarpMaps,
    eye: EyeMaps,
    make_curves: MakeCurves,
    heights: tuple[float, float],
    at: float,
    low: float,
    high: float,
) -> None:
    """Darkness of 0.4 of the light in a band of the open eye, half-way: what it leaves at a height of the lid."""
    source, u, v, margin = look_up(eye, 0.5)
    width = eye.contour.width
    above = (eye.contour.curve(eye.contour.upper, u) - v) / width
    band = ((above > heights[0] - 0.02) & (above < heights[1]))[..., None]
    bare, dark = (np.where(band, np.float32(light), np.ones_like(eye.images.ratio)) for light in (1.0, 0.4))
    plain, lashes = (
        draw_eye(close_maps.texture, replace(eye, images=replace(eye.images, ratio=one)), 0.5, make_curves(), source)[0]
        for one in (bare, dark)
    )
    there = (np.abs((v - margin) / width - at) < 0.012) & (np.abs(u) < 0.25 * width)
    assert low < float(lashes[there].mean() / plain[there].mean()) < high


def test_a_slit_is_no_bright_strip_and_no_hard_cut(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    """Of an eye of nothing but white, three quarters shut by its curve, a soft dark line is seen."""
    way = lid_way(0.75)
    source, u, v, margin = look_up(eye, way)
    contour, width = eye.contour, eye.contour.width
    bare = replace(eye, images=replace(eye.images, shut_lash=np.zeros_like(eye.images.shut_lash)))
    white = np.full_like(close_maps.texture, 200)
    picture = draw_eye(white, bare, way, make_curves(), source)[0].mean(-1) / 200.0
    edge = contour.curve(contour.lower, u) - way * contour.curve(contour.rise, u)
    middle = np.abs(u) < 0.2 * width
    slit = middle & (v > margin + 0.045 * width) & (v < edge - 0.02 * width)
    assert slit.any()
    assert picture[slit].mean() < 0.57
    below = middle & (np.abs(v - edge + 0.01 * width) < 0.02 * width)
    assert np.abs(np.diff(picture, axis=0))[below[1:]].max() * 0.02 * width < 0.2
