"""Colour: of photos that have none alone, skin and lips like skin and lips, calm, and the same each time."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.restore.colour import colour_photo, near_square, wide_square
from pipeline.restore.colour_view import draw_parts, face_unit
from pipeline.restore.defects import find_defects
from pipeline.restore.repair import repair_defects
from pipeline.restore.restoration import restore_photo
from pipeline.runtime import Runtime
from weights.store import WeightStore
from weights.train import damage


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return np.ascontiguousarray(data.astronaut()[:256, 100:356])


@pytest.fixture(scope="module")
def face(runtime: Runtime, photo: Pixels) -> Face:
    return FaceFinder(runtime).find(photo)[0]


@pytest.fixture(scope="module")
def coloured(runtime: Runtime, photo: Pixels, face: Face) -> Pixels:
    return colour_photo(runtime, damage.to_grayscale(photo), [face])


def lab(pixels: Pixels) -> Float:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def test_a_photo_without_people_stays_bit_by_bit(runtime: Runtime, photo: Pixels) -> None:
    grey = damage.to_grayscale(photo)
    assert colour_photo(runtime, grey, []) is grey


def test_skin_and_lips_are_coloured_like_skin_and_lips(photo: Pixels, face: Face, coloured: Pixels) -> None:
    square = near_square(face, photo.shape[:2])
    parts = draw_parts([face], square, round(square.size))
    top, left = round(square.y - (square.size - 1) / 2), round(square.x - (square.size - 1) / 2)
    seen = lab(coloured)[top : top + len(parts), left : left + len(parts)]
    skin, lips = (np.median(seen[parts[..., part] > 200], axis=0) for part in (0, 1))
    assert 20 < np.degrees(np.arctan2(skin[2], skin[1])) < 75  # from pink to yellow, neither purple nor green
    assert 8 < np.hypot(*skin[1:]) < 35
    assert lips[1] > skin[1] + 1  # redder


def test_lightness_stays_and_the_wall_is_calm(photo: Pixels, face: Face, coloured: Pixels) -> None:
    before, after = lab(damage.to_grayscale(photo)), lab(coloured)
    assert np.abs(after[..., 0] - before[..., 0]).mean() < 1.0
    away = np.ones(photo.shape[:2], bool)
    x0, y0, x1, y1 = (round(float(end)) for end in face.box)
    away[max(0, y0 - 40) : y1 + 30, max(0, x0 - 30) : x1 + 30] = False
    assert np.hypot(after[..., 1], after[..., 2])[away].mean() < 14


def test_the_strength_goes_from_greys_to_the_whole_guess(
    runtime: Runtime, photo: Pixels, face: Face, coloured: Pixels
) -> None:
    sepia = damage.to_sepia(photo)
    none = colour_photo(runtime, sepia, [face], strength=0.0)
    assert np.ptp(none.astype(int), axis=2).max() <= 1
    # the same again: nothing is random, and a sepia's brown is no hint
    again = colour_photo(runtime, damage.to_grayscale(photo), [face])
    assert np.array_equal(again, coloured)


def test_each_person_of_a_group_is_coloured(runtime: Runtime, photo: Pixels, face: Face) -> None:
    grey = damage.to_grayscale(photo)[:200]
    pair = np.hstack([grey, grey[:, ::-1]])
    width = photo.shape[1]
    landmarks = face.landmarks + np.array([width, 0, 0], np.float32)
    mirrored = face.landmarks * np.array([-1, 1, 1], np.float32) + np.array([2 * width - 1, 0, 0], np.float32)
    assert landmarks.shape == mirrored.shape
    other = replace(face, landmarks=mirrored, box=face.box)
    seen = lab(colour_photo(runtime, pair, [face, other]))
    for one in (face, other):
        nose = tuple(round(float(value)) for value in one.landmarks[1, 1::-1])
        assert 4 < seen[nose][1] < 30 and 4 < seen[nose][2] < 35


def test_squares_lie_in_the_photo(photo: Pixels, face: Face) -> None:
    height, width = photo.shape[:2]
    for square in (near_square(face, (height, width)), wide_square(face, (height, width))):
        assert square.size <= min(height, width)
        assert square.x - square.size / 2 >= -0.5 and square.x + square.size / 2 <= width - 0.5
        assert square.y - square.size / 2 >= -0.5 and square.y + square.size / 2 <= height - 0.5
    assert near_square(face, (10_000, 10_000)).size == pytest.approx(1.7 * face_unit(face))


def test_a_cracked_print_is_coloured_as_if_it_were_whole(runtime: Runtime, photo: Pixels, face: Face) -> None:
    hurt, drawn = damage.to_grayscale(photo), np.zeros(photo.shape[:2], np.uint8)
    for start, end in (((0, 60), (255, 30)), ((30, 60), (24, 255)), ((0, 190), (90, 120)), ((200, 0), (255, 150))):
        cv2.line(drawn, start, end, 255, 3, cv2.LINE_AA)
    hurt[drawn > 100] = 245
    clean = damage.to_grayscale(photo)
    guess, whole = (lab(colour_photo(runtime, one, [face], seen=clean)) for one in (hurt, clean))
    crack = drawn > 100
    assert np.abs(guess - whole)[~crack].max() < 0.5 and np.abs(guess - whole)[crack, 1:].mean() < 1
    assert guess[crack, 0].min() > 90  # the cracks themselves stay
    found = find_defects(hurt, [face], runtime)
    assert found.ask_for_repair
    seen = repair_defects(hurt, found.mask)
    restored = restore_photo(hurt, "colour", [face], runtime)
    assert restored.parts == ("colour",)
    assert np.array_equal(restored.pixels, colour_photo(runtime, hurt, [face], seen=seen))
    assert not np.array_equal(restored.pixels, colour_photo(runtime, hurt, [face]))
