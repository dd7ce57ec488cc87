"""Paste-back: untouched outside, the photo's colours and detail inside, other people left alone."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.animate.liveportrait.crop import FaceCrop, crop_face, find_square
from pipeline.animate.liveportrait.paste import Patch, crop_bounds, paste_frame, prepare_patch
from pipeline.faces.finder import Face
from tests.pipeline.animate.liveportrait.conftest import Pixels
from tests.pipeline.animate.liveportrait.fake_nets import KEYPOINTS

POINTS = KEYPOINTS[0]


def everywhere(pixels: Pixels, crop: FaceCrop) -> np.ndarray:
    """A mask that takes all for a person."""
    return np.ones(pixels[crop_bounds(crop, pixels.shape[:2])].shape[:2], np.float32)


@pytest.fixture(scope="module")
def large(astronaut: Pixels) -> Pixels:
    """Four times larger, with grain: a photo with more detail than a frame of 128 px can hold."""
    big = cv2.resize(astronaut, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.clip(big + np.random.default_rng(0).normal(0, 8, big.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def large_face(astronaut_face: Face) -> Face:
    return replace(astronaut_face, box=astronaut_face.box * 4, landmarks=astronaut_face.landmarks * 4)


@pytest.fixture(scope="module")
def crop(large: Pixels, large_face: Face) -> FaceCrop:
    return crop_face(large, find_square(large_face.landmarks), 128)


@pytest.fixture(scope="module")
def patch(large: Pixels, large_face: Face, crop: FaceCrop) -> Patch:
    return prepare_patch(large, crop, crop.pixels, large_face, [], everywhere(large, crop))


def test_an_unmoved_frame_gives_the_photo_with_all_its_detail(large: Pixels, patch: Patch, crop: FaceCrop) -> None:
    out = large.copy()
    paste_frame(patch, out, crop.pixels, POINTS, POINTS, 1.0)
    assert np.abs(out.astype(int) - large.astype(int)).max() <= 1


def test_a_frame_of_something_else_brings_no_detail_that_would_stand_still(
    large: Pixels, patch: Patch, crop: FaceCrop
) -> None:
    out = large.copy()
    paste_frame(patch, out, crop.pixels[::-1].copy(), POINTS, POINTS + np.float32(0.08), 1.0)
    x, y = (int(value) for value in (crop.square.x, crop.square.y))
    here = np.s_[y - 60 : y + 60, x - 60 : x + 60]

    def grain(picture: Pixels) -> float:
        part = picture[here].astype(np.float32)
        return float((part - cv2.GaussianBlur(part, (0, 0), 2.0)).std())

    assert grain(out) < 0.4 * grain(large)


def test_outside_not_a_bit_changes(large: Pixels, patch: Patch, crop: FaceCrop) -> None:
    out = large.copy()
    paste_frame(patch, out, 255 - crop.pixels, POINTS, POINTS + np.float32(0.1), 1.0)
    changed = (out != large).any(axis=-1)
    inside = np.zeros(changed.shape, bool)
    inside[patch.rows, patch.columns] = patch.mask[..., 0] > 0
    assert changed.any() and not (changed & ~inside).any() and not inside.all()


def test_no_share_leaves_the_photo(large: Pixels, patch: Patch, crop: FaceCrop) -> None:
    out = large.copy()
    paste_frame(patch, out, 255 - crop.pixels, POINTS, POINTS + np.float32(0.1), 0.0)
    assert np.array_equal(out, large)


def test_a_colour_cast_of_the_nets_is_taken_off(large: Pixels, large_face: Face, crop: FaceCrop) -> None:
    cast = np.clip(np.add(crop.pixels, (14, -9, 6), dtype=int), 0, 255).astype(np.uint8)
    patch = prepare_patch(large, crop, cast, large_face, [], everywhere(large, crop))
    out = large.copy()
    paste_frame(patch, out, cast, POINTS, POINTS, 1.0)
    off = (out.astype(float) - large)[patch.rows, patch.columns].mean(axis=(0, 1))
    assert np.abs(off).max() < 1.0


def test_another_face_and_the_far_wall_stay(large: Pixels, large_face: Face, crop: FaceCrop) -> None:
    width = float(large_face.box[2] - large_face.box[0])
    beside = replace(
        large_face,
        box=large_face.box + np.float32([width, 0, width, 0]),
        landmarks=large_face.landmarks + np.float32([width, 0, 0]),
    )
    nobody = np.zeros_like(everywhere(large, crop))  # but the face itself
    out = large.copy()
    patch = prepare_patch(large, crop, crop.pixels, large_face, [beside], nobody)
    paste_frame(patch, out, 255 - crop.pixels, POINTS, POINTS + np.float32(0.1), 1.0)
    changed = (out != large).any(axis=-1)
    middle = ((beside.box[:2] + beside.box[2:]) / 2).astype(int)
    assert not changed[middle[1] - 60 : middle[1] + 60, middle[0] - 60 : middle[0] + 60].any()
    assert not changed[:, : int(crop.square.x - 0.42 * crop.square.size)].any()
    own = ((large_face.box[:2] + large_face.box[2:]) / 2).astype(int)
    assert changed[own[1] - 60 : own[1] + 60, own[0] - 120 : own[0]].mean() > 0.9


def test_a_frame_finer_than_the_photo_does_not_glitter(astronaut: Pixels, astronaut_face: Face) -> None:
    """Stripes of one pixel in a frame of 1024 px become even grey in a crop of some 210 px."""
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), 1024)
    stripes = np.zeros_like(crop.pixels)
    stripes[:, ::2] = 200
    patch = prepare_patch(astronaut, crop, crop.pixels, astronaut_face, [], everywhere(astronaut, crop))
    out = astronaut.copy()
    paste_frame(patch, out, stripes, POINTS, POINTS + np.float32(0.1), 1.0)
    x, y = int(crop.square.x), int(crop.square.y)
    assert out[y - 30 : y + 30, x - 30 : x + 30].astype(float).std() < 15.0  # unshrunk 80
