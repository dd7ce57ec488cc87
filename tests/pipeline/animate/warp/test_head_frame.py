"""The head's frame: axes, sizes, region and grid."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.animate.warp.head_frame import FINEST_STEP, Head, build_grid, find_region, measure_head
from pipeline.faces.finder import Face


def test_axes_stand_upright_on_each_other(head: Head) -> None:
    assert np.linalg.norm(head.across) == pytest.approx(1)
    assert np.linalg.norm(head.down) == pytest.approx(1)
    assert head.across @ head.down == pytest.approx(0)
    assert head.across[0] > 0.9  # towards the person's left: right on the picture
    assert head.down[1] > 0.9


def test_sizes_are_those_of_the_face(head: Head, face: Face) -> None:
    wide, high = face.box[2:] - face.box[:2]
    assert 0.9 < head.width / wide < 1.15
    assert 0.85 < head.height / high < 1.1
    assert measure_head(face.landmarks).step == FINEST_STEP
    # the order along the face: its middle, the pivot of a turn, the chin, the neck on which it leans
    along = [float(point @ head.down) for point in (head.centre, head.pivot, head.chin, head.neck)]
    assert along == sorted(along)
    assert face.landmarks[4, 2] < head.pivot_z  # the nose is before the axis


def test_a_turned_face_is_not_thin(face: Face) -> None:
    """Its width is that of the head, measured in three dimensions."""
    angle = np.deg2rad(45)
    turned = face.landmarks.copy()
    x, z = face.landmarks[:, 0] - face.landmarks[:, 0].mean(), face.landmarks[:, 2]
    turned[:, 0], turned[:, 2] = x * np.cos(angle) - z * np.sin(angle), x * np.sin(angle) + z * np.cos(angle)
    flat = float(np.linalg.norm(turned[454, :2] - turned[234, :2]))
    assert flat < 0.75 * measure_head(face.landmarks).width
    assert measure_head(turned).width == pytest.approx(measure_head(face.landmarks).width, rel=0.05)


@settings(deadline=None)
@given(st.floats(0.3, 20), st.floats(-40, 40), st.floats(-300, 300))
def test_measures_go_with_the_face(face: Face, scale: float, degrees: float, shift: float) -> None:
    matrix = cv2.getRotationMatrix2D((0, 0), degrees, scale).astype(np.float32)
    moved = np.column_stack([face.landmarks[:, :2] @ matrix[:, :2].T + shift, face.landmarks[:, 2] * scale])
    before, after = measure_head(face.landmarks), measure_head(moved)
    for name in ("width", "height", "pivot_z"):
        assert getattr(after, name) == pytest.approx(scale * getattr(before, name), rel=2e-3, abs=0.05 * scale)
    np.testing.assert_allclose(after.across, matrix[:, :2] @ before.across / scale, atol=2e-3)
    np.testing.assert_allclose(after.pivot, matrix[:, :2] @ before.pivot + shift, atol=0.02 * scale * before.width)
    assert 1 <= after.step <= 24


@settings(deadline=None)
@given(st.integers(40, 2000), st.integers(40, 2000), st.floats(-200, 2000), st.floats(-200, 2000))
def test_a_region_lies_in_the_photo(face: Face, height: int, width: int, x: float, y: float) -> None:
    at = face.landmarks + np.float32([x, y, 0])
    region = find_region(replace(face, landmarks=at), (height, width))
    assert region.left >= 0
    assert region.top >= 0
    assert region.right <= width
    assert region.bottom <= height
    assert region.size == (region.bottom - region.top, region.right - region.left)
    inside = at[(at[:, 0] >= 0) & (at[:, 0] < width) & (at[:, 1] >= 0) & (at[:, 1] < height)]
    if len(inside):
        assert region.left <= inside[:, 0].min()
        assert inside[:, 0].max() <= region.right
        assert region.top <= inside[:, 1].min()
        assert inside[:, 1].max() <= region.bottom


def test_a_region_holds_hair_and_shoulders_and_no_more(face: Face, head: Head) -> None:
    region = find_region(replace(face, landmarks=face.landmarks + np.float32([2000, 2000, 0])), (4000, 4000))
    height, width = region.size
    assert 5 < width / head.width < 7.5
    assert 3 < height / head.height < 5.5


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 24))
def test_a_grid_covers_its_region(height: int, width: int, step: int) -> None:
    grid = build_grid((height, width), step)
    rows, columns = grid.size
    assert rows * step >= height > (rows - 1) * step
    assert columns * step >= width > (columns - 1) * step
    assert grid.points.shape == (rows, columns, 2)
    # a cell's centre, where pixel centres are whole numbers
    assert grid.x[0, 0] == pytest.approx((step - 1) / 2)
    assert grid.y[-1, 0] == pytest.approx((rows - 1) * step + (step - 1) / 2)
