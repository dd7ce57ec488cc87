"""The texture gives the photo back, and motion takes neither detail nor grain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.animate.warp.texture import TEXTURE_SCALE, build_texture, sample_texture, to_photo, to_texture
from pipeline.image_ops import gaussian

Pixels = NDArray[np.uint8]


def places(height: int, width: int, shift: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.float32]:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.stack([x + np.float32(shift[0]), y + np.float32(shift[1])], -1)


def grainy(softness: float, strength: float = 10.0, size: int = 160) -> Pixels:
    """A soft picture under grain of that size, as of an old photo."""
    rng = np.random.default_rng(11)
    noise = gaussian(rng.normal(0, 1, (size, size)).astype(np.float32), softness)
    y, x = np.mgrid[:size, :size] / size
    grey = 120 + 50 * np.sin(5 * x) * np.cos(4 * y) + strength * noise / noise.std()
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, 2)


def sharpness(picture: Pixels) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F)[4:-4, 4:-4].var())


@settings(deadline=None)
@given(st.floats(-50, 3000), st.floats(-50, 3000))
def test_places_go_there_and_back(x: float, y: float) -> None:
    place = np.float32([[[x, y]]])
    np.testing.assert_allclose(to_photo(to_texture(place)), place, atol=1e-3)
    np.testing.assert_allclose(to_texture(place), 2 * place + 0.5, atol=1e-3)


def test_the_texture_is_twice_the_photo(photo: Pixels) -> None:
    fine = build_texture(photo, (120, 40, 200, 160))
    assert fine.shape == (TEXTURE_SCALE * photo.shape[0], TEXTURE_SCALE * photo.shape[1], 3)
    assert fine.dtype == np.uint8


def test_at_whole_places_the_photo_comes_back(photo: Pixels) -> None:
    """Within what the sharpening of a sharp small photo adds: hard edges a dozen levels, skin one or two."""
    fine = build_texture(photo, (120, 40, 200, 160))
    off = np.abs(sample_texture(fine, places(*photo.shape[:2])).astype(int) - photo).max(-1)
    assert off.mean() < 1
    assert np.percentile(off, 99) <= 6
    assert off.max() <= 24


def test_a_soft_photo_comes_back_all_the_better(photo: Pixels) -> None:
    soft = cv2.GaussianBlur(photo, (0, 0), 1.5)
    off = np.abs(sample_texture(build_texture(soft, (120, 40, 200, 160)), places(*photo.shape[:2])).astype(int) - soft)
    assert off.mean() < 0.5
    assert np.percentile(off, 99.9) <= 3


@pytest.mark.parametrize("softness", [0.6, 0.9, 1.5])
@pytest.mark.parametrize("shift", [(0.5, 0.0), (0.5, 0.5), (0.25, 0.25)])
def test_grain_is_as_sharp_when_moved(softness: float, shift: tuple[float, float]) -> None:
    picture = grainy(softness)
    size = picture.shape[0]
    moved = sample_texture(build_texture(picture, (0, 0, size, size)), places(size, size, shift))
    assert 0.85 < sharpness(moved) / sharpness(picture) < 1.15


def test_grain_is_on_average_as_sharp_when_moved_and_would_not_be_without() -> None:
    picture = grainy(0.7)
    size = picture.shape[0]
    fine = build_texture(picture, (0, 0, size, size))
    shifts = [(a, b) for a in (0, 0.25, 0.5, 0.75) for b in (0, 0.25, 0.5, 0.75) if a or b]
    ours = np.mean([sharpness(sample_texture(fine, places(size, size, shift))) for shift in shifts])
    assert 0.9 < ours / sharpness(picture) < 1.1
    place = places(size, size, (0.5, 0.5))
    cubic = cv2.remap(picture, place, np.empty(0), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    assert sharpness(cubic) < 0.8 * sharpness(picture)


def test_the_finest_noise_is_helped_only_as_far_as_edges_bear() -> None:
    """White noise can't be moved without loss; the sharpening stays bounded."""
    picture = np.random.default_rng(2).integers(60, 200, (96, 96, 3), dtype=np.uint8)
    fine = build_texture(picture, (0, 0, 96, 96))
    moved = sample_texture(fine, places(96, 96, (0.5, 0.5)))
    assert 0.3 < sharpness(moved) / sharpness(picture) < 1.1


def test_flat_pictures_stay_flat_and_a_face_outside_is_no_measure() -> None:
    flat = np.full((40, 50, 3), 90, np.uint8)
    for box in ((0, 0, 50, 40), (-90, -90, -40, -40), (60, 60, 90, 90), (10, 10, 12, 12)):
        assert (build_texture(flat, box) == 90).all()


def test_the_most_detailed_part_of_a_large_face_is_enough() -> None:
    picture = np.tile(grainy(0.9), (4, 4, 1))[:600, :600]
    moved = sample_texture(build_texture(picture, (0, 0, 600, 600)), places(600, 600, (0.5, 0.5)))
    assert 0.85 < sharpness(moved) / sharpness(picture) < 1.15
