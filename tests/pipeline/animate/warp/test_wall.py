"""A wall full of detail is bent close to the head; one that can be filled in, or has straight lines, stands still."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.picture_frame import PictureFrame
from pipeline.animate.warp.wall import build_wall
from pipeline.faces.finder import FaceFinder
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import gaussian, polygon_mask
from pipeline.layers.picture_edges import Edge
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]


def leaves(height: int, width: int) -> Pixels:
    """Blots of all colours, which have no direction."""
    noise = np.random.default_rng(5).normal(0, 1, (height, width, 3)).astype(np.float32)
    blots = gaussian(noise, 2.0)
    return np.clip(128 + 60 * blots / blots.std(), 0, 255).astype(np.uint8)


def planks(height: int, width: int) -> Pixels:
    wall = np.full((height, width, 3), (150, 100, 60), np.uint8)
    wall[np.arange(height) % 22 < 6] = (30, 20, 10)
    return wall


def window(height: int, width: int) -> Pixels:
    wall = planks(height, width)
    wall[:, np.arange(width) % 30 < 6] = (30, 20, 10)
    return wall


def even(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), (90, 110, 130), np.uint8)


def sign(height: int, width: int) -> Pixels:
    """A few broad strokes of one direction on an even wall: they end at the head, and no fill would go on with them."""
    wall = even(height, width)
    for x in range(-height, width, 130):
        cv2.line(wall, (x, 0), (x + height // 2, height), (220, 225, 230), 22, cv2.LINE_AA)
    return wall


def shelf(height: int, width: int) -> Pixels:
    """Leaves with a level board before them that ends at the hair."""
    wall = leaves(height, width)
    wall[height // 5 - 9 : height // 5 + 9] = (235, 230, 220)
    return wall


@pytest.fixture(scope="module")
def person(maps: WarpMaps) -> Float:
    """The matte of a head and shoulders in the maps' region."""
    alpha = np.zeros(maps.region.size, np.float32)
    centre, size = maps.head.centre.round().astype(int).tolist(), maps.head.width
    cv2.ellipse(alpha, centre, (round(0.65 * size), round(0.9 * size)), 0, 0, 360, 1.0, -1)
    alpha[round(maps.head.chin[1] + 0.2 * size) :] = 1.0
    return gaussian(alpha, 1.0)


