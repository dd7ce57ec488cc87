"""The crop's find_square: level, of the right size, and its way back to the photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.liveportrait.crop import SCALE, crop_face, eye_heights, eye_ratios, find_square, lip_ratio
from pipeline.faces.finder import Face
from tests.pipeline.animate.liveportrait.conftest import Pixels


def turned(points: np.ndarray, degrees: float, scale: float = 1.0, shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    angle = np.radians(degrees)
    matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    out = points.copy()
    out[:, :2] = points[:, :2] @ matrix.T + shift
    return out


@pytest.mark.parametrize("degrees", [-60.0, -20.0, 0.0, 35.0, 170.0])
def test_the_crop_turns_with_the_face(astronaut_face: Face, degrees: float) -> None:
    before = find_square(astronaut_face.landmarks)
    after = find_square(turned(astronaut_face.landmarks, degrees, 1.5, (40, -10)))
    angle = np.degrees(after.angle - before.angle)
    assert (angle - degrees + 180) % 360 - 180 == pytest.approx(0, abs=1e-3)
    assert after.size == pytest.approx(1.5 * before.size, rel=1e-5)
    middle = turned(np.array([[before.x, before.y, 0.0]]), degrees, 1.5, (40, -10))[0]
    assert (after.x, after.y) == pytest.approx(tuple(middle[:2]), abs=1e-2)


def test_the_face_stands_where_the_nets_expect_it(astronaut_face: Face, astronaut: Pixels) -> None:
    """The box of the points, 1 / 2.3 of the side, is centred across and lies an eighth below the middle."""
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), 512)
    back = cv2.invertAffineTransform(crop.to_photo)
    points = astronaut_face.landmarks[:, :2] @ back[:, :2].T + back[:, 2]
    chin, brow = points[152], points[[105, 334]].mean(axis=0)
    assert chin[1] == pytest.approx(512 * (0.5 + 0.125 + 0.5 / SCALE), abs=30)
    assert abs((points[33, 0] + points[263, 0]) / 2 - 256) < 20
    assert 150 < brow[1] < chin[1]
    assert crop.pixels.shape == (512, 512, 3) and crop.picture.shape == (1, 3, 256, 256)
    assert crop.picture.min() >= 0.0 and crop.picture.max() <= 1.0


def test_a_pixel_of_the_crop_is_that_pixel_of_the_photo(astronaut_face: Face, astronaut: Pixels) -> None:
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), 512)
    x, y = crop.to_photo @ (300.0, 320.0, 1.0)
    there = cv2.getRectSubPix(astronaut, (1, 1), (float(x), float(y)))[0, 0]
    assert np.abs(crop.pixels[320, 300].astype(int) - there.astype(int)).max() <= 12


def test_ratios_of_a_smiling_open_eyed_face(astronaut_face: Face) -> None:
    left, right = eye_ratios(astronaut_face.landmarks)
    assert 0.15 < left < 0.6 and 0.15 < right < 0.6
    assert 0.02 < lip_ratio(astronaut_face.landmarks) < 0.5
    shut = astronaut_face.landmarks.copy()
    shut[159] = shut[145]
    assert eye_ratios(shut) == (0.0, pytest.approx(right))


@pytest.mark.parametrize(
    ("ours", "official"), [(0.0, 0.0), (0.075, 0.023), (0.225, 0.247), (0.275, 0.287), (0.35, 0.357), (0.45, 0.513)]
)
def test_eye_ratios_are_those_of_the_official_points(ours: float, official: float) -> None:
    """The means of 1,266 eyes, by openness."""
    landmarks = np.zeros((478, 3), np.float32)
    for outer, inner, upper in ((33, 133, 159), (263, 362, 386)):
        landmarks[[outer, inner, upper], :2] = (0, 0), (100, 0), (50, 100 * ours)
        landmarks[{159: 145, 386: 374}[upper], :2] = (50, 0)
    assert eye_ratios(landmarks) == pytest.approx((official, official), abs=0.031)
    assert eye_heights(landmarks) == pytest.approx((100 * ours, 100 * ours), abs=1e-4)
