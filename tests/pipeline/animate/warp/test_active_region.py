"""The window that is render_photo holds whatever can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.animate.warp.active_region import bounding_window, find_active_region, measure_reach
from pipeline.animate.warp.displacement import forward_field
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.motion.channels import LIMITS

TURNS = ("yaw", "pitch", "roll", "sway_x", "sway_y")


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 9), st.integers(0, 2**16))
def test_a_window_is_the_smallest_around_its_mask(height: int, width: int, margin: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) > 0.93
    rows, columns = bounding_window(mask, margin)
    assert 0 <= rows.start < rows.stop <= height
    assert 0 <= columns.start < columns.stop <= width
    assert mask[rows, columns].sum() == mask.sum()
    if mask.any() and margin == 0:
        part = mask[rows, columns]
        assert part[0].any()
        assert part[-1].any()
        assert part[:, 0].any()
        assert part[:, -1].any()


def test_an_empty_mask_is_one_pixel() -> None:
    assert bounding_window(np.zeros((5, 7), bool), 3) == (slice(0, 1), slice(0, 1))


def test_a_margin_grows_the_window() -> None:
    mask = np.zeros((20, 20), bool)
    mask[8:10, 12] = True
    assert bounding_window(mask, 2) == (slice(6, 12), slice(10, 15))


def test_the_person_lies_in_the_zone(maps: WarpMaps) -> None:
    zone = find_active_region(maps)
    assert zone.shape == maps.region.size
    assert zone.dtype == np.bool_
    assert zone[maps.alpha > 0].mean() > 0.999
    assert not zone[:40, :20].any()  # the far wall is not render_photo


def farthest(maps: WarpMaps, curves: Mapping[str, float]) -> float:
    """The longest way of a point of the person, in face widths."""
    field = forward_field(maps, curves)[maps.alpha > 0.02]  # a grid of single pixels
    return float(np.hypot(field[:, 0], field[:, 1]).max() / maps.head.width)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_no_curve_moves_a_pixel_farther_than_the_reach(
    maps: WarpMaps, make_curves: Callable[..., Mapping[str, float]], name: str
) -> None:
    reach = measure_reach(maps) / maps.head.width
    assert max(farthest(maps, make_curves(**{name: value})) for value in LIMITS[name]) < reach


def test_no_turn_moves_a_pixel_farther_than_the_reach(
    maps: WarpMaps, make_curves: Callable[..., Mapping[str, float]]
) -> None:
    ways = [
        farthest(maps, make_curves(**dict(zip(TURNS, corner, strict=True))))
        for corner in product(*(LIMITS[name] for name in TURNS))
    ]
    reach = measure_reach(maps) / maps.head.width
    assert max(ways) < reach < max(ways) + 0.15
