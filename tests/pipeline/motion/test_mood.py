"""A story is chosen by what a face shows, and nothing is read into a face that shows nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.limits import MOODS, PRESETS
from pipeline.motion.mood import Mood, read_mood

COLOUR = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
GREY = np.repeat(COLOUR[..., :1], 3, -1)


def make_face(width: float = 0.5, lift: float = 0.02, yaw: float = 0.0, pitch: float = 0.0) -> Face:
    """Eyes 100 pixels apart over a mouth of this width (in distances of the eyes) and lift (in widths of the mouth)."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[33, :2], landmarks[263, :2] = (0, 0), (100, 0)
    half = 50 * width
    landmarks[61, :2], landmarks[291, :2] = (50 - half, 80), (50 + half, 80)
    landmarks[[13, 14], :2] = (50, 80 + 2 * half * lift)
    return Face(np.array([0, -50, 100, 120], np.float32), landmarks, Pose(yaw, pitch, 0.0), 1.0, 1.0)


@pytest.mark.parametrize(
    ("face", "mood"),
    [
        (make_face(), Mood("")),
        (make_face(width=0.7, lift=0.1), Mood("smiling")),
        (make_face(width=0.63, lift=0.1), Mood("")),  # half of those only have a wide mouth
        (make_face(lift=0.1), Mood("")),  # a face that is seen from below
        (make_face(lift=-0.06), Mood("stern")),
        (make_face(width=0.7, yaw=-30), Mood("turned")),
        (make_face(width=0.7, lift=0.1, pitch=20), Mood("")),  # a bowed head only seems to smile
    ],
)
def test_a_face_chooses_its_story(face: Face, mood: Mood) -> None:
    assert read_mood(COLOUR, face) == mood


def test_a_black_and_white_photo_is_quiet_unless_it_smiles() -> None:
    assert read_mood(GREY, make_face()) == Mood("monochrome")
    assert read_mood(GREY, make_face(width=0.7, lift=0.1)) == Mood("smiling")


def test_every_mood_has_a_story() -> None:
    assert set(MOODS.values()) <= set(PRESETS)
    assert Mood("stern").motion == "gaze" and Mood("").motion == PRESETS[0]


def test_the_size_of_a_face_does_not_matter() -> None:
    face = make_face(width=0.7, lift=0.1)
    assert read_mood(COLOUR, replace(face, landmarks=7 * face.landmarks)).reason == "smiling"