def distance(alpha: Float, unit: float) -> Float:
    """Face widths from the person."""
    return np.asarray(cv2.distanceTransform((alpha < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit, np.float32)


def test_leaves_are_bent_beside_the_head(maps: WarpMaps, person: Float) -> None:
    pixels = leaves(*person.shape)
    wall = build_wall(pixels, person, maps.head, maps.grid, PictureFrame.cut((), maps.region))
    away = distance(person, maps.head.width)
    assert wall.alpha.dtype == wall.share.dtype == wall.picture.dtype == np.float32
    assert wall.alpha.shape == person.shape
    assert wall.share.shape == (*maps.grid.size, 2)
    assert wall.alpha[away < 0.15].min() == 1
    assert wall.alpha[away > 0.42].max() == 0
    np.testing.assert_array_equal(wall.picture, pixels)
    x, y = (np.clip(axis.round().astype(int), 0, end - 1) for axis, end in ((maps.grid.x, 320), (maps.grid.y, 300)))
    at_cells = away[np.minimum(y, away.shape[0] - 1), np.minimum(x, away.shape[1] - 1)]
    assert wall.share[at_cells == 0].mean() > 0.98
    assert wall.share[at_cells > 0.34].max() == 0
    assert 0.1 < wall.share[(at_cells > 0.1) & (at_cells < 0.18)].mean() < 0.6


def test_what_is_bent_keeps_its_shape(maps: WarpMaps, person: Float) -> None:
    """Within a sixth of a face letters and a pillar beside the head were squeezed to half."""
    wall = build_wall(leaves(*person.shape), person, maps.head, maps.grid, PictureFrame.cut((), maps.region))
    away = cv2.resize(distance(person, maps.head.width), maps.grid.size[::-1], interpolation=cv2.INTER_AREA)
    falls = np.hypot(*np.gradient(wall.share[..., 0])) * maps.head.width / maps.grid.step
    beside = (away > 0.03) & (away < 0.3)
    rows, margin = slice(*np.round(maps.head.landmarks[[10, 152], 1] / maps.grid.step).astype(int)), 20
    assert falls[rows, margin:-margin][beside[rows, margin:-margin]].max() < 7.0


def test_strokes_that_end_at_the_head_are_bent(maps: WarpMaps, person: Float) -> None:
    wall = build_wall(sign(*person.shape), person, maps.head, maps.grid, PictureFrame.cut((), maps.region))
    assert wall.share.min() == 0
    assert wall.alpha.mean() > person.mean() + 0.02


def test_a_level_line_beside_the_hair_stays_straight(maps: WarpMaps, person: Float) -> None:
    """What moves it up and down is held already in the hair; the face moves as a whole, and so does all else."""
    frame = PictureFrame.cut((), maps.region)
    lined, plain = (
        build_wall(draw(*person.shape), person, maps.head, maps.grid, frame).share for draw in (shelf, leaves)
    )
    away = cv2.resize(distance(person, maps.head.width), maps.grid.size[::-1], interpolation=cv2.INTER_AREA)
    line = person.shape[0] // 5 / maps.grid.step
    rows = slice(round(line - 1), round(line + 2))
    beside = (away[rows] > 0.01) & (away[rows] < 0.12)
    assert beside.sum() > 8
    assert lined[rows, :, 1][beside].mean() < 0.35 * plain[rows, :, 1][beside].mean()
    np.testing.assert_allclose(lined[rows, :, 0][beside].mean(), plain[rows, :, 0][beside].mean(), rtol=0.25)
    points = (maps.head.landmarks[list(OVAL), :2] + 0.5) / maps.grid.step - 0.5
    face = cv2.erode(polygon_mask(maps.grid.size, points), np.ones((3, 3))) > 0
    assert lined[face].min() > 0.97


def test_upright_lines_do_not_dent_the_hair(maps: WarpMaps, person: Float) -> None:
    """A waterfall that ends at the hair: held aside, the hair would be dented by a turn."""
    frame = PictureFrame.cut((), maps.region)

    def fall(height: int, width: int) -> Pixels:
        wall = leaves(height, width)
        middle = round(maps.head.centre[0] + 0.5 * maps.head.width)
        wall[:, middle : middle + 40][:, np.arange(40) % 8 < 4] = (240, 240, 240)
        return wall

    lined, plain = (
        build_wall(draw(*person.shape), person, maps.head, maps.grid, frame).share for draw in (fall, leaves)
    )
    np.testing.assert_array_equal(lined[..., 0], plain[..., 0])
    assert lined[..., 1].mean() > 0.8 * plain[..., 1].mean()


@pytest.mark.parametrize("draw", [planks, window, even])
def test_other_walls_stand_still(maps: WarpMaps, person: Float, draw: Callable[[int, int], Pixels]) -> None:
    wall = build_wall(draw(*person.shape), person, maps.head, maps.grid, PictureFrame.cut((), maps.region))
    np.testing.assert_array_equal(wall.alpha, person)
    assert wall.share.min() == 1


def test_a_wall_on_a_print_is_bent_up_to_the_edge(maps: WarpMaps, person: Float) -> None:
    """And neither the edge nor the page."""
    at = maps.head.centre[1] - 1.02 * maps.head.width
    frame = PictureFrame.cut((Edge(np.array([0.0, 1.0]), maps.region.top + at),), maps.region)
    on_page = np.arange(person.shape[0])[:, None] < at
    matte = np.where(on_page, np.float32(0.0), person)
    wall = build_wall(leaves(*person.shape), matte, maps.head, maps.grid, frame)
    assert wall.alpha[: int(at) - 1].max() == 0
    assert wall.alpha.mean() > matte.mean() + 0.02
    cells = np.abs(maps.grid.y - at) < 0.7 * maps.grid.step
    away = cv2.resize(distance(matte, maps.head.width), maps.grid.size[::-1], interpolation=cv2.INTER_AREA)
    beside = cells & (away > 0.04)
    assert beside.sum() > 10
    assert wall.share[beside].max() < 0.3


def test_a_head_before_leaves_turns_without_crumbs(
    runtime: Runtime, finder: FaceFinder, photo: Pixels, maps: WarpMaps, make_curves: Callable[..., dict[str, float]]
) -> None:
    """All that is seen beside the head is the wall of the photo nearby; farther away nothing moves."""
    whole = np.zeros(photo.shape[:2], np.float32)
    whole[maps.region.slices] = maps.alpha
    share = whole[..., None]
    before = (photo * share + leaves(*photo.shape[:2]) * (1 - share)).round().astype(np.uint8)
    (face,) = finder.find(before)
    bent = build_maps(runtime, before, face)
    frame = OpenCvRenderer(bent).render(make_curves(yaw=9.0, roll=3.0))
    away = distance(maps.alpha, maps.head.width)
    assert bent.alpha.shape == maps.alpha.shape
    np.testing.assert_array_equal(frame[away > 0.4], bent.pixels[away > 0.4])
    beside = (away > 0.03) & (away < 0.12)
    low, high = cv2.erode(bent.pixels, np.ones((21, 21))), cv2.dilate(bent.pixels, np.ones((21, 21)))
    off = np.maximum(low.astype(int) - frame, frame.astype(int) - high).max(-1)
    assert (off[beside] > 12).mean() < 0.002
    assert np.abs(frame.astype(int) - bent.pixels)[maps.alpha > 0.99].mean() > 3
