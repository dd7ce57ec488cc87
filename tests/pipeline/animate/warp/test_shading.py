"""A turn changes the light as it would fall on a turned head; a smile has its small shadows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.depth import Depth, estimate_depth
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import SHADES
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.shading import build_shade_maps

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def depth(maps: WarpMaps, head: Head, grid: Grid) -> Depth:
    return estimate_depth(head, grid, maps.alpha)


def lit_from(side: float, head: Head, size: tuple[int, int]) -> Pixels:
    """A face brighter towards one side of the picture: -1 left, 1 right, 0 evenly."""
    x = (np.arange(size[1]) - head.centre[0]) / head.width
    row = np.clip(140 + 120 * side * x, 20, 240)
    return np.broadcast_to(row[None, :, None], (*size, 3)).astype(np.uint8)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_face_that_turns_to_the_light_brightens(
    maps: WarpMaps, head: Head, grid: Grid, depth: Depth, side: float
) -> None:
    """yaw > 0 turns the nose to the photo's right."""
    shade = build_shade_maps(lit_from(side, head, maps.region.size), head, grid, depth)
    yaw = shade[SHADES.index("yaw")][depth.oval]
    assert yaw.mean() * side > 0.05
    assert np.abs(yaw.mean()) > 3 * np.abs(shade[SHADES.index("pitch")][depth.oval].mean())


def test_even_light_does_not_change(maps: WarpMaps, head: Head, grid: Grid, depth: Depth) -> None:
    shade = build_shade_maps(lit_from(0, head, maps.region.size), head, grid, depth)
    assert np.abs(shade[SHADES.index("yaw") :]).max() < 0.02
    assert np.abs(shade[SHADES.index("brow")]).max() < 0.02


def test_darkness_has_no_light_to_change(maps: WarpMaps, head: Head, grid: Grid, depth: Depth) -> None:
    shade = build_shade_maps(np.zeros((*maps.region.size, 3), np.uint8), head, grid, depth)
    assert not shade[SHADES.index("yaw") :].any() and not shade[SHADES.index("brow")].any()


def test_gains_are_gentle_finite_and_on_the_face(maps: WarpMaps, depth: Depth) -> None:
    assert maps.shade.shape == (len(SHADES), *maps.grid.size)
    assert maps.shade.dtype == np.float32
    assert np.isfinite(maps.shade).all()
    assert np.abs(maps.shade[1:][:, depth.outside > 0.3]).max() < 1e-3
    full_turn = np.sin(np.deg2rad(14))
    assert np.abs(maps.shade[SHADES.index("yaw") :]).max() * full_turn < 0.2
    assert -0.15 < maps.shade[0].min() < -0.04  # a deeper smile has grey arcs beside the mouth
    assert 0.02 < maps.shade[0].max() < 0.06
    assert -0.15 < maps.shade[1].min() <= maps.shade[1].max() <= 0.0


def test_a_smile_shades_its_folds_and_lights_the_cheeks(maps: WarpMaps, head: Head) -> None:
    def at(landmark: int) -> float:
        x, y = np.round(head.landmarks[landmark, :2]).astype(int)
        return float(maps.shade[0][y, x])

    for fold, cheek in ((206, 50), (426, 280)):
        assert at(fold) < -0.03 < 0.01 < at(cheek)
    assert abs(at(9)) < 0.01  # nothing between the brows


def test_a_frown_darkens_beside_the_brows_and_nothing_else(maps: WarpMaps, head: Head) -> None:
    frown = maps.shade[SHADES.index("frown")]
    x, y = np.round(head.landmarks[[107, 9, 50, 10, 17], :2]).astype(int).T
    inner, between, *others = frown[y, x].tolist()
    assert inner < -0.03 and between > inner
    assert np.abs(others).max() < 0.01
