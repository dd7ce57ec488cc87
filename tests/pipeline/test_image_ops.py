"""The raster helpers keep what the image steps rely on: shapes, ranges, exact ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.image_ops import (
    any_in_cells,
    channel_max,
    channel_mean,
    channel_min,
    ellipse_kernel,
    gaussian,
    polygon_mask,
    remap,
    resize,
    sample,
    single,
    smoothstep,
    steepness,
    touching_parts,
    wide_gaussian,
)

NUMBERS = st.floats(-1e3, 1e3)
SIDES = st.integers(1, 40)


def ramp(height: int, width: int) -> NDArray[np.float32]:
    """A picture whose value is its own place: 100·y + x."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return 100 * y + x


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.floats(0.01, 100))
def test_smoothstep_rises_from_0_to_1(x: float, low: float, span: float) -> None:
    high = low + span
    value = float(smoothstep(x, low, high))
    assert 0 <= value <= 1
    assert float(smoothstep(low, low, high)) == 0
    assert float(smoothstep(high, low, high)) == 1
    assert float(smoothstep(x + 0.1 * span, low, high)) >= value - 1e-9
    # the same from either end
    assert float(smoothstep(2 * low + span - x, low, high)) == pytest.approx(1 - value, abs=1e-6)


def test_smoothstep_is_flat_at_its_ends_and_keeps_the_dtype() -> None:
    x = np.linspace(0, 1, 1001, dtype=np.float32)
    slope = np.diff(smoothstep(x, 0, 1)) * 1000
    assert slope[0] < 0.01
    assert slope[-1] < 0.01
    assert slope.max() == pytest.approx(1.5, abs=0.01)
    assert smoothstep(x, 0, 1).dtype == np.float32


@settings(deadline=None)
@given(SIDES, SIDES, SIDES, SIDES)
def test_resize_gives_the_asked_size_and_keeps_a_flat_picture(h: int, w: int, rows: int, columns: int) -> None:
    out = resize(np.full((h, w, 3), 77, np.uint8), (rows, columns))
    assert out.shape == (rows, columns, 3)
    assert (out == 77).all()


def test_shrinking_averages_and_does_not_alias() -> None:
    checks = (np.indices((32, 32)).sum(0) % 2 * 200).astype(np.float32)
    np.testing.assert_allclose(resize(checks, (8, 8)), 100)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_mean_and_greatest_channel_are_numpys(dtype: type) -> None:
    image = np.broadcast_to(np.random.default_rng(5).uniform(0, 255, (7, 1, 3)).astype(dtype), (7, 5, 3))
    np.testing.assert_allclose(channel_mean(image), image.mean(-1), rtol=1e-5)
    np.testing.assert_array_equal(channel_max(image), image.max(-1))


@pytest.mark.parametrize("sigma", [3.0, 7.0, 12.5])
def test_a_wide_blur_is_a_gaussian(sigma: float) -> None:
    image = np.random.default_rng(6).uniform(0, 90, (61, 83, 3)).astype(np.float32)
    image[:, 40:] += 160
    assert np.abs(wide_gaussian(image, sigma) - gaussian(image, sigma))[8:-8, 8:-8].max() < 3.0


def test_resize_keeps_places() -> None:
    """Cells, not centres, are laid on each other: the middle of a picture stays its middle."""
    grown = resize(ramp(8, 8), (16, 16))
    np.testing.assert_allclose(grown[4:-4, 4:-4], ramp(16, 16)[4:-4, 4:-4] / 2 - 25.25, atol=1e-3)


@settings(deadline=None)
@given(st.floats(0.2, 5))
def test_gaussian_keeps_the_mean_of_a_flat_picture_and_the_borders(sigma: float) -> None:
    np.testing.assert_allclose(gaussian(np.full((9, 11), 3.5, np.float32), sigma), 3.5, rtol=1e-5)


def test_a_tiny_gaussian_is_the_image_itself() -> None:
    image = ramp(5, 5)
    assert gaussian(image, 0.19) is image


def test_gaussian_has_the_asked_width() -> None:
    dot = np.zeros((81, 81), np.float32)
    dot[40, 40] = 1
    blurred = gaussian(dot, 4.0)
    y, _ = np.mgrid[:81, :81] - 40
    assert float(blurred.sum()) == pytest.approx(1, abs=1e-3)
    assert float(np.sqrt((blurred * y * y).sum())) == pytest.approx(4, rel=0.03)


