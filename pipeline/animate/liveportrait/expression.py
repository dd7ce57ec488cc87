"""Our motion curves in LivePortrait's terms: degrees, shifts, and offsets of single expression keypoints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from pipeline.animate.liveportrait.keypoints import Drive
from pipeline.animate.liveportrait.source import KEYPOINTS, Source, rotation
from pipeline.arrays import Float
from pipeline.motion.curves import Motion

Table = tuple[tuple[int, int, float], ...]  # (keypoint, axis x y z, offset for one step of the editor's slider)

# Published facts: which expression keypoints the official image editor moves, and how far for one step of its sliders
# (KwaiVGI/LivePortrait, src/gradio_pipeline.py, functions update_delta_new_*, MIT).
_SMILE: Final[Table] = (
    (20, 1, -0.01), (14, 1, -0.02), (17, 1, 0.0065), (17, 2, 0.003), (13, 1, -0.00275), (16, 1, -0.00275),
    (3, 1, -0.0035), (7, 1, -0.0035),
)  # fmt: skip
_BROW_UP: Final[Table] = ((1, 1, 0.001), (2, 1, -0.001))
_BROW_DOWN: Final[Table] = ((1, 0, -0.001), (2, 0, 0.001), (1, 1, 0.0003), (2, 1, -0.0003))
_GAZE_RIGHT: Final[Table] = ((11, 0, 0.0007), (15, 0, 0.001))
_GAZE_LEFT: Final[Table] = ((11, 0, 0.001), (15, 0, 0.0007))
# up by one step, its own correction of the lids (half a step of the editor's blink) included
_GAZE_UP: Final[Table] = ((11, 1, -0.0005), (15, 1, -0.0005), (13, 1, -0.00015), (16, 1, -0.00015))

# Steps of those sliders for 1.0 of our curve. The sliders end at 1.3 (smile), ±30 (brow, gaze across), ±63 (gaze up).
# Chosen so that our "full light expression" is half of what the editor allows; with real weights never seen.
STEPS: Final[Mapping[str, float]] = MappingProxyType(
    {"smile": 0.65, "brow_up": 15.0, "brow_down": 15.0, "gaze_x": 150.0, "gaze_y": 300.0}
)
WIDENED: Final = 0.22  # a full `widen` opens the eyes by this share of their own opening
# LivePortrait's angles against ours: yaw > 0 turns the nose to the picture's left there. Follows from its matrices with
# z pointing inward, and from other editors of these weights, which turn its sign as well.
_SIGNS: Final = np.array([1.0, -1.0, 1.0], np.float32)  # pitch, yaw, roll


def drive_of(source: Source, motion: Motion, face_width: float, angle: float) -> Drive:
    """A motion's curves → what each frame differs by.

    `face_width`: distance of the cheeks in crop widths. `angle`: radians by which the crop is turned on the photo;
    sway is meant along the photo. Breath is not used: these nets leave the shoulders still; its lift of the head comes
    with sway.
    """
    curves = motion.curves
    count = len(motion)
    turns = np.stack([curves["pitch"], curves["yaw"], curves["roll"]], axis=1) * _SIGNS
    turned = rotation(source.seen.pose + turns) @ source.rotation.T
    sway = np.stack([curves["sway_x"], curves["sway_y"]], axis=1) * np.float32(2.0 * face_width)
    cos, sin = np.cos(angle), np.sin(angle)
    shift = sway @ np.array([[cos, -sin], [sin, cos]])
    # r and l are the person's eyes: on the picture the right one lies at the left
    opened = 1.0 + WIDENED * curves["widen"]
    lids = np.stack([opened * (1.0 - curves["blink_r"]), opened * (1.0 - curves["blink_l"])], axis=1)
    return Drive(
        rotation=turned.astype(np.float32),
        expression=_offsets(motion),
        scale=np.ones(count, np.float32),
        shift=shift.astype(np.float32),
        lids=lids.astype(np.float32),
        lips=np.zeros(count, np.float32),
    )


def _offsets(motion: Motion) -> Float:
    """(n, 21, 3): smile, brows and gaze."""
    smile, brow = motion.curves["smile"] * STEPS["smile"], motion.curves["brow"]
    across, down = motion.curves["gaze_x"] * STEPS["gaze_x"], motion.curves["gaze_y"] * STEPS["gaze_y"]
    out = np.zeros((len(motion), KEYPOINTS, 3), np.float32)
    for table, steps in (
        (_SMILE, smile),
        (_BROW_UP, np.maximum(brow, 0.0) * STEPS["brow_up"]),
        (_BROW_DOWN, np.minimum(brow, 0.0) * STEPS["brow_down"]),
        (_GAZE_RIGHT, np.maximum(across, 0.0)),
        (_GAZE_LEFT, np.minimum(across, 0.0)),
        (_GAZE_UP, -down),
    ):
        for point, axis, offset in table:
            out[:, point, axis] += np.float32(offset) * steps
    return out
