"""The layers: their sum is the photo, and neither is negative."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.silhouette import WALL, Silhouette, shade
from pipeline.arrays import Pixels


@pytest.fixture(scope="module")
def layers(maps: WarpMaps) -> Silhouette:
    return Silhouette(maps.pixels, maps.background, maps.alpha)


def compose(layers: Silhouette) -> Pixels:
    return np.rint(layers.person + shade(layers.wall, layers.uncovered)).astype(np.uint8)


def test_the_photo_comes_back_where_nothing_moves(maps: WarpMaps, layers: Silhouette) -> None:
    only_wall = layers.uncovered == 255
    assert only_wall.any()
    difference = np.abs(compose(layers).astype(int) - maps.pixels)
    assert difference[~only_wall].max() == 0
    assert difference[only_wall].max() <= WALL + 1


def test_the_matte_says_what_is_uncovered(maps: WarpMaps, layers: Silhouette) -> None:
    assert (layers.uncovered / 255.0 <= 1.0 - maps.alpha + WALL / 255.0).all()
    assert not layers.uncovered[maps.alpha == 1.0].any()
    lighter = (maps.pixels >= layers.wall).all(-1)  # where nothing of the wall can be missing
    np.testing.assert_allclose(layers.uncovered[lighter] / 255.0, 1.0 - maps.alpha[lighter], atol=0.012)


def test_dark_hair_that_the_matte_has_missed_belongs_to_the_person() -> None:
    pixels, wall = np.full((4, 6, 3), 200, np.uint8), np.full((4, 6, 3), 200, np.float32)
    pixels[:, 3] = 50
    layers = Silhouette(pixels, wall, np.zeros((4, 6), np.float32))
    np.testing.assert_array_equal(layers.uncovered[0], [255, 255, 255, 63, 255, 255])
    np.testing.assert_array_equal(compose(layers), pixels)
    np.testing.assert_array_equal(layers.seen[0] > WALL, [False, False, False, True, False, False])
