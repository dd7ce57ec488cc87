"""Limits of a face's turns on one photo.

A head that is turned already has less to show on its far side, and one that fills the picture is held at its borders
and would be stretched.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.faces.head_pose import Pose
from pipeline.image_ops import smoothstep
from pipeline.motion.curves import Motion

_RIGID: Final = ("yaw", "pitch", "roll", "sway_x", "sway_y")
_TURNED: Final = (15.0, 38.0)  # degrees away from the camera: from here less, from there on two thirds of the motion
_NODDED: Final = 12.0  # degrees of pitch that a straight portrait may well have
# Share of the face that the borders hold still. A portrait cut close at the hair has 0.03; one cut at the cheeks 0.2
# to 0.4, and there a second tracker saw the unlimited motion turn the face by 15–28° instead of 11°.
_CROWDED: Final = (0.03, 0.28)


def limit_turns(motion: Motion, pose: Pose, immobile_share: float = 0.0) -> Motion:
    """Scale a motion's head turns and sways to what the photo can show; expressions stay.

    Args:
        motion: The motion as it was composed.
        pose: The head's pose on the photo, degrees.
        immobile_share: 0..1, see `WarpMaps.immobile_share`.

    Returns:
        The motion with its turns times 0.33..1.
    """
    away = float(np.hypot(pose.yaw, max(0.0, abs(pose.pitch) - _NODDED)))
    from_pose = 1.0 - 0.35 * float(smoothstep(away, *_TURNED))
    from_borders = 1.0 - 0.5 * float(smoothstep(immobile_share, *_CROWDED))
    share = np.float32(from_pose * from_borders)
    curves = {name: curve * share if name in _RIGID else curve for name, curve in motion.curves.items()}
    return Motion(motion.name, motion.fps, curves)
