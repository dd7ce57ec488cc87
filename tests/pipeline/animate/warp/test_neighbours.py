"""People beside a head stay where they are, whether they were found or not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.neighbours import Neighbour, find_neighbours, measure_touch, share_beside
from pipeline.faces.detector import Detector
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pair(photo: Pixels) -> Pixels:
    """The portrait, and beside it the mirrored one, which the border cuts."""
    return np.ascontiguousarray(np.hstack([photo[:, :260], photo[:, ::-1][:, 90:230]]))


@pytest.fixture(scope="module")
def left(finder: FaceFinder, pair: Pixels) -> Face:
    return min(finder.find(pair), key=lambda face: float(face.box[0]))


def test_a_head_that_nobody_named_stays(
    runtime: Runtime, pair: Pixels, left: Face, make_curves: Callable[..., dict[str, float]]
) -> None:
    maps = build_maps(runtime, pair, left, [left])
    (other,) = find_neighbours(runtime, maps.pixels, maps.head, ())
    assert other.centre[0] > maps.head.centre[0] + maps.head.width
    assert 0.7 * maps.head.width < other.width < 1.4 * maps.head.width
    frame = OpenCvRenderer(maps).render(make_curves(yaw=9.0, pitch=-4.0, roll=4.0, sway_x=0.02))
    x, y = other.centre.round().astype(int)
    reach = round(0.4 * other.width)
    area = np.s_[y - reach : y + reach, x - reach : x + reach]
    np.testing.assert_array_equal(frame[area], maps.pixels[area])
    assert np.abs(frame.astype(int) - maps.pixels)[:, : round(maps.head.centre[0])].mean() > 2


def test_alone_a_head_has_no_neighbours(runtime: Runtime, maps: WarpMaps) -> None:
    assert find_neighbours(runtime, maps.pixels, maps.head, ()) == []
    assert share_beside((), maps.head, maps.grid).min() == 1.0
    assert measure_touch((), maps.head) == 0.0


def test_found_faces_are_neighbours_once(runtime: Runtime, finder: FaceFinder, pair: Pixels, left: Face) -> None:
    right = max(finder.find(pair), key=lambda face: float(face.box[0]))
    assert right is not left
    maps = build_maps(runtime, pair, left, [left, right])
    assert len(find_neighbours(runtime, pair, maps.head, (right,))) == 1


@pytest.mark.parametrize(("away", "touch"), [(0.9, 1.0), (1.2, 0.7), (1.6, 0.0)])
def test_the_nearer_the_less_it_turns(maps: WarpMaps, away: float, touch: float) -> None:
    """And the sooner its motion fades, so that hair between two heads is not folded."""
    head = maps.head
    other = Neighbour(head.centre + np.array([away * head.width, 0.0]), head.width)
    assert measure_touch([other], head) == pytest.approx(touch, abs=0.15)
    share = share_beside([other], head, maps.grid)
    theirs = np.hypot(maps.grid.x - other.centre[0], maps.grid.y - other.centre[1]) < 0.49 * away * head.width
    assert share[theirs].max(initial=0.0) == 0.0
    steepest = np.abs(np.gradient(share[..., 0], axis=1)).max() / maps.grid.step * head.width
    assert steepest < 9.5


def test_quarters_show_a_face_that_the_border_cuts(runtime: Runtime, photo: Pixels, face: Face) -> None:
    middle = round(float(face.box[0] + face.box[2]) / 2)
    cut = np.ascontiguousarray(photo[:, : middle + 16])
    wide = cv2.copyMakeBorder(cut, 0, 0, 200, 0, cv2.BORDER_REPLICATE)
    boxes = [detection.box for detection in Detector(runtime).find_quickly(wide)]
    assert len(boxes) == 1
    assert abs((boxes[0][0] + boxes[0][2]) / 2 - (middle + 200)) < 0.3 * (face.box[2] - face.box[0])
