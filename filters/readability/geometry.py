"""Geometry of a face: whether the head is turned too far for the animator, cut by the photo's border, its eyes open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES, LEFT_EYE_INNER, LEFT_EYE_OUTER, RIGHT_EYE_INNER, RIGHT_EYE_OUTER

# Degrees, of Face.pose. Its yaw saturates: a head turned by about 60° reads 42, and its clip still looks well; on
# full profiles the mesh invents a far half, reads 45 and more, and its far eye falls onto the nose.
_YAW: Final = 46.0
_PITCH: Final = 34.0
_ROLL: Final = 50.0  # detectors find faces up to about 45; beyond it landmarks are unsure
# Of the eyes' widths on the picture, the far one's to the near one's: a half-profile has 0.45 and more.
_FAR_EYE: Final = 0.3
_EYE_CORNERS: Final = ((RIGHT_EYE_OUTER, RIGHT_EYE_INNER), (LEFT_EYE_INNER, LEFT_EYE_OUTER))
# What must be on the photo: the eyes' corners, the nose's tip, the mouth's corners. On close-ups forehead and chin
# are cut as a rule, and look well.
_FEATURES: Final = (RIGHT_EYE_OUTER, RIGHT_EYE_INNER, LEFT_EYE_INNER, LEFT_EYE_OUTER, 1, 61, 291)
_BEYOND: Final = 0.02  # of the box's longer side: landmarks at the border itself are unsure
# Height of the slit over the eye's width. Below it the animator itself has hardly anything left to shut.
_SHUT: Final = 0.09


@dataclass(frozen=True, slots=True)
class AngleReading:
    """The angle of one head."""

    yaw: float
    """The turn to a side, in degrees, see `Pose`."""
    pitch: float
    """The nod, in degrees, see `Pose`."""
    roll: float
    """The tilt to a shoulder, in degrees, see `Pose`."""
    far_eye: float
    """The width of the narrower eye on the picture over that of the wider one, 0..1."""
    cause: str
    """The cause of the refusal: "profile", "bowed" or "tilt"; "" where the face may move."""

    @property
    def reason(self) -> Reason | None:
        """HARD_ANGLE where there is a cause, else None."""
        return Reason.HARD_ANGLE if self.cause else None


@dataclass(frozen=True, slots=True)
class BorderReading:
    """The place of one face on its photo."""

    beyond: float
    """The largest distance of an eye, the nose or the mouth beyond the photo's border, as a share of the longer side of
    the face's box; 0 where all of them are on the photo."""
    cause: str
    """The cause of the refusal: "cut", or ""."""

    @property
    def reason(self) -> Reason | None:
        """FACE_COVERED where there is a cause, else None."""
        return Reason.FACE_COVERED if self.cause else None


@dataclass(frozen=True, slots=True)
class EyesReading:
    """The openness of the eyes of one face."""

    openness: tuple[float, float]
    """The height of the opening over the eye's width, of the person's right and left eye; 0.2 to 0.45 when open."""

    @property
    def no_blink(self) -> bool:
        """Whether both eyes are shut, or nearly: the face is animated without a blink."""
        return max(self.openness) < _SHUT


def read_angle(face: Face) -> AngleReading:
    """Measure the angle of a head, and decide whether the animator can carry it."""
    pose = face.pose
    widths = [float(np.linalg.norm(face.landmarks[a, :2] - face.landmarks[b, :2])) for a, b in _EYE_CORNERS]
    far_eye = min(widths) / max(*widths, 1e-3)
    cause = ""
    if abs(pose.yaw) > _YAW or far_eye < _FAR_EYE:
        cause = "profile"
    elif abs(pose.pitch) > _PITCH:
        cause = "bowed"
    elif abs(pose.roll) > _ROLL:
        cause = "tilt"
    return AngleReading(pose.yaw, pose.pitch, pose.roll, far_eye, cause)


def read_border(pixels: Pixels, face: Face) -> BorderReading:
    """Measure whether the photo's border cuts a face, so that half of it would move and half is not there.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
    """
    height, width = pixels.shape[:2]
    x, y = face.landmarks[list(_FEATURES), :2].T
    size = max(float(np.max(face.box[2:] - face.box[:2])), 1.0)
    beyond = max(0.0, *(float(value.max()) / size for value in (-x, -y, x - (width - 1), y - (height - 1))))
    return BorderReading(beyond, "cut" if beyond > _BEYOND else "")


def read_eyes(face: Face) -> EyesReading:
    """Measure how far the eyes of a face are open."""
    right, left = (_openness(face, eye) for eye in EYES)
    return EyesReading((right, left))


def _openness(face: Face, eye: tuple[int, ...]) -> float:
    """Mean height between the lids' inner points (each contour: corner, upper lid, corner, lower lid back)."""
    points = face.landmarks[list(eye), :2].astype(np.float64)
    width = float(np.linalg.norm(points[8] - points[0]))
    upper, lower = points[2:7], points[14:9:-1]
    heights = np.linalg.norm(upper - lower, axis=1)
    return float(heights.mean() / max(width, 1e-3))