@pytest.mark.parametrize(("radius", "side"), [(-3, 1), (0, 1), (1, 3), (7, 15)])
def test_ellipse_kernels_are_odd_and_round(radius: int, side: int) -> None:
    kernel = ellipse_kernel(radius)
    assert kernel.shape == (side, side)
    assert kernel.dtype == np.uint8
    assert kernel[side // 2].all()
    assert (kernel == kernel[::-1, ::-1]).all()
    assert kernel.mean() < 0.95 or side == 1


def test_a_polygon_covers_its_inside_only() -> None:
    square = np.array([[10.2, 5.0], [30.0, 5.0], [30.0, 20.0], [10.2, 20.0]])
    mask = polygon_mask((40, 50), square)
    assert mask.shape == (40, 50)
    assert mask.dtype == np.uint8
    assert mask[6:20, 11:30].all()
    assert not mask[:4].any()
    assert not mask[22:].any()
    assert not mask[:, :9].any()
    assert not mask[:, 32:].any()


def test_a_polygon_may_lie_outside() -> None:
    assert not polygon_mask((10, 10), np.array([[-9.0, -9.0], [-5.0, -9.0], [-5.0, -5.0]])).any()
    assert polygon_mask((10, 10), np.array([[-50.0, -50.0], [60.0, -50.0], [60.0, 60.0], [-50.0, 60.0]])).all()


def test_single_does_not_copy_what_is_float32() -> None:
    image = ramp(3, 3)
    assert single(image) is image
    assert single(image.astype(np.float64)).dtype == np.float32


@settings(deadline=None)
@given(st.floats(0, 19), st.floats(0, 9))
def test_sampling_counts_from_pixel_centres(x: float, y: float) -> None:
    at = np.full((1, 1), x, np.float32), np.full((1, 1), y, np.float32)
    value = float(sample(ramp(10, 20), *at)[0, 0])
    # OpenCV rounds places to 1/32 px, a row is worth 100
    assert value == pytest.approx(100 * y + x, abs=101 / 64 + 1e-2)
    assert float(remap(ramp(10, 20), np.stack(at, -1))[0, 0]) == pytest.approx(value, abs=1e-3)


def test_beyond_the_border_the_border_repeats() -> None:
    x, y = np.float32([[-7, 30]]), np.float32([[-7, 30]])
    np.testing.assert_array_equal(sample(ramp(10, 20), x, y), [[0, 919]])


@pytest.mark.parametrize(("height", "width", "step"), [(40, 60, 4), (37, 58, 4), (90, 91, 9), (5, 7, 1)])
def test_any_in_cells_looks_at_every_pixel(height: int, width: int, step: int) -> None:
    mask = np.random.default_rng(3).random((height, width)) < 0.03
    size = -(-height // step), -(-width // step)
    wanted = [
        [mask[r * step : (r + 1) * step, c * step : (c + 1) * step].any() for c in range(size[1])]
        for r in range(size[0])
    ]
    np.testing.assert_array_equal(any_in_cells(mask, size, step), wanted)


def test_least_and_greatest_channel() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (5, 8, 3), np.uint8)
    np.testing.assert_array_equal(channel_min(picture), picture.min(-1))
    np.testing.assert_array_equal(channel_max(picture), picture.max(-1))


def test_parts_are_kept_that_a_seed_touches() -> None:
    mask = np.zeros((20, 30), bool)
    mask[2:6, 2:8] = mask[2:6, 15:20] = mask[12:18, 5:25] = True
    seed = np.zeros_like(mask)
    seed[3, 3] = seed[15, 20] = seed[9, 9] = True  # the last on nothing
    kept = touching_parts(mask, seed)
    mask[2:6, 15:20] = False
    np.testing.assert_array_equal(kept, mask)
    assert not touching_parts(mask, np.zeros_like(mask)).any()


def test_steepness_is_that_of_a_ramp() -> None:
    slope = steepness(ramp(20, 20))[2:-2, 2:-2]
    np.testing.assert_allclose(slope, np.hypot(100, 1), rtol=1e-5)
