"""People pass before the wall, the picture's edges stay out of sight, and the loop has no seam."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float, Pixels
from pipeline.camera import view
from pipeline.camera.path import place_camera
from pipeline.camera.view import CameraView, measure_nearness
from pipeline.faces.finder import Face, Pose
from pipeline.faces.mesh_topology import LEFT_EAR, OVAL, RIGHT_EAR
from pipeline.runtime import Runtime

SIZE = (240, 320)
CENTRE = (150.0, 90.0)
WIDTH = 60.0
FRAMES = 24


def face_at(x: float, y: float) -> Face:
    landmarks = np.zeros((478, 3), np.float32)
    angles = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    landmarks[list(OVAL), 0] = x + np.sin(angles) * WIDTH / 2
    landmarks[list(OVAL), 1] = y - np.cos(angles) * WIDTH * 0.65
    landmarks[RIGHT_EAR, :2], landmarks[LEFT_EAR, :2] = (x - WIDTH / 2, y), (x + WIDTH / 2, y)
    box = np.array([x - WIDTH / 2, y - WIDTH * 0.65, x + WIDTH / 2, y + WIDTH * 0.65], np.float32)
    return Face(box, landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


def body() -> Float:
    mask = np.zeros(SIZE, np.float32)
    cv2.ellipse(mask, (150, 90), (34, 46), 0, 0, 360, 1.0, -1)
    cv2.rectangle(mask, (100, 140), (200, 239), 1.0, -1)
    return mask


def grainy() -> Pixels:
    noise = np.random.default_rng(0).integers(40, 215, (60, 80, 3), np.uint8)
    return np.asarray(cv2.resize(noise, SIZE[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture
def photo_view(monkeypatch: pytest.MonkeyPatch) -> CameraView:
    monkeypatch.setattr(view, "person_mask", lambda runtime, pixels: body())
    face = face_at(*CENTRE)
    return CameraView(cast(Runtime, None), grainy(), (face,), (face,))


def shift(before: Pixels, after: Pixels, x: int, y: int) -> Float:
    """The movement of what was at a point, (2,) in pixels."""
    first, then = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (before, after))
    patch = first[y - 10 : y + 11, x - 10 : x + 11]
    scores = cv2.matchTemplate(then[y - 24 : y + 25, x - 24 : x + 25], patch, cv2.TM_CCOEFF_NORMED)
    best = cv2.minMaxLoc(scores)[3]
    return np.array(best, np.float32) - 14


def test_a_drift_moves_people_one_way_and_the_wall_the_other(photo_view: CameraView) -> None:
    photo = grainy()
    there = photo_view.see(photo, place_camera("drift", FRAMES // 3, FRAMES))
    face, left, right = (shift(photo, there, *place) for place in ((150, 90), (30, 90), (290, 90)))
    assert face[0] <= -4  # the camera goes to the right
    assert 0.5 * (left[0] + right[0]) >= face[0] + 5  # the parallax, without what coming nearer spreads
    back = photo_view.see(photo, place_camera("drift", 2 * FRAMES // 3, FRAMES))
    assert shift(photo, back, 150, 90)[0] >= 4


def test_a_push_makes_people_larger_than_the_wall(photo_view: CameraView) -> None:
    photo = grainy()
    near = photo_view.see(photo, place_camera("push", FRAMES // 2, FRAMES))
    assert np.abs(shift(photo, near, 150, 90)).max() <= 1
    assert shift(photo, near, 150, 215)[1] >= 8  # 125 px below the centre, on the person: 8 %
    assert 4 <= shift(photo, near, 290, 90)[0] <= 8  # 140 px beside it, on the wall: half as much


@pytest.mark.parametrize("name", ["push", "drift"])
def test_the_loop_has_no_seam_and_nothing_beyond_the_picture_is_seen(photo_view: CameraView, name: str) -> None:
    framed = grainy()
    framed[:, :1] = framed[:, -1:] = framed[:1] = framed[-1:] = (255, 0, 255)
    frames = list(photo_view.film([framed] * FRAMES, name, FRAMES))
    assert frames[0] is framed
    steps = [np.abs(a.astype(int) - b).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert steps[-1] <= 1.5 * np.median(steps)
    strange = framed.copy()
    strange[1:-1, 1:-1] = 0
    for index, frame in enumerate(photo_view.film([strange] * FRAMES, name, FRAMES)):
        # a border that is repeated beyond the edge would be wider than it was
        assert (frame[90, :, 0] > 127).sum() <= 3 and (frame[:, 150, 0] > 127).sum() <= 3, index


def test_what_stands_still_is_the_frame_itself(photo_view: CameraView) -> None:
    frame = grainy()
    assert photo_view.see(frame, place_camera("still", 5, FRAMES)) is frame


def test_nearness_is_smooth_and_holds_the_faces_that_the_mask_has_missed() -> None:
    near = measure_nearness(np.zeros(SIZE, np.float32), (face_at(*CENTRE),))
    assert near[90 // 4, 150 // 4] == pytest.approx(1.0, abs=1e-3)
    assert near[-1, -1] == near.min() == pytest.approx(0.5, abs=1e-3)
    assert max(np.abs(np.diff(near, axis=0)).max(), np.abs(np.diff(near, axis=1)).max()) < 0.08
