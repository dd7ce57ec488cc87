"""The 21 keypoints of each frame: the photo's own, moved as the motion asks, then corrected by three nets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from pipeline.animate.liveportrait.expression import expression_offsets
from pipeline.animate.liveportrait.lids import lid_offsets
from pipeline.animate.liveportrait.source import KEYPOINTS, Source, rotation_matrices, transform_keypoints
from pipeline.arrays import Float
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime

STITCH, LIPS = "liveportrait_stitch", "liveportrait_lips"
LIPS_OPEN: Final = 0.03  # from here on the official code closes a mouth before it is driven
WIDEN_SHARE: Final = 0.22  # a full `widen` opens the eyes by this share of their own opening
# LivePortrait's angles against ours: yaw > 0 turns the nose to the picture's left there. Measured on published
# templates beside their videos: yaw r -0.92, pitch +0.77…+0.97, roll +0.86…+0.98, a degree is a degree.
_SIGNS: Final = np.array([1.0, -1.0, 1.0], np.float32)  # pitch, yaw, roll
# What stays in place when a head turns: the neck, below and behind the origin of LivePortrait's turns (y 0.3–0.95,
# z 0.2–0.3 on real heads; it explains 74–89 % of their shift in three videos of seven). The motion's own sway comes on
# top, as if z were 0.28.
_PIVOT: Final = np.array([0.0, 0.5, 0.22], np.float32)


@dataclass(frozen=True, slots=True)
class DrivingMotion:
    """The differences of n frames from the photo, float32; all zeros (and ones) is the photo itself."""

    rotation: Float
    """(n, 3, 3): to be multiplied from the left of the photo's."""
    expression: Float
    """(n, 21, 3): to be added to the photo's."""
    scale: Float
    """(n,): a factor."""
    shift: Float
    """(n, 2): across and down, in half crops."""
    lids: Float
    """(n, 2): opening of the person's right and left eye, 0 shut, 1 as on the photo."""
    lips: Float
    """(n,), 0..1: how far a mouth that is open on the photo is closed first, so that an opening of the driving mouth
    does not come on top."""

    def __len__(self) -> int:
        return len(self.scale)

    @classmethod
    def still(cls, count: int) -> Self:
        """The photo, `count` times."""
        eye = np.broadcast_to(np.eye(3, dtype=np.float32), (count, 3, 3)).copy()
        ones = np.ones(count, np.float32)
        expression, shift = np.zeros((count, KEYPOINTS, 3), np.float32), np.zeros((count, 2), np.float32)
        return cls(eye, expression, ones, shift, np.ones((count, 2), np.float32), np.zeros(count, np.float32))


def driving_from_curves(source: Source, motion: Motion, face_width: float, angle: float) -> DrivingMotion:
    """Translate a motion's curves.

    Breath is not used: these nets leave the shoulders still; its lift of the head comes with sway.

    Args:
        source: The face on the photo.
        motion: The motion.
        face_width: Distance of the cheeks in crop widths.
        angle: Radians by which the crop is turned on the photo; sway is meant along the photo.
    """
    curves = motion.curves
    count = len(motion)
    turns = np.stack([curves["pitch"], curves["yaw"], curves["roll"]], axis=1) * _SIGNS
    turned = rotation_matrices(source.info.pose + turns) @ source.rotation.T
    sway = np.stack([curves["sway_x"], curves["sway_y"]], axis=1) * np.float32(2.0 * face_width)
    cos, sin = np.cos(angle), np.sin(angle)
    shift = sway @ np.array([[cos, -sin], [sin, cos]]) + _neck_shift(source, turned)
    # r and l are the person's eyes: on the picture the right one lies at the left
    opened = 1.0 + WIDEN_SHARE * curves["widen"]
    lids = np.stack([opened * (1.0 - curves["blink_r"]), opened * (1.0 - curves["blink_l"])], axis=1)
    return DrivingMotion(
        rotation=turned.astype(np.float32),
        expression=expression_offsets(motion),
        scale=np.ones(count, np.float32),
        shift=shift.astype(np.float32),
        lids=lids.astype(np.float32),
        lips=np.zeros(count, np.float32),
    )


def _neck_shift(source: Source, turned: Float) -> Float:
    """Shift (n, 2), in half crops, with which a head that is turned by `turned` (n, 3, 3) turns about its neck."""
    moved = _PIVOT @ (source.rotation - turned @ source.rotation)
    return np.asarray(source.info.scale[0] * moved[:, :2], np.float32)


def move_keypoints(source: Source, motion: DrivingMotion) -> Float:
    """Move the photo's keypoints, (n, 21, 3): x = s·(c·R + e) + t, each relative to the photo."""
    info = source.info
    shape = info.keypoints @ (motion.rotation @ source.rotation) + (info.expression + motion.expression)
    return transform_keypoints(shape, info.scale * motion.scale, info.translation + motion.shift)


def driving_keypoints(runtime: Runtime, source: Source, motion: DrivingMotion) -> Float:
    """Keypoints (n, 21, 3) of n frames, as W takes them: moved, then lids set, stitched, lips closed by the nets.

    Args:
        runtime: Has the models liveportrait_eyes, liveportrait_stitch and liveportrait_lips.
        source: The face on the photo.
        motion: The frames' differences from it.
    """
    points = move_keypoints(source, motion)
    if (motion.lids != 1.0).any():
        points = points + lid_offsets(runtime, source, motion.lids)
    feeds = {"kp_source": source.points[None], "kp_driving": points}
    stitched: Float = runtime.run(STITCH, feeds)["kp_stitched"]
    if source.lips < LIPS_OPEN or not motion.lips.any():
        return stitched
    ratios = np.array([[source.lips, 0.0]], np.float32)
    closed = runtime.run(LIPS, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(stitched + motion.lips[:, None, None] * closed, np.float32)
