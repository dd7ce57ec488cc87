"""A picture on a page: its edges stay straight and the page stays as it is, whatever the head does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.picture_frame import PictureFrame
from pipeline.arrays import Pixels
from pipeline.faces.finder import FaceFinder
from pipeline.runtime import Runtime

LEFT, TOP, RIGHT, BOTTOM = 40, 50, 30, 110  # widths of the margins
MakeCurves = Callable[..., Mapping[str, float]]
TURNS = (
    {"yaw": 9.0, "roll": 5.0, "sway_y": -0.03},
    {"yaw": -9.0, "roll": -5.0, "pitch": 5.0, "sway_x": 0.04},
    {"breath": 1.0, "smile": 1.0, "brow": 1.0},
)


@pytest.fixture(scope="module")
def print_on_page(photo: Pixels) -> Pixels:
    """A print whose hair nearly touches its upper edge, and whose shoulders touch the lower one."""
    tight = photo[18:290, 20:300]
    page = cv2.copyMakeBorder(tight, TOP, BOTTOM, LEFT, RIGHT, cv2.BORDER_CONSTANT, value=(250, 246, 240))
    return np.ascontiguousarray(page, np.uint8)


@pytest.fixture(scope="module")
def page_maps(runtime: Runtime, finder: FaceFinder, print_on_page: Pixels) -> WarpMaps:
    (face,) = finder.find(print_on_page)
    return build_maps(runtime, print_on_page, face)


@pytest.mark.parametrize("curves", TURNS, ids=str)
def test_the_page_stays_bit_by_bit(
    page_maps: WarpMaps, print_on_page: Pixels, make_curves: MakeCurves, curves: dict[str, float]
) -> None:
    region = page_maps.region
    frame = print_on_page.copy()
    frame[region.slices] = OpenCvRenderer(page_maps).render(make_curves(**curves))
    page = np.ones(frame.shape[:2], bool)
    page[TOP - 2 : -BOTTOM + 2, LEFT - 2 : -RIGHT + 2] = False
    np.testing.assert_array_equal(frame[page], print_on_page[page])
    assert np.abs(frame.astype(int) - print_on_page)[~page].mean() > 0.3  # while the person moves


@pytest.mark.parametrize("curves", TURNS, ids=str)
def test_rows_beside_an_edge_do_not_turn_into_page(
    page_maps: WarpMaps, print_on_page: Pixels, make_curves: MakeCurves, curves: dict[str, float]
) -> None:
    frame = print_on_page.copy()
    frame[page_maps.region.slices] = OpenCvRenderer(page_maps).render(make_curves(**curves))
    for rows in (np.s_[TOP + 2 : TOP + 5], np.s_[-BOTTOM - 5 : -BOTTOM - 2]):
        strip, before = frame[rows, LEFT + 4 : -RIGHT - 4].astype(int), print_on_page[rows, LEFT + 4 : -RIGHT - 4]
        paper = (strip > 235).all(-1) & ~(before > 225).all(-1)
        assert paper.mean() < 0.02


def test_a_photo_without_a_page_has_no_frame(maps: WarpMaps) -> None:
    frame = PictureFrame.cut((), maps.region)
    assert frame.edges == ()
    assert frame.inside.min() == 1.0
    assert frame.motion_share(maps.head, maps.grid, maps.alpha).min() == 1.0
