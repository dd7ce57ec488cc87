"""Chips for the nets: level, of their size, and the same however the face is turned on the photo."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.alignment import EMBEDDING_SIDE, embedding_chip, level_chip, mirror
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def portrait(built_weights: WeightStore) -> tuple[Pixels, Face]:
    pixels = read_photo(astronaut(), long_side=1024)
    return pixels, FaceFinder(Runtime(built_weights.path)).find(pixels)[0]


def turn(pixels: Pixels, face: Face, degrees: float) -> tuple[Pixels, Face]:
    """The photo turned about its middle, and the face with its landmarks."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    landmarks = face.landmarks.copy()
    landmarks[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(turned, np.uint8), replace(face, landmarks=landmarks)


def difference(one: Pixels, other: Pixels) -> float:
    """The mean difference in levels of 255."""
    return float(np.abs(one.astype(np.float32) - other.astype(np.float32)).mean())


def test_a_chip_is_the_same_on_a_turned_photo(portrait: tuple[Pixels, Face]) -> None:
    turned = turn(*portrait, 15)
    level = level_chip(*portrait, 96, 0.0)
    assert level.shape == (96, 96, 3)
    assert difference(level, level_chip(*turned, 96, 0.0)) < 4
    aligned = embedding_chip(*portrait)
    assert aligned.shape == (EMBEDDING_SIDE, EMBEDDING_SIDE, 3)
    assert difference(aligned, embedding_chip(*turned)) < 4


def test_a_mirrored_chip_is_mirrored_back(portrait: tuple[Pixels, Face]) -> None:
    chip = level_chip(*portrait, 64, 0.1)
    assert not np.array_equal(mirror(chip), chip)
    assert np.array_equal(mirror(mirror(chip)), chip)


def test_a_face_outside_the_photo_has_no_chip(portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    away = replace(face, landmarks=face.landmarks + np.float32([9000, 9000, 0]))
    with pytest.raises(ValueError, match="outside"):
        level_chip(pixels, away, 64, 0.0)
    with pytest.raises(ValueError, match="outside"):
        embedding_chip(pixels, away)
