"""The angle of the head and the openness of the eyes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from filters.readability.geometry import read_angle, read_border, read_eyes
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import EYES


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
    reading = read_angle(replace(face, pose=pose))
    assert reading.cause == cause
    assert reading.reason == (Reason.HARD_ANGLE if cause else None)


def test_a_mesh_whose_far_eye_is_a_sliver_is_a_profile(face: Face) -> None:
    squeezed = face.landmarks.copy()
    eye = list(EYES[1])
    squeezed[eye, 0] = squeezed[eye, 0].mean() + 0.2 * (squeezed[eye, 0] - squeezed[eye, 0].mean())
    assert read_angle(replace(face, landmarks=squeezed)).cause == "profile"


@pytest.mark.parametrize(
    ("left", "cause"),
    [(0.0, ""), (0.12, ""), (0.5, "cut")],
    ids=["whole", "without an ear", "half"],
)
def test_a_face_that_the_border_cuts_in_two_is_refused(astronaut: Pixels, face: Face, left: float, cause: str) -> None:
    start = int(face.box[0] + left * (face.box[2] - face.box[0])) if left else 0
    moved = replace(
        face,
        landmarks=face.landmarks - np.array([start, 0, 0], np.float32),
        box=face.box - np.array([start, 0, start, 0], np.float32),
    )
    reading = read_border(astronaut[:, start:], moved)
    assert reading.cause == cause
    assert reading.reason == (Reason.FACE_COVERED if cause else None)


def test_shut_eyes_are_animated_without_a_blink(face: Face) -> None:
    shut = face.landmarks.copy()
    for eye in EYES:
        shut[list(eye), 1] = shut[list(eye), 1].mean()
    assert read_eyes(replace(face, landmarks=shut)).no_blink
    one = face.landmarks.copy()
    one[list(EYES[0]), 1] = one[list(EYES[0]), 1].mean()
    assert not read_eyes(replace(face, landmarks=one)).no_blink
