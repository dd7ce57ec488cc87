"""The mood of a photo: which story its own expression asks for, told only where it can be told reliably."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import LEFT_EYE_OUTER, LEFT_MOUTH_CORNER, RIGHT_EYE_OUTER, RIGHT_MOUTH_CORNER
from pipeline.photo.colour import is_monochrome

# Measured on 25 portraits, paintings and old scans: a mouth is 0.37 to 0.60 distances of the outer eye corners wide
# where it is at rest and 0.61 to 0.73 in a smile; its corners lie 0.07 widths of the mouth and more above its middle in
# a smile, 0.03 and more below it on stern faces. Beyond 20° of yaw both are foreshortened and tell nothing.
_BROAD: Final = 0.61
_LIFTED: Final = 0.07
_STERN: Final = -0.03
_TURNED: Final = 20.0
_BY_PITCH: Final = 0.005  # by which corners seem higher a degree of a bowed head
_LIPS: Final = (13, 14)


@dataclass(frozen=True, slots=True)
class Mood:
    """A story that fits a photo, and the reason."""

    motion: str
    """One of `pipeline.limits.PRESETS`."""
    reason: str
    """turned, smiling, stern, old, or empty where nothing can be told."""


def read_mood(pixels: Pixels, face: Face) -> Mood:
    """Choose the story that fits a face.

    Args:
        pixels: The photo, uint8 H×W×3.
        face: The face that will move, in its pixels.

    Returns:
        A head that is turned looks back at us, a smiling one smiles on, a stern one and one on an old photo look at us
        quietly; for all others the usual story.
    """
    if abs(face.pose.yaw) > _TURNED:
        return Mood("gaze", "turned")
    width, lift = _measure_mouth(face.landmarks, face.pose)
    if width >= _BROAD or lift >= _LIFTED:
        return Mood("warmth", "smiling")
    if lift <= _STERN:
        return Mood("gaze", "stern")
    return Mood("gaze", "old") if is_monochrome(pixels) else Mood("nostalgia", "")


def _measure_mouth(landmarks: Float, pose: Pose) -> tuple[float, float]:
    """The mouth's width in distances of the outer eye corners, and how far its corners lie above its middle, in its
    widths."""
    right, left = landmarks[RIGHT_MOUTH_CORNER, :2], landmarks[LEFT_MOUTH_CORNER, :2]
    eyes = landmarks[LEFT_EYE_OUTER, :2] - landmarks[RIGHT_EYE_OUTER, :2]
    across = eyes / max(float(np.linalg.norm(eyes)), 1e-6)
    down = np.array([-across[1], across[0]])
    width = float(np.linalg.norm(left - right))
    middle = landmarks[list(_LIPS), :2].mean(0)
    lift = float((middle - 0.5 * (left + right)) @ down) / max(width, 1e-6)
    return width / max(float(np.linalg.norm(eyes)), 1e-6), lift - _BY_PITCH * pose.pitch
