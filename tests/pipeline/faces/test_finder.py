"""Faces are found where people are, nowhere else, and in their right place."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face, FaceFinder, Pose, cheek_width, prominence
from pipeline.faces.landmarks import LID_POINTS, REFINED_LEFT_EYE, REFINED_RIGHT_EYE
from pipeline.faces.mesh_topology import LEFT_IRIS, RIGHT_IRIS
from pipeline.faces.selection import select_faces
from pipeline.runtime import Runtime
from weights.store import WeightStore

Pixels = NDArray[np.uint8]
# read off the astronaut by eye, pixels enlarged 20 times, never from the product: corners to about 1 px, the
# middle of the dark discs of the irises to about half a pixel
CORNERS = {33: (194.5, 100.0), 133: (213.0, 103.0), 362: (236.0, 104.5), 263: (255.5, 103.0)}
IRISES = {468: (203.0, 100.5), 473: (246.0, 102.5)}


@pytest.fixture(scope="module")
def finder(built_weights: WeightStore) -> FaceFinder:
    return FaceFinder(Runtime(built_weights.path))


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return picture("astronaut")


@pytest.fixture(scope="module")
def face(finder: FaceFinder, astronaut: Pixels) -> Face:
    (only,) = finder.find(astronaut)
    return only


def picture(name: str) -> Pixels:
    """A picture that travels in scikit-image."""
    return np.asarray(getattr(data, name)(), np.uint8)


def turned(pixels: Pixels, degrees: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The picture turned clockwise about the face, and the 2×3 matrix of it."""
    matrix = np.asarray(cv2.getRotationMatrix2D((224.0, 125.0), -degrees, 1.0), np.float64)
    matrix[:, 2] += (32, 131)  # the face into the middle
    height, width = pixels.shape[:2]
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height)), np.uint8), matrix


def eye_width(face: Face) -> float:
    return float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[133, :2]))


def grey(pixels: Pixels) -> Pixels:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def sepia(pixels: Pixels) -> Pixels:
    return np.asarray(grey(pixels) * np.array([0.95, 0.78, 0.55]) * 0.7 + 60, np.uint8)


def scratched(pixels: Pixels) -> Pixels:
    """Sepia with scratches across the face, dust and grain."""
    rng = np.random.default_rng(7)
    old = sepia(pixels).astype(np.float64) + rng.normal(0, 6, pixels.shape)
    out = np.clip(old, 0, 255).astype(np.uint8)
    for x in (190, 215, 240, 260):
        cv2.line(out, (x, 0), (x + int(rng.integers(-40, 40)), 511), (225, 215, 190), 1, cv2.LINE_AA)
    for x, y in rng.integers(0, 512, (150, 2)):
        cv2.circle(out, (int(x), int(y)), 1, (230, 220, 200), -1)
    return out


def test_a_face_is_complete(face: Face) -> None:
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    assert face.box.dtype == np.float32
    np.testing.assert_array_equal(face.box[:2], face.landmarks[:, :2].min(axis=0))
    np.testing.assert_array_equal(face.box[2:], face.landmarks[:, :2].max(axis=0))
    assert face.presence > 0.99
    assert 0.5 < face.score <= 1


def test_landmarks_lie_where_the_eyes_are(face: Face) -> None:
    np.testing.assert_allclose(face.landmarks[list(CORNERS), :2], list(CORNERS.values()), atol=1.5)
    np.testing.assert_allclose(face.landmarks[list(IRISES), :2], list(IRISES.values()), atol=0.7)
    for eye, iris in ((REFINED_RIGHT_EYE, RIGHT_IRIS), (REFINED_LEFT_EYE, LEFT_IRIS)):
        lids, centre = face.landmarks[list(eye[:LID_POINTS])], face.landmarks[iris[0]]
        assert (lids[:, :2].min(axis=0) < centre[:2]).all()
        assert (centre[:2] < lids[:, :2].max(axis=0)).all()
        assert centre[2] == pytest.approx(lids[:, 2].mean(), abs=1)


def test_depth_has_the_nose_in_front(face: Face) -> None:
    z = face.landmarks[:, 2]
    assert z[1] < z[33] < z[234]
    # a nose stands out by about a third to two thirds of the distance between the outer eye corners
    between = np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2])
    assert 0.3 < (z[[33, 263]].mean() - z[1]) / between < 0.8


@pytest.mark.parametrize("change", [grey, sepia, scratched])
def test_old_photos(finder: FaceFinder, astronaut: Pixels, face: Face, change: Callable[[Pixels], Pixels]) -> None:
    (found,) = finder.find(change(astronaut))
    off = np.linalg.norm(found.landmarks[:, :2] - face.landmarks[:, :2], axis=1)
    assert np.median(off) < 0.1 * eye_width(face)


@pytest.mark.parametrize("degrees", [-45.0, -20.0, 45.0])
def test_turned_photos(finder: FaceFinder, astronaut: Pixels, face: Face, degrees: float) -> None:
    pixels, matrix = turned(astronaut, degrees)
    (found,) = finder.find(pixels)
    expected = face.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    off = np.linalg.norm(found.landmarks[:, :2] - expected, axis=1)
    assert np.median(off) < 0.05 * eye_width(face)
    assert found.pose.roll == pytest.approx(face.pose.roll + degrees, abs=2)
    assert found.pose.yaw == pytest.approx(face.pose.yaw, abs=2)
    assert found.pose.pitch == pytest.approx(face.pose.pitch, abs=2)


