"""Followers of the head: hair beside the face and its crown, an ear-ring; never the face, the neck or clothes below."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.depth import Depth, estimate_depth
from pipeline.animate.warp.eyes.hair import Hair
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.followers import build_follower_fields
from pipeline.arrays import AnyArray, Float
from pipeline.faces.mesh_topology import EARLOBES


@pytest.fixture(scope="module")
def alpha(maps: WarpMaps) -> Float:
    return np.ones(maps.grid.size, np.float32)


@pytest.fixture(scope="module")
def depth(maps: WarpMaps, alpha: Float) -> Depth:
    return estimate_depth(maps.head, maps.grid, alpha)


def shares(maps: WarpMaps, depth: Depth, alpha: Float, pixels: AnyArray, hair: Hair | None) -> dict[str, Float]:
    """Each follower's way as a share of its own, (h, w)."""
    beyond = np.array(maps.grid.size) * maps.grid.step - pixels.shape[:2]
    padded = np.pad(pixels, ((0, beyond[0]), (0, beyond[1]), (0, 0)), mode="edge")
    fields = build_follower_fields(padded, maps.head, maps.grid, depth, alpha, hair)
    return {name: np.hypot(*np.moveaxis(field, -1, 0)) / maps.head.width for name, field in fields.items()}


def test_hair_and_its_crown_follow_and_the_face_does_not(maps: WarpMaps, depth: Depth, alpha: Float) -> None:
    hair = Hair(np.float32(~depth.oval), 1.0 / maps.grid.step)  # a veil all around
    found = shares(maps, depth, alpha, maps.pixels, hair)
    below, across = depth.below, (maps.grid.points - maps.head.centre) @ maps.head.across / maps.head.width
    inside = depth.oval & (depth.below < -0.1)
    assert found["crown_x"][inside].max() < 0.05
    assert found["hang"][inside].max() < 0.2  # the soft edge beside the jaw
    assert found["hang"][(below > 0.2) & (below < 0.4) & (np.abs(across) > 0.5) & (np.abs(across) < 1.0)].min() > 0.4
    assert found["hang"][(np.abs(across) < 0.2) | (below > 1.3)].max() < 0.1
    assert found["crown_x"][(below < -1.3) & (np.abs(across) < 0.2)].max() > 0.3
    assert not shares(maps, depth, alpha, maps.pixels, None)["hang"].any()


def test_an_ear_ring_is_found_below_the_ear(maps: WarpMaps, depth: Depth, alpha: Float) -> None:
    pixels = np.full_like(maps.pixels, (200, 150, 130))
    assert not shares(maps, depth, alpha, pixels, None)["dangle"].any()
    for lobe, out in zip(EARLOBES, (-1.0, 1.0), strict=True):
        place = maps.head.landmarks[lobe, :2] + maps.head.width * (0.05 * out * maps.head.across + 0.2 * maps.head.down)
        x, y = np.rint(place).astype(int)
        half = round(0.035 * maps.head.width)
        pixels[y - half : y + half, x - half : x + half] = (30, 60, 220)
        dangle = shares(maps, depth, alpha, pixels, None)["dangle"]
        cell = (np.array([y, x]) / maps.grid.step).astype(int)
        assert dangle[tuple(cell)] > 0.5
        assert (dangle > 0.01).mean() < 0.01
        pixels[y - half : y + half, x - half : x + half] = (200, 150, 130)
