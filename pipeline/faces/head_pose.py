"""Head pose in degrees: a rigid fit of a mean face to the three-dimensional landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float


@dataclass(frozen=True, slots=True)
class Pose:
    """Head pose in degrees as the camera sees it.

    Yaw and pitch are what is left after the picture is turned by -roll, so they are the same on a turned photo. Zero is
    the usual portrait, looking into the camera: the line from the hairline to the chin leans 6° back, chin farther.
    """

    yaw: float
    """> 0: the nose points to the photo's right."""
    pitch: float
    """> 0: the nose points down."""
    roll: float
    """> 0: the head leans clockwise on the picture, the person's left eye lower."""


# A mean face, upright and looking at the camera, in hundredths of the distance between the outer eye corners;
# x to the picture's right, y down, z away from the camera, zero between these corners. Only points that the
# jaw, the lids and the lips leave alone. Measured: Procrustes mean of 81 near-frontal faces of the test
# photos and their mirror images (this model's own meshes, 2026-11), turned so that the median pitch of
# near-frontal portraits is about 0; the points deviate from it by 2-5.
_MIDDLE = (  # (landmark, y, z), x = 0
    (10, -59.3, -21.0), (151, -41.3, -24.7), (9, -21.9, -27.2), (8, -12.2, -25.4), (168, -3.6, -24.7),
    (6, 5.4, -29.3), (197, 13.5, -34.6), (195, 20.9, -40.4), (5, 29.1, -46.3),
)  # fmt: skip
_PAIRS = (  # (landmark at the picture's left, its twin at the right, ±x, y, z)
    (33, 263, 50.0, 0.0, 0.0), (133, 362, 19.4, 2.1, -6.0), (127, 356, 78.4, 3.1, 55.1),
    (234, 454, 77.6, 19.3, 60.6), (162, 389, 77.4, -13.8, 43.3), (21, 251, 74.0, -27.4, 28.9),
    (54, 284, 67.0, -39.8, 15.0), (103, 332, 55.8, -49.6, 0.4), (67, 297, 39.1, -55.9, -11.9),
    (109, 338, 21.2, -58.9, -19.2), (98, 327, 19.0, 49.1, -20.0), (143, 372, 69.1, 4.7, 16.2),
    (117, 346, 58.5, 18.6, 0.7), (227, 447, 77.1, 19.7, 35.3), (108, 337, 18.5, -41.4, -23.1),
    (69, 299, 34.6, -41.1, -18.0), (104, 333, 50.5, -38.2, -9.0), (68, 298, 61.5, -31.4, 1.2),
    (93, 323, 76.3, 35.6, 61.5),
)  # fmt: skip

POINTS: Final = (*(row[0] for row in _MIDDLE), *(row[0] for row in _PAIRS), *(row[1] for row in _PAIRS))
"""Landmarks of the mean face."""
MEAN_FACE: Final = np.array(
    [
        *((0.0, y, z) for _, y, z in _MIDDLE),
        *((-x, y, z) for _, _, x, y, z in _PAIRS),
        *((x, y, z) for _, _, x, y, z in _PAIRS),
    ]
)
"""float64 (n, 3), x, y, z of POINTS in the mean face's units."""

STEADY: Final = (197, 195, 5, 33, 263, 127, 356, 162, 389, 21, 251)
"""Of POINTS those of the ridge of the nose, the outer corners of the eyes and the temples, which raised brows and an
open mouth leave alone best: the pitch of films of known motion is read from them with a correlation of 0.93 instead of
0.85 (16 films of 4 people, brows, mouth and head moving together). They say less of yaw and roll than all points."""


@dataclass(frozen=True, slots=True)
class HeadFit:
    """The mean face laid on a photo: photo = scale · rotation · mean + shift."""

    rotation: Double
    """float64 (3, 3), determinant 1."""
    scale: float
    """Photo pixels in a hundredth of the distance between the outer eye corners."""
    residual: float
    """Root mean square distance of the fitted points, in shares of the distance between the outer eye corners."""

    @property
    def pose(self) -> Pose:
        """The rotation as angles."""
        turn = self.rotation
        yaw = np.arctan2(turn[2, 0], np.hypot(turn[0, 0], turn[1, 0]))
        pitch = np.arctan2(turn[2, 1], turn[2, 2])
        roll = np.arctan2(turn[1, 0], turn[0, 0])
        return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def fit_head(landmarks: Float, chosen: Sequence[int] = POINTS) -> HeadFit:
    """Least-squares similarity (Umeyama 1991) of the mean face to a photo's.

    Args:
        landmarks: float32 (≥ 468, 3), photo pixels, z smaller = nearer.
        chosen: The landmarks that count, of POINTS, three or more.

    Raises:
        ValueError: The points fall on one another.
    """
    points = landmarks[list(chosen)].astype(np.float64)
    model = MEAN_FACE if chosen is POINTS else MEAN_FACE[[POINTS.index(one) for one in chosen]]
    mean, centred = model - model.mean(axis=0), points - points.mean(axis=0)
    if not np.isfinite(centred).all() or np.abs(centred).max() < 1e-6:
        raise ValueError("the landmarks fall on one point")
    left, strength, right = np.linalg.svd(centred.T @ mean)
    handed = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * handed) @ right
    scale = float((strength * handed).sum() / (mean**2).sum())
    off = centred - scale * mean @ rotation.T
    residual = np.sqrt((off**2).sum(axis=1).mean()) / (100 * scale)
    return HeadFit(rotation, scale, float(residual))