def test_a_mirrored_photo_mirrors_the_pose(finder: FaceFinder, astronaut: Pixels) -> None:
    pixels, _ = turned(astronaut, 15)
    (found,) = finder.find(pixels)
    (mirrored,) = finder.find(np.ascontiguousarray(pixels[:, ::-1]))
    assert found.pose.roll > 15
    assert mirrored.pose.roll == pytest.approx(-found.pose.roll, abs=1.5)
    assert mirrored.pose.yaw == pytest.approx(-found.pose.yaw, abs=2)
    assert mirrored.pose.pitch == pytest.approx(found.pose.pitch, abs=2)
    # where the crops' half pixel is right, a mirrored picture has mirrored irises
    across = pixels.shape[1] - 1 - mirrored.landmarks[[473, 468], 0]
    np.testing.assert_allclose(across, found.landmarks[[468, 473], 0], atol=0.03 * eye_width(found))


def test_a_frontal_portrait_has_a_pose_near_zero(face: Face) -> None:
    assert abs(face.pose.yaw) < 5
    assert abs(face.pose.pitch) < 8
    assert 0 < face.pose.roll < 8  # she leans a little to the picture's right


def test_a_face_of_five_percent_of_the_width(finder: FaceFinder, astronaut: Pixels, face: Face) -> None:
    wide, high, across = 1600, 1200, 80
    scale = across / cheek_width(face)
    small = cv2.resize(astronaut[:300, 100:350], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for x, y in ((30, 40), (760, 560), (1300, 900)):
        pixels = np.full((high, wide, 3), 120, np.uint8)
        pixels[y : y + small.shape[0], x : x + small.shape[1]] = small
        (found,) = finder.find(pixels)
        assert cheek_width(found) == pytest.approx(across, rel=0.05)


def test_a_face_that_fills_the_frame(finder: FaceFinder, astronaut: Pixels, face: Face) -> None:
    x0, y0, x1, y1 = face.box.astype(int)
    (found,) = finder.find(np.ascontiguousarray(astronaut[y0 - 5 : y1 + 5, x0 - 5 : x1 + 5]))
    off = found.landmarks[:468, :2] + (x0 - 5, y0 - 5) - face.landmarks[:468, :2]
    assert np.median(np.linalg.norm(off, axis=1)) < 0.15 * eye_width(face)


def test_a_large_photo_gives_the_same_points(finder: FaceFinder, astronaut: Pixels, face: Face) -> None:
    large = np.asarray(cv2.resize(astronaut, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC), np.uint8)
    (found,) = finder.find(large)
    off = (found.landmarks[:, :2] + 0.5) / 5 - 0.5 - face.landmarks[:, :2]
    assert np.median(np.linalg.norm(off, axis=1)) < 0.02 * eye_width(face)
    assert np.abs(np.median(off, axis=0)).max() < 0.01 * eye_width(face)


def test_two_people_and_which_is_meant(finder: FaceFinder, astronaut: Pixels) -> None:
    left = np.ascontiguousarray(astronaut[:, ::-1])
    pixels = np.hstack([left, astronaut])
    faces = finder.find(pixels)
    assert len(faces) == 2
    with pytest.raises(FaceError) as asked:
        select_faces(faces, None)
    assert asked.value.reason is Reason.SEVERAL_FACES
    (chosen,) = select_faces(faces, "left")
    assert chosen.box[2] < 512
    assert select_faces(faces, "2") == select_faces(faces, "right")
    assert select_faces(faces, "all") == faces


@pytest.mark.parametrize("name", ["cat", "coffee", "rocket"])
@pytest.mark.parametrize("mirror", [False, True])
def test_what_is_no_human_has_no_face(finder: FaceFinder, name: str, mirror: bool) -> None:
    pixels = picture(name)
    assert finder.find(np.ascontiguousarray(pixels[:, ::-1]) if mirror else pixels) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3), (40, 40, 3)])
def test_odd_sizes_have_no_face(finder: FaceFinder, shape: tuple[int, int, int]) -> None:
    assert finder.find(np.full(shape, 128, np.uint8)) == ()


def test_what_is_no_photo_is_refused(finder: FaceFinder) -> None:
    for wrong in (np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((0, 8, 3), np.uint8)):
        with pytest.raises(ValueError, match="a photo is uint8"):
            finder.find(wrong)
    with pytest.raises(ValueError, match="a photo is uint8"):
        finder.find(np.zeros((8, 8, 3), np.int16))


def face_of(x: float, width: float, yaw: float = 0.0, y: float = 300.0) -> Face:
    """A face of `width` px between the cheeks about (x, y)."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, :2] = (x, y)
    landmarks[234, 0], landmarks[454, 0] = x - width / 2, x + width / 2
    box = np.array([x - width / 2, y - width / 2, x + width / 2, y + width / 2], np.float32)
    return Face(box, landmarks, Pose(yaw, 0.0, 0.0), 1.0, 0.9)


def test_prominence_weighs_size_place_and_look() -> None:
    middle = prominence(face_of(400, 100), 800, 600)
    assert middle == pytest.approx(100)
    assert prominence(face_of(400, 120), 800, 600) > middle
    assert prominence(face_of(100, 100), 800, 600) < middle
    assert prominence(face_of(400, 100, yaw=-60), 800, 600) < middle


def test_a_masked_face_is_hidden_and_none_that_is_found(finder: FaceFinder, astronaut: Pixels, face: Face) -> None:
    outline = face.landmarks[[127, 6, 356, 361, 397, 379, 152, 150, 172, 132], :2].round().astype(np.int32)
    masked = astronaut.copy()
    cv2.fillPoly(masked, [outline], (20, 20, 25), cv2.LINE_AA)
    assert len(finder.find(masked)) + len(finder.find_hidden(masked)) >= 1
    assert finder.find_hidden(picture("coffee")) == ()
