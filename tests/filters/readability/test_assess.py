"""The right reason for each thing that hinders, and none for a good face, however old its print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from filters.messages import words_of
from filters.readability.assess import read_face
from filters.readability.drawing import read_drawing
from filters.readability.face_view import SIDE, view_of
from filters.readability.geometry import read_angle, read_eyes
from filters.readability.occlusion import read_cover
from filters.readability.quality import read_quality
from pipeline.arrays import Float, Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face, FaceFinder, Pose
from pipeline.faces.mesh_topology import EYES
from pipeline.runtime import Runtime
from weights.store import WeightStore
from weights.train import damage

Change = Callable[[Pixels, Float], Pixels]  # photo, landmarks (478, 2) → photo


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=["CPUExecutionProvider"], threads=2)


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    """The astronaut's head and shoulders, the face about 230 px wide."""
    return np.asarray(cv2.resize(data.astronaut()[:300, 80:380], (900, 900), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="module")
def face(runtime: Runtime, astronaut: Pixels) -> Face:
    (only,) = FaceFinder(runtime).find(astronaut)
    return only


def over(pixels: Pixels, polygon: Float, colour: tuple[int, int, int]) -> Pixels:
    done = pixels.copy()
    cv2.fillPoly(done, [np.round(polygon).astype(np.int32)], colour, cv2.LINE_AA)
    return done


def dark_glasses(pixels: Pixels, points: Float) -> Pixels:
    done = pixels.copy()
    middles = [points[list(eye)].mean(axis=0) for eye in EYES]
    width = float(np.linalg.norm(points[234] - points[454]))
    for middle in middles:
        axes = (round(0.21 * width), round(0.15 * width))
        cv2.ellipse(done, tuple(int(v) for v in middle), axes, 0, 0, 360, (18, 16, 20), -1, cv2.LINE_AA)
    cv2.line(done, *(tuple(int(v) for v in middle) for middle in middles), (18, 16, 20), round(0.03 * width))
    return done


def spectacles(pixels: Pixels, points: Float) -> Pixels:
    done = pixels.copy()
    middles = [points[list(eye)].mean(axis=0) for eye in EYES]
    width = float(np.linalg.norm(points[234] - points[454]))
    for middle in middles:
        axes = (round(0.2 * width), round(0.16 * width))
        thick = round(0.025 * width)
        cv2.ellipse(done, tuple(int(v) for v in middle), axes, 0, 0, 360, (40, 30, 30), thick, cv2.LINE_AA)
    return done


def mask(pixels: Pixels, points: Float) -> Pixels:
    outline = (234, 132, 172, 150, 152, 379, 397, 361, 454, 346, 6, 117)
    return over(pixels, points[list(outline)], (150, 190, 215))


def bar(pixels: Pixels, points: Float) -> Pixels:
    (left, top), (right, low) = points[[127, 356]]
    height = 0.3 * (right - left)
    middle = (top + low) / 2
    corners = [(left, middle - height / 2), (right, middle - height / 2), (right, middle + height / 2)]
    return over(pixels, np.array([*corners, (left, middle + height / 2)], np.float32), (0, 0, 0))


def scribble(pixels: Pixels, points: Float) -> Pixels:
    done = pixels.copy()
    path = points[[61, 291, 78, 308, 17, 0, 61, 291]] + np.array([[0, -9], [0, 9]] * 4)
    cv2.polylines(done, [np.round(path).astype(np.int32)], False, (255, 255, 255), 36, cv2.LINE_AA)
    return done


def mosaic(pixels: Pixels, _points: Float) -> Pixels:
    small = cv2.resize(pixels, (36, 36), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def blurred(sigma: float) -> Change:
    return lambda pixels, _points: np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def tiny(pixels: Pixels, _points: Float) -> Pixels:
    return np.asarray(cv2.resize(cv2.resize(pixels, (36, 36), interpolation=cv2.INTER_AREA), (900, 900)), np.uint8)


def lit(gain: float, base: float = 0.0) -> Change:
    return lambda pixels, _points: np.clip(pixels * gain + base, 0, 255).astype(np.uint8)


HINDRANCES: dict[str, tuple[Change, Reason, set[str]]] = {
    "glasses": (dark_glasses, Reason.FACE_COVERED, {"dark_glasses"}),
    "mask": (mask, Reason.FACE_COVERED, {"mask"}),
    "bar": (bar, Reason.FACE_COVERED, {"eyes"}),
    "scribble": (scribble, Reason.FACE_COVERED, {"mouth"}),
    "mosaic": (mosaic, Reason.LOW_QUALITY, {"mosaic"}),
    "blur": (blurred(22), Reason.LOW_QUALITY, {"blur"}),
    "enlarged": (tiny, Reason.LOW_QUALITY, {"blur"}),
    "dark": (lit(0.1), Reason.LOW_QUALITY, {"dark"}),
    "burnt": (lit(9.0), Reason.LOW_QUALITY, {"burnt"}),
    "pale": (lit(0.05, 120), Reason.LOW_QUALITY, {"pale"}),
}


@pytest.mark.parametrize("name", HINDRANCES)
def test_what_hinders_is_named(name: str, runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    change, reason, causes = HINDRANCES[name]
    seen = read_face(change(astronaut, face.landmarks[:, :2]), face, runtime)
    assert (seen.reason, seen.cause in causes) == (reason, True), seen
    assert seen.words == words_of(seen.cause)
    assert seen.words is not None


def seeded(change: Callable[[Pixels, np.random.Generator], Pixels]) -> Change:
    return lambda pixels, _points: change(pixels, np.random.default_rng(5))


PASSING: dict[str, Change] = {
    "as it is": lambda pixels, _points: pixels,
    "grain": seeded(lambda pixels, rng: damage.grain(pixels, rng, 14)),
    "sepia": lambda pixels, _points: damage.fade(damage.sepia(pixels), 0.6),
    "scratches": seeded(lambda pixels, rng: damage.scratches(pixels, rng, 8, 10)),
    "soft": blurred(5),
    "compressed": lambda pixels, _points: damage.jpeg(pixels, 20),
    "old": seeded(damage.old_scan),
    "dim": lit(0.5),
    "spectacles": spectacles,
    "small": lambda pixels, _points: np.asarray(cv2.resize(cv2.resize(pixels, (180, 180)), (900, 900)), np.uint8),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_face_that_a_person_can_read_passes(name: str, runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    seen = read_face(PASSING[name](astronaut, face.landmarks[:, :2]), face, runtime)
    assert (seen.reason, seen.cause) == (None, ""), seen
    assert seen.words is None
    assert not seen.eyes.no_blink
    assert not seen.drawing.drawing


def test_a_bar_is_no_pair_of_glasses_to_take_off(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    assert read_cover(bar(astronaut, face.landmarks[:, :2]), face, runtime).cause != "dark_glasses"


def test_the_eye_that_is_hidden_is_the_one_that_is_meant(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    eye = face.landmarks[list(EYES[0]), :2]
    middle, width = eye.mean(axis=0), float(np.ptp(eye[:, 0]))
    patch = middle + np.array([[-1, -0.7], [1, -0.7], [1, 0.7], [-1, 0.7]]) * width
    seen = read_cover(over(astronaut, patch.astype(np.float32), (10, 10, 10)), face, runtime)
    assert seen.right_eye > 0.8 > 0.5 > seen.left_eye
    assert seen.cause == "eyes"


@pytest.mark.parametrize(
    ("pose", "cause"),
    [
        (Pose(0, 0, 0), ""),
        (Pose(42, -5, 8), ""),
        (Pose(-36, 11, -20), ""),
        (Pose(0, 0, -45), ""),
        (Pose(52, 0, 0), "profile"),
        (Pose(-60, 0, 0), "profile"),
        (Pose(0, 40, 0), "bowed"),
        (Pose(3, -41, 0), "bowed"),
        (Pose(0, 0, 70), "tilt"),
    ],
)
def test_angles(face: Face, pose: Pose, cause: str) -> None:
    seen = read_angle(replace(face, pose=pose))
    assert seen.cause == cause
    assert seen.reason == (Reason.HARD_ANGLE if cause else None)


def test_a_mesh_whose_far_eye_is_a_sliver_is_a_profile(face: Face) -> None:
    squeezed = face.landmarks.copy()
    eye = list(EYES[1])
    squeezed[eye, 0] = squeezed[eye, 0].mean() + 0.2 * (squeezed[eye, 0] - squeezed[eye, 0].mean())
    assert read_angle(replace(face, landmarks=squeezed)).cause == "profile"


def test_shut_eyes_are_animated_without_a_blink(face: Face) -> None:
    shut = face.landmarks.copy()
    for eye in EYES:
        shut[list(eye), 1] = shut[list(eye), 1].mean()
    assert read_eyes(replace(face, landmarks=shut)).no_blink
    one = face.landmarks.copy()
    one[list(EYES[0]), 1] = one[list(EYES[0]), 1].mean()
    assert not read_eyes(replace(face, landmarks=one)).no_blink


def test_a_flatly_filled_face_is_a_drawing(astronaut: Pixels, face: Face) -> None:
    flat = np.full_like(astronaut, 215)
    for eye in EYES:
        flat = over(flat, face.landmarks[list(eye), :2], (30, 20, 20))
    flat = over(flat, face.landmarks[[61, 0, 291, 17], :2], (190, 40, 40))
    assert read_drawing(flat, face).drawing
    assert not read_drawing(astronaut, face).drawing


def test_figures_of_blur_grow_with_it(astronaut: Pixels, face: Face) -> None:
    softness = [read_quality(blurred(s)(astronaut, face.landmarks), face).softness for s in (4.0, 8.0, 12.0, 20.0)]
    assert softness == sorted(softness)
    # sigma in shares of the face's longer side; skin is no sharp edge, so it reads a little more
    longer = float(max(np.ptp(face.landmarks[:, 0]), np.ptp(face.landmarks[:, 1])))
    assert 1 < softness[2] * longer / 12 < 2


def test_the_view_is_level_and_of_one_size(astronaut: Pixels, face: Face) -> None:
    view = view_of(astronaut, face)
    assert view.pixels.shape == (SIDE, SIDE, 3)
    assert view.points[33, 1] == pytest.approx(view.points[263, 1], abs=0.1)
    eye = list(EYES[0])
    outside = view.grey[view.part((234, 117, 50))].mean()
    assert view.grey[view.part(tuple(eye))].mean() < outside  # the points lie where the eye is


@pytest.mark.parametrize(
    "wrong", [np.zeros((50, 50), np.uint8), np.zeros((50, 50, 3), np.float32), np.zeros((50, 50, 4), np.uint8)]
)
def test_what_is_no_photo_is_refused(wrong: Pixels, face: Face, runtime: Runtime) -> None:
    for reading in (read_quality, read_drawing):
        with pytest.raises(ValueError, match="uint8"):
            reading(wrong, face)
    with pytest.raises(ValueError, match="uint8"):
        read_cover(wrong, face, runtime)
    with pytest.raises(ValueError, match="uint8"):
        read_face(wrong, face, runtime)


def test_a_face_outside_the_photo_is_refused(astronaut: Pixels, face: Face, runtime: Runtime) -> None:
    away = replace(face, landmarks=face.landmarks + np.float32([5000, 5000, 0]), box=face.box + 5000)
    with pytest.raises(ValueError, match="outside"):
        read_face(astronaut, away, runtime)


@pytest.mark.parametrize("cause", [
    "blur", "dark", "burnt", "pale", "noise", "mosaic", "profile", "bowed", "tilt", "dark_glasses", "mask", "hand",
    "eyes", "mouth", "drawing",
])  # fmt: skip
def test_every_cause_has_words_that_can_be_spoken(cause: str) -> None:
    words = words_of(cause)
    assert words is not None
    for text in words:
        assert text[0].isupper()
        assert text.endswith(".")
        assert not set(text) & set("0123456789()/«»")
        assert len(text) < 90
    assert words_of("nothing") is None
