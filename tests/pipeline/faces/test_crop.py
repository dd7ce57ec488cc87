"""Crops sample where they say, and the way back ends where it began."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.faces.crop import Square, crop, cut_patch


@pytest.fixture(scope="module")
def ramp() -> NDArray[np.uint8]:
    """Red grows by 1 every 2 px to the right, green by 1 every 2 px down."""
    y, x = np.mgrid[:400, :500]
    return np.stack([x // 2, y // 2, np.zeros_like(x)], axis=2).astype(np.uint8)


@pytest.mark.parametrize("size", [40.0, 64.0, 150.0, 300.0])
@pytest.mark.parametrize("angle", [0.0, 0.6, -0.8])
def test_pixels_come_from_where_the_matrix_says(ramp: NDArray[np.uint8], size: float, angle: float) -> None:
    square = Square(251.3, 198.7, size, angle)
    cut = crop(ramp, square, 64)
    y, x = np.mgrid[8:56, 8:56]
    there = np.stack([x, y, np.ones_like(x)], -1) @ square.to_picture(64).T
    inside = ((there > 4) & (there < (495, 395))).all(axis=-1)
    off = cut[8:56, 8:56, :2].astype(float) - (there - 0.5) / 2
    assert np.abs(off[inside]).max() < 1.1  # rounding twice
    assert np.abs(off[inside].mean(axis=0)).max() < 0.3


def test_the_middle_pixel_of_an_odd_crop_is_the_middle() -> None:
    np.testing.assert_allclose(Square(10.0, 20.0, 99.0, 0.7).to_picture(33) @ (16, 16, 1), (10, 20))


def test_moving_goes_along_the_squares_own_sides() -> None:
    moved = Square(100.0, 100.0, 50.0, np.pi / 2).moved(right=0.1, down=0.0, scale=2.0, turn=0.1)
    assert (moved.x, moved.y) == pytest.approx((100, 105))
    assert (moved.size, moved.angle) == pytest.approx((100, np.pi / 2 + 0.1))


@pytest.mark.parametrize(("size", "side"), [(50.0, 64), (300.0, 32)])
def test_a_patch_knows_the_way_back(ramp: NDArray[np.uint8], size: float, side: int) -> None:
    square = Square(240.0, 210.0, size, 0.3)
    patch = cut_patch(ramp, square, side)
    assert patch is not None
    assert max(patch.pixels.shape) <= max(500, 4 * side)
    here = patch.from_photo(square)
    back = patch.to_photo(np.array([[here.x, here.y, 1.0]], np.float32))
    np.testing.assert_allclose(back[0], (240, 210, max(1.0, size / (2 * side))), rtol=0.02)
    x, y = round(here.x), round(here.y)
    where = patch.to_photo(np.array([[x, y, 0]], np.float32))[0, :2]
    np.testing.assert_allclose(patch.pixels[y, x, :2], where / 2, atol=1)


def test_shrinking_averages_instead_of_picking() -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.ptp(crop(stripes, Square(256.0, 256.0, 400.0, 0.2), 100)[5:-5, 5:-5]) < 30


def test_a_square_outside_the_photo_has_no_patch(ramp: NDArray[np.uint8]) -> None:
    assert cut_patch(ramp, Square(-900.0, 50.0, 100.0), 64) is None
