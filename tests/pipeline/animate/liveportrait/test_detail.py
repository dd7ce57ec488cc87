"""The photo's detail goes where the face goes, as sharp as it was, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.animate.liveportrait.animator import LivePortraitAnimator
from pipeline.animate.liveportrait.detail import FineDetail, keypoint_shift, measure_sharpening
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.conftest import Pixels, motion_of

SIDE, SIZE = 128, 480  # of a frame, of the photo
TO_FRAME = np.array([[SIDE / SIZE, 0.0, 0.5 * SIDE / SIZE - 0.5], [0.0, SIDE / SIZE, 0.5 * SIDE / SIZE - 0.5]])
POINTS = np.random.default_rng(7).uniform(-0.6, 0.6, (21, 3)).astype(np.float32)
MIDDLE = np.s_[80:-80, 80:-80]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A face of 480 px with grain, float32 0..255."""
    face = cv2.resize(data.astronaut()[0:200, 120:320], (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    return np.clip(face + np.random.default_rng(0).normal(0, 6, face.shape), 0, 255).astype(np.float32)


@pytest.fixture(scope="module")
def neutral(photo: np.ndarray) -> np.ndarray:
    return cv2.resize(photo, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def fine(photo: np.ndarray, neutral: np.ndarray) -> FineDetail:
    return FineDetail.of(photo, neutral, TO_FRAME)


def shifted(picture: np.ndarray, x: float, y: float) -> np.ndarray:
    matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation in the middle of two pictures."""
    return float(np.corrcoef(one[MIDDLE].ravel(), other[MIDDLE].ravel())[0, 1])


def test_at_rest_nothing_of_it_is_lost(fine: FineDetail, neutral: np.ndarray) -> None:
    assert np.array_equal(fine.moved(neutral, POINTS, POINTS), fine.detail)


@pytest.mark.parametrize("guess", [1.0, 0.0, 0.6])
@pytest.mark.parametrize("shift", [(3.0, -2.0), (-5.25, 1.5), (0.5, 0.5)])
def test_detail_goes_where_the_frame_goes(
    fine: FineDetail, neutral: np.ndarray, shift: tuple[float, float], guess: float
) -> None:
    """Shift in frame pixels; keypoints may say less than the frame, which has the last word."""
    driving = POINTS + guess * np.array([*shift, 0.0], np.float32) * np.float32(2.0 / SIDE)
    found = fine.moved(shifted(neutral, *shift), POINTS, driving)
    scale = SIZE / SIDE
    assert likeness(found, shifted(fine.detail, scale * shift[0], scale * shift[1])) > 0.7
    assert abs(likeness(found, fine.detail)) < 0.4
    assert 0.85 < np.std(found[MIDDLE]) / np.std(fine.detail[MIDDLE]) < 1.2  # other parts of it


def test_what_was_not_there_gets_none(fine: FineDetail, neutral: np.ndarray) -> None:
    """A mouth that opens: a dark spot in the frame."""
    frame = cv2.ellipse(neutral.copy(), (64, 64), (14, 8), 0, 0, 360, (20, 5, 5), -1)
    found = fine.moved(frame, POINTS, POINTS)
    spot, beside = np.s_[225:255, 210:270], np.s_[40:120, 60:400]
    assert np.abs(found[spot]).max() < 1.0 < 0.9 * np.std(fine.detail[beside]) < np.std(found[beside])


def test_keypoints_shift_what_is_near_them() -> None:
    points = np.zeros((21, 3), np.float32)
    points[:, 0] = np.linspace(-0.2, 0.2, 21)
    moved = points + np.float32([0.1, -0.05, 0.3])
    shift = keypoint_shift(SIDE, points, moved)
    assert shift.shape == (SIDE, SIDE, 2)
    np.testing.assert_allclose(shift[61, 68], (0.1 * 64, -0.05 * 64), rtol=0.05)
    assert np.abs(shift[0]).max() < 0.1


def test_only_what_sampling_costs_is_sharpened() -> None:
    grain = np.random.default_rng(2).normal(0, 6, (200, 200, 3)).astype(np.float32)
    fine, soft = measure_sharpening(grain), measure_sharpening(cv2.GaussianBlur(grain, (0, 0), 1.0))
    assert 0.5 < fine <= 0.8 and 0.0 < soft < 0.5 * fine
    assert measure_sharpening(np.zeros((40, 30, 3), np.float32)) == 0.0


@pytest.fixture(scope="module")
def large(astronaut: Pixels) -> Pixels:
    """A crop of 850 px, frames of 128: nearly seven times coarser, as 512 are for a portrait of 3,500 px."""
    large = cv2.resize(astronaut, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.clip(large + np.random.default_rng(0).normal(0, 8, large.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def large_face(fake_runtime: Runtime, large: Pixels) -> Face:
    (face,) = FaceFinder(fake_runtime).find(large)
    return face


@pytest.mark.parametrize("curves", [{"yaw": 8.0}, {"pitch": 5.0, "roll": 5.0, "sway_x": 0.04}, {"smile": 1.0}])
def test_a_large_portrait_stays_as_sharp_as_it_is(
    fake_runtime: Runtime, large: Pixels, large_face: Face, curves: dict[str, float]
) -> None:
    x0, y0, x1, y1 = large_face.box.astype(int)

    def sharpness(picture: Pixels) -> float:
        grey = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
        return float(cv2.Laplacian(grey, cv2.CV_32F).std())

    animator = LivePortraitAnimator(fake_runtime, on_estimate=lambda seconds: None)
    frames = list(animator.animate(large, [large_face], [motion_of(4, **curves)]))
    shares = np.array([sharpness(frame) for frame in frames]) / sharpness(large)
    assert shares[0] == 1.0 and shares.min() >= 0.85 and shares.max() < 1.15
    assert (frames[2][y0:y1, x0:x1] != large[y0:y1, x0:x1]).mean() > 0.5
