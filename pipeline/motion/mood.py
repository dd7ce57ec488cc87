"""The mood of a photo: which story its own expression asks for, told only where it can be told reliably."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import LEFT_EYE_OUTER, LEFT_MOUTH_CORNER, RIGHT_EYE_OUTER, RIGHT_MOUTH_CORNER
from pipeline.limits import MOODS
from pipeline.photo.colour import is_monochrome

# Looked at on 75 portraits, paintings and old scans: a mouth of 0.66 distances of the outer eye corners and more smiled
# on all of them, one of 0.61 to 0.65 on half; corners that lie 0.07 widths of the mouth above its middle are as often
# those of a face seen from below. Corners 0.05 and more below it were those of stern faces alone. Beyond 20° of yaw
# both are foreshortened and tell nothing.
_BROAD: Final = 0.66
_LIFTED: Final = 0.05
_STERN: Final = -0.05
_TURNED: Final = 20.0
_BY_PITCH: Final = 0.005  # by which corners seem higher a degree of a bowed head
_LIPS: Final = (13, 14)


@dataclass(frozen=True, slots=True)
class Mood:
    """A story that fits a photo, and the reason."""

    reason: str
    """One of MOODS; empty where nothing can be told."""

    @property
    def motion(self) -> str:
        """One of `pipeline.limits.PRESETS`."""
        return MOODS[self.reason]


def read_mood(pixels: Pixels, face: Face) -> Mood:
    """Choose the story that fits a face.

    Args:
        pixels: The photo, uint8 H×W×3.
        face: The face that will move, in its pixels.

    Returns:
        A head that is turned looks back at us, a smiling one smiles on, a stern one and one on a black and white photo
        look at us quietly; for all others the usual story.
    """
    if abs(face.pose.yaw) > _TURNED:
        return Mood("turned")
    width, lift = _measure_mouth(face.landmarks, face.pose)
    if width >= _BROAD and lift >= _LIFTED:
        return Mood("smiling")
    if lift <= _STERN:
        return Mood("stern")
    return Mood("monochrome" if is_monochrome(pixels) else "")


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
