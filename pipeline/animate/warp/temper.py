"""How far a face may turn: a head that is turned already has less to show on its far side."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.motion.curves import Motion
from pipeline.pose import Pose
from pipeline.raster import smoothstep

_RIGID: Final = ("yaw", "pitch", "roll", "sway_x", "sway_y")
_TURNED: Final = (15.0, 38.0)  # degrees away from the camera: from here less, from there on two thirds of the motion
_NODDED: Final = 12.0  # degrees of pitch that a straight portrait may well have


def tempered(motion: Motion, pose: Pose) -> Motion:
    """The motion with its head turns scaled by 0.65..1, by how far the face is turned on the photo."""
    away = float(np.hypot(pose.yaw, max(0.0, abs(pose.pitch) - _NODDED)))
    share = np.float32(1.0 - 0.35 * float(smoothstep(away, *_TURNED)))
    curves = {name: curve * share if name in _RIGID else curve for name, curve in motion.curves.items()}
    return Motion(motion.name, motion.fps, curves)
