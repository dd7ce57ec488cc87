"""Limits of a motion on one photo.

A head that is turned already has less to show on its far side, and one that fills the picture is held at its borders
and would be stretched. A hand at the face would be stretched, too, and a matte in doubt torn. A story's smile follows
the expression that the photo has.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.head_frame import measure_head
from pipeline.arrays import Float
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import LEFT_EYE_OUTER, LEFT_MOUTH_CORNER, RIGHT_EYE_OUTER, RIGHT_MOUTH_CORNER
from pipeline.image_ops import smoothstep
from pipeline.motion.curves import Motion

_RIGID: Final = ("yaw", "pitch", "roll", "sway_x", "sway_y")
_AWAY: Final = (15.0, 38.0)  # degrees away from the camera: from here on less of the motion, from there on …
_LESS_TURNED: Final = 0.1  # … by so much less of a head turned aside: seven at 25 to 42° turn by ±10° without a tear
_LESS_NODDED: Final = 0.35  # … and of one that is bowed or lifted
_NODDED: Final = 12.0  # degrees of pitch that a straight portrait may well have
# Share of the face that the borders hold still. A portrait cut close at the hair has 0.03; one cut at the cheeks 0.2
# to 0.4, and there a second tracker saw the unlimited motion turn the face by 15–28° instead of 11°.
_CROWDED: Final = (0.03, 0.28)
# Corners of the mouth against its middle, in widths of the mouth, on portraits: 0 to 0.1 for earnest and friendly
# faces, below -0.03 for stern and weeping ones. A bowed or lifted head shows them higher or lower.
_CORNERS_BY_PITCH: Final = 0.005  # a degree
_STERN: Final = (-0.03, -0.09)
# Width of the mouth in distances of the outer eye corners: 0.45 to 0.6 shut, 0.65 to 0.85 in a broad smile, which has
# little more to give.
_BROAD: Final = (0.62, 0.82)
_SMILES: Final = ("smile", "smile_side", "cheek")
_LINE_OF_LIPS: Final = (13, 14)


def limit_smile(motion: Motion, landmarks: Float, pose: Pose, mouth_share: float = 1.0) -> Motion:
    """Scale a motion's smile to the photo's expression: a stern face smiles less, and so does a broad smile.

    A smile that was asked for as a gesture is not held back by sternness. Where a hand holds one corner of the mouth,
    the other one alone would make a grimace.

    Args:
        motion: The motion as it was composed.
        landmarks: The face's landmarks on the photo, float32 (478, 3).
        pose: The head's pose there, degrees.
        mouth_share: 0..1, see `WarpMaps.mouth_share`.

    Returns:
        The motion with its smile times 0.3..1, by a hand also less. Corners that sink are held back by a hand alone.
    """
    head = measure_head(landmarks)
    right, left, eye_right, eye_left = (
        landmarks[index, :2] for index in (RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER, RIGHT_EYE_OUTER, LEFT_EYE_OUTER)
    )
    width = float(np.linalg.norm(left - right))
    middle = landmarks[list(_LINE_OF_LIPS), :2].mean(0)
    lifted = float((middle - 0.5 * (left + right)) @ head.down) / width - _CORNERS_BY_PITCH * pose.pitch
    broad = float(smoothstep(width / float(np.linalg.norm(eye_left - eye_right)), *_BROAD))
    asked = any(wish.split(":")[0] == "smile" for wish in motion.name.split("+"))
    stern = 0.0 if asked else float(smoothstep(-lifted, -_STERN[0], -_STERN[1]))
    free = np.float32(mouth_share)
    share = np.float32((1.0 - 0.4 * broad) * (1.0 - 0.5 * stern)) * free
    curves = {name: curve * share if name in _SMILES else curve for name, curve in motion.curves.items()}
    smile = motion.curves["smile"]
    curves["smile"] = np.where(smile < 0.0, smile * free, smile * share)
    return Motion(motion.name, motion.fps, curves)


def limit_turns(motion: Motion, pose: Pose, immobile_share: float = 0.0, risk: float = 0.0) -> Motion:
    """Scale a motion's head turns and sways to what the photo can show; expressions stay.

    Args:
        motion: The motion as it was composed.
        pose: The head's pose on the photo, degrees.
        immobile_share: 0..1, see `WarpMaps.immobile_share`.
        risk: 0..1, see `measure_risk`.

    Returns:
        The motion with its turns times 0.29..1.
    """
    aside = 1.0 - _LESS_TURNED * float(smoothstep(abs(pose.yaw), *_AWAY))
    from_pose = aside * (1.0 - _LESS_NODDED * float(smoothstep(abs(pose.pitch) - _NODDED, *_AWAY)))
    from_borders = 1.0 - 0.5 * float(smoothstep(immobile_share, *_CROWDED))
    from_risk = 1.0 - 0.5 * risk
    share = np.float32(from_pose * min(from_borders, from_risk))
    curves = {name: curve * share if name in _RIGID else curve for name, curve in motion.curves.items()}
    return Motion(motion.name, motion.fps, curves)
