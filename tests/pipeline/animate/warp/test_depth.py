"""Depth of the head: a nose before the cheeks, slopes that can be turned, shoulders that stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.depth import Depth, estimate_depth
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.head_frame import Grid, Head, build_grid
from pipeline.faces.mesh_topology import OVAL


@pytest.fixture(scope="module")
def depth(maps: WarpMaps, head: Head, grid: Grid) -> Depth:
    return estimate_depth(head, grid, maps.alpha)  # a grid of single pixels


def at(field: NDArray[np.floating], head: Head, landmark: int) -> float:
    x, y = np.round(head.landmarks[landmark, :2]).astype(int)
    return float(field[y, x])


def test_the_nose_is_nearest_and_the_rim_lies_at_the_axis(depth: Depth, head: Head) -> None:
    nose, cheek, jaw = (at(depth.z, head, landmark) for landmark in (4, 205, 132))
    assert nose < cheek < jaw
    rim = depth.z[depth.outside > 0.8]
    assert rim.mean() == pytest.approx(head.ear_z + 0.10 * head.width, abs=0.03 * head.width)


def test_inside_the_oval_it_is_the_mesh(depth: Depth, head: Head) -> None:
    for landmark in (4, 50, 280, 151, 199):
        assert at(depth.z, head, landmark) == pytest.approx(head.landmarks[landmark, 2], abs=0.05 * head.width)


def test_slopes_are_bounded(depth: Depth) -> None:
    """A steeper one could not be turned by 14° without tearing."""
    slope = np.hypot(*np.gradient(depth.z))
    assert slope.max() < 2 * np.sqrt(2)
    assert np.isfinite(depth.z).all()


def test_a_cliff_is_bent_and_the_nearer_side_stays(head: Head, maps: WarpMaps) -> None:
    landmarks = head.landmarks.copy()
    landmarks[:, 2] *= 2  # a nose like a beak
    steep = Head(**{**vars(head), "landmarks": landmarks})
    depth = estimate_depth(steep, build_grid(maps.region.size, 1), maps.alpha)
    assert np.hypot(*np.gradient(depth.z)).max() < 2 * np.sqrt(2)
    assert at(depth.z, head, 4) == pytest.approx(2 * head.landmarks[4, 2], abs=0.12 * head.width)


def test_the_face_follows_and_the_shoulders_do_not(depth: Depth, head: Head) -> None:
    assert depth.follow[depth.oval].min() > 0.9
    assert depth.follow[depth.below > 0.8].max() < 0.01
    assert 0 <= depth.follow.min() <= depth.follow.max() <= 1
    chin, neck = head.chin, head.chin + 0.4 * head.height * head.down
    on_neck = depth.follow[round(neck[1]), round(neck[0])]
    assert 0.2 < on_neck < 0.8 < depth.follow[round(chin[1]), round(chin[0])]


def test_distances_from_the_oval(depth: Depth, head: Head) -> None:
    assert (depth.outside[depth.oval] == 0).all()
    assert at(depth.outside, head, 4) == 0
    x, y = head.centre - 1.0 * head.width * head.across
    assert depth.outside[round(y), round(x)] == pytest.approx(0.5, abs=0.08)
    assert depth.oval.dtype == np.bool_


def test_no_matte_at_all_still_gives_a_depth(head: Head, grid: Grid) -> None:
    for value in (0.0, 1.0):
        depth = estimate_depth(head, grid, np.full(grid.size, value, np.float32))
        assert np.isfinite(depth.z).all()
        assert at(depth.z, head, 4) < at(depth.z, head, 132)


def test_along_the_oval_depth_has_no_notches_at_the_points_of_the_mesh(depth: Depth, head: Head) -> None:
    """A cheek's edge, which lies near it, would be wavy in a turn."""
    offset = head.landmarks[list(OVAL), :2] - (middle := head.landmarks[list(OVAL), :2].mean(0))
    turn = np.linspace(-np.pi, np.pi, 180, endpoint=False)
    order = np.argsort(angles := np.arctan2(offset[:, 1], offset[:, 0]))
    radius = 0.97 * np.interp(turn, angles[order], np.hypot(*offset[order].T), period=2.0 * np.pi)
    x, y = np.round(middle + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)).astype(int).T
    waves = np.fft.rfft(depth.z[y, x] / head.width) / 90.0
    assert np.abs(waves[12:40]).max() < 0.002  # face widths
