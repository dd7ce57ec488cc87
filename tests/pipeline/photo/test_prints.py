"""Prints on photos of them: a picture laid on a table in perspective, and what is no print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float, Pixels
from pipeline.photo.prints import find_prints, place_point, straighten

SIZE = (480, 360)
CORNERS = np.array([[90, 60], [330, 80], [310, 300], [70, 270]], np.float32)
FACE = np.array([160, 130, 240, 220], np.float32)
CENTRE = np.array([200, 175], np.float32)


@pytest.fixture(scope="module")
def picture() -> Pixels:
    """A picture of 300×270 with dark and light parts up to its edges."""
    noise = np.random.default_rng(1).integers(40, 120, (9, 10, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (300, 270), interpolation=cv2.INTER_CUBIC), np.uint8)


def lay(picture: Pixels, corners: Float, ground: int | Pixels = 210) -> Pixels:
    """The picture on a table, seen askew."""
    scene = np.full((SIZE[1], SIZE[0], 3), ground, np.uint8) if isinstance(ground, int) else ground.copy()
    height, width = picture.shape[:2]
    way = cv2.getPerspectiveTransform(np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), corners)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), way, SIZE)
    seen = cv2.warpPerspective(picture, way, SIZE)
    return np.where(cover[..., None] > 127, seen, scene).astype(np.uint8)


def test_a_print_on_a_table_is_found_and_lies_flat(picture: Pixels) -> None:
    scene = lay(picture, CORNERS)
    (found,) = find_prints(scene, [FACE])
    assert float(np.abs(found - CORNERS).max()) < 4
    flat = straighten(scene, found)
    assert abs(flat.shape[1] / flat.shape[0] - 300 / 270) < 0.06
    likeness = cv2.resize(picture, flat.shape[1::-1], interpolation=cv2.INTER_AREA).astype(float) - flat
    assert float(np.abs(likeness[6:-6, 6:-6]).mean()) < 4
    place = place_point(found, SIZE, CORNERS.mean(axis=0))
    assert 0.4 < place[0] / flat.shape[1] < 0.6
    assert 0.4 < place[1] / flat.shape[0] < 0.6


def test_each_print_of_an_albums_page_is_found(picture: Pixels) -> None:
    left = np.array([[30, 60], [200, 50], [206, 250], [36, 260]], np.float32)
    right = left + np.array([230, 30], np.float32)
    page = lay(picture, right, lay(picture, left))
    faces = [np.array([90, 100, 140, 160], np.float32), np.array([320, 130, 370, 190], np.float32)]
    assert [round(float(quad[:, 0].mean()) / 100) for quad in find_prints(page, faces)] == [1, 3]
    somebody = np.array([225, 20, 250, 40], np.float32)
    assert not find_prints(page, [*faces, somebody]), "a living person in front of pictures"


def test_what_is_no_print_is_left_alone(picture: Pixels) -> None:
    scene = lay(picture, CORNERS)
    assert not find_prints(scene, [])
    assert not find_prints(picture, [FACE / 2])
    shoulder = cv2.circle(scene.copy(), (200, 290), 60, (90, 60, 50), -1)
    assert not find_prints(shoulder, [FACE]), "a door behind somebody"
    level = np.array([[60, 60], [420, 60], [420, 300], [60, 300]], np.float32)
    assert not find_prints(lay(picture, level, 250), [FACE]), "a frame that was printed with the picture"
