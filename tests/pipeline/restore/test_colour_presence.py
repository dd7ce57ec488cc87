"""Presence of colour: a sepia has none, however old; a pale photo of one person has."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.restore.colour_presence import is_colourless
from weights.train import damage


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return np.ascontiguousarray(cv2.resize(data.astronaut(), (360, 360), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    "age",
    [
        damage.to_grayscale,
        damage.to_sepia,
        lambda photo: damage.fade(damage.to_sepia(photo, 0.7), 0.6, 0.6),
        lambda photo: damage.compress_jpeg(damage.to_grayscale(photo), 20),
        lambda photo: damage.imitate_old_scan(photo, np.random.default_rng(1)),
    ],
    ids=["grey", "sepia", "faded", "JPEG", "old scan"],
)
def test_a_print_without_colour_is_told(photo: Pixels, age: Callable[[Pixels], Pixels]) -> None:
    assert is_colourless(age(photo))


def test_a_sepia_that_has_yellowed_at_one_side_is_told(photo: Pixels) -> None:
    yellow = np.linspace(1.0, 0.93, photo.shape[1])[None, :, None] ** np.array([0, 0.3, 1])
    assert is_colourless(np.rint(damage.to_sepia(photo, 0.5) * yellow).astype(np.uint8))


def test_a_photo_that_has_colour_is_told(photo: Pixels) -> None:
    assert not is_colourless(photo)
    assert not is_colourless(damage.fade(photo, 0.5))
    pale = np.rint(0.5 * photo + 0.5 * damage.to_grayscale(photo)).astype(np.uint8)
    assert not is_colourless(pale)


def test_a_face_before_a_grey_wall_is_a_colour_photo() -> None:
    """Skin and lips alone, the rest without colour."""
    picture = np.repeat(np.linspace(0, 220, 200).astype(np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    cv2.ellipse(picture, (100, 90), (45, 60), 0, 0, 360, (205, 165, 145), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (100, 120), (18, 8), 0, 0, 360, (170, 85, 85), -1, cv2.LINE_AA)
    assert not is_colourless(picture)
    assert is_colourless(damage.to_sepia(picture))
