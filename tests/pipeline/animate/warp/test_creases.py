"""The skin's own lines are found and deepened; smooth skin, hair and what lies outside the zones are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.creases import CHEEKS, FOREHEAD, crease_gain
from pipeline.animate.warp.head_frame import Grid, Head, build_grid, measure_head
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import gaussian

SIZE = (900, 960)


@pytest.fixture(scope="module")
def large(head: Head) -> Head:
    """The astronaut's head three times as large: a face of 276 pixels."""
    return measure_head(head.landmarks * np.float32(3.0))


@pytest.fixture(scope="module")
def large_grid(large: Head) -> Grid:
    return build_grid(SIZE, large.step)


def skin(grid: Grid, level: float = 170.0) -> Float:
    return np.full((grid.size[0] * grid.step, grid.size[1] * grid.step), level, np.float32)


def draw_lines(head: Head, image: Float, depth: float, thick: int = 2) -> Pixels:
    """Three lines across the forehead, `depth` darker."""
    across, top = head.landmarks[[103, 332], :2], head.landmarks[10, 1]
    lines = np.zeros_like(image)
    for y in (0.35, 0.5, 0.65):
        row = int(top + y * (head.landmarks[9, 1] - top))
        cv2.line(lines, (int(across[0, 0]), row), (int(across[1, 0]), row), depth, thick, cv2.LINE_AA)
    return np.repeat(np.clip(image - gaussian(lines, 1.0), 0, 255)[..., None], 3, 2).astype(np.uint8)


def test_lines_of_the_forehead_are_deepened(large: Head, large_grid: Grid) -> None:
    gain = crease_gain(draw_lines(large, skin(large_grid), 25.0), large, large_grid, FOREHEAD)
    assert gain.shape == large_grid.size
    assert gain.dtype == np.float32
    assert -0.05 <= gain.min() < -0.01
    assert gain.max() == 0.0
    rows = gain.min(1) < -0.005
    assert 3 <= rows.sum() <= 12  # the lines, not the whole forehead


def test_deeper_lines_become_deeper_and_fine_ones_stay_fine(large: Head, large_grid: Grid) -> None:
    faint, deep = (
        crease_gain(draw_lines(large, skin(large_grid), depth), large, large_grid, FOREHEAD) for depth in (8.0, 25.0)
    )
    assert 0.0 < -faint.sum() < -0.5 * deep.sum()


def test_smooth_skin_and_grain_have_no_lines(large: Head, large_grid: Grid) -> None:
    flat = skin(large_grid)
    grain = flat + np.random.default_rng(0).normal(0, 5, flat.shape)
    for image in (flat, grain):
        pixels = np.repeat(np.clip(image, 0, 255)[..., None], 3, 2).astype(np.uint8)
        for zones in (FOREHEAD, CHEEKS):
            assert crease_gain(pixels, large, large_grid, zones).min() > -0.004


def test_a_fringe_is_no_line(large: Head, large_grid: Grid) -> None:
    hair = draw_lines(large, skin(large_grid), 220.0, thick=6)
    assert crease_gain(hair, large, large_grid, FOREHEAD).min() > -0.01


def test_zones_keep_their_lines(large: Head, large_grid: Grid) -> None:
    pixels = draw_lines(large, skin(large_grid), 25.0)
    assert crease_gain(pixels, large, large_grid, CHEEKS).min() > -0.002
