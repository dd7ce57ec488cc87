"""The fine texture: linear sampling of it is cubic sampling of the texture; what isn't used is left out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.fine_texture import FineTexture
from pipeline.animate.warp.silhouette import Silhouette, shade
from pipeline.animate.warp.texture import sample_texture
from pipeline.arrays import Mask
from pipeline.image_ops import remap


@pytest.fixture(scope="module")
def used(maps: WarpMaps) -> Mask:
    mask = np.zeros(maps.alpha.shape, bool)
    mask[64:192, 64:256] = True
    return mask


@pytest.fixture(scope="module")
def layers(maps: WarpMaps) -> Silhouette:
    return Silhouette(maps.pixels, maps.background, maps.alpha)


@pytest.fixture(scope="module")
def fine(maps: WarpMaps, layers: Silhouette, used: Mask) -> FineTexture:
    return FineTexture.build(maps.texture, layers, used)


def test_linear_sampling_is_as_good_as_cubic(maps: WarpMaps, layers: Silhouette, fine: FineTexture) -> None:
    y, x = np.mgrid[70:186, 70:250].astype(np.float32)
    place = np.stack([x + np.float32(0.3) * np.sin(y), y + np.float32(0.4)], -1)
    sampled, expected = remap(fine.image, fine.to_place(place)), sample_texture(maps.texture, place)
    person = remap(layers.uncovered, place) == 0
    assert cv2.PSNR(sampled[person, :3], expected[person]) > 51
    covered = 255 - remap(layers.uncovered, place).astype(int)
    assert np.abs(sampled[..., 3] - covered).mean() < 2.0


def test_both_layers_together_are_the_photo(maps: WarpMaps, layers: Silhouette, fine: FineTexture) -> None:
    y, x = np.mgrid[70:186, 70:250].astype(np.float32)
    sampled = remap(fine.image, fine.to_place(np.stack([x, y], -1)))
    part, rim = np.s_[70:186, 70:250], (layers.uncovered[70:186, 70:250] > 13)
    together = sampled[..., :3].astype(int) + shade(layers.wall[part], 255 - sampled[..., 3])
    assert rim.sum() > 500
    assert np.abs(together - maps.pixels[part])[rim].mean() < 2.0


def test_positions_come_back(fine: FineTexture) -> None:
    place = np.float32([[3.25, 7.5], [0, 0]])
    np.testing.assert_allclose(fine.to_photo(fine.to_place(place)), place)
    np.testing.assert_allclose(fine.to_place(place)[1], 0.5 * (fine.scale - 1))


def test_nothing_is_filled_in_where_it_is_not_used(fine: FineTexture, used: Mask) -> None:
    whole = cv2.resize(used.astype(np.uint8), fine.image.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert fine.image[~whole].max() == 0
    assert fine.image[whole].mean() > 50


def test_a_large_region_is_sampled_as_it_is(
    maps: WarpMaps, layers: Silhouette, used: Mask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.animate.warp.fine_texture._FINEST", 1000)
    large = FineTexture.build(maps.texture, layers, used)
    assert (large.scale, large.mode) == (2, cv2.INTER_CUBIC)
    person = cv2.erode(maps.alpha[64:192, 64:256], np.ones((9, 9))).repeat(2, 0).repeat(2, 1) == 1.0
    np.testing.assert_array_equal(large.image[128:384, 128:512, :3][person], maps.texture[128:384, 128:512][person])


def test_eyes_and_lips_are_sampled_as_the_rest(maps: WarpMaps, fine: FineTexture) -> None:
    y, x = np.mgrid[100:160, 110:200].astype(np.float32)
    place = cv2.merge([x + np.float32(0.3), y + np.float32(0.7)])
    expected = sample_texture(maps.texture, place).astype(float)
    inside = cv2.erode((maps.alpha > 0.999).astype(np.uint8), np.ones((9, 9)))[100:160, 110:200] > 0
    off = (sample_texture(fine, place) - expected)[inside]
    assert off.size > 1000
    assert 10 * np.log10(255**2 / np.mean(off**2)) > 50
