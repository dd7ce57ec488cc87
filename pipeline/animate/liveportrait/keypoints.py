"""The 21 keypoints of each frame: the photo's own, moved as the motion asks, then corrected by three nets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import numpy as np

from pipeline.animate.liveportrait.source import KEYPOINTS, Source, rotation_matrices, transform_keypoints
from pipeline.arrays import Float
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime

STITCH, EYES, LIPS = "liveportrait_stitch", "liveportrait_eyes", "liveportrait_lips"
# Facts of the nets, from the official editor: keypoints 11, 13 belong to one eye, 15, 16 to the other, 18 to both.
ONE_EYE: Final = (11, 13)
OTHER_EYE: Final = (15, 16)
LIPS_OPEN: Final = 0.03  # from here on the official code closes a mouth before it is driven

SliderOffsets = tuple[tuple[int, int, float], ...]
"""Keypoint, axis (0 x, 1 y, 2 z), offset for one step of the editor's slider."""

# Published facts: which expression keypoints the official image editor moves, and how far for one step of its sliders
# (KwaiVGI/LivePortrait, src/gradio_pipeline.py, functions update_delta_new_*, MIT).
_SMILE: Final[SliderOffsets] = (
    (20, 1, -0.01), (14, 1, -0.02), (17, 1, 0.0065), (17, 2, 0.003), (13, 1, -0.00275), (16, 1, -0.00275),
    (3, 1, -0.0035), (7, 1, -0.0035),
)  # fmt: skip
_BROW_UP: Final[SliderOffsets] = ((1, 1, 0.001), (2, 1, -0.001))
_BROW_DOWN: Final[SliderOffsets] = ((1, 0, -0.001), (2, 0, 0.001), (1, 1, 0.0003), (2, 1, -0.0003))
_GAZE_RIGHT: Final[SliderOffsets] = ((11, 0, 0.0007), (15, 0, 0.001))
_GAZE_LEFT: Final[SliderOffsets] = ((11, 0, 0.001), (15, 0, 0.0007))
# up by one step, with its own correction of the lids (half a step of the editor's blink)
_GAZE_UP: Final[SliderOffsets] = ((11, 1, -0.0005), (15, 1, -0.0005), (13, 1, -0.00015), (16, 1, -0.00015))

# Steps of those sliders for 1.0 of our curve. The sliders end at 1.3 (smile), ±30 (brow, gaze across), ±63 (gaze up).
# Chosen so that our "full light expression" is half of what the editor allows; with real weights never seen.
SLIDER_STEPS: Final[Mapping[str, float]] = MappingProxyType(
    {"smile": 0.65, "brow_up": 15.0, "brow_down": 15.0, "gaze_x": 150.0, "gaze_y": 300.0}
)
WIDEN_SHARE: Final = 0.22  # a full `widen` opens the eyes by this share of their own opening
# LivePortrait's angles against ours: yaw > 0 turns the nose to the picture's left there. Follows from its matrices with
# z pointing inward, and from other editors of these weights, which turn its sign as well.
_SIGNS: Final = np.array([1.0, -1.0, 1.0], np.float32)  # pitch, yaw, roll


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
    shift = sway @ np.array([[cos, -sin], [sin, cos]])
    # r and l are the person's eyes: on the picture the right one lies at the left
    opened = 1.0 + WIDEN_SHARE * curves["widen"]
    lids = np.stack([opened * (1.0 - curves["blink_r"]), opened * (1.0 - curves["blink_l"])], axis=1)
    return DrivingMotion(
        rotation=turned.astype(np.float32),
        expression=_expression_offsets(motion),
        scale=np.ones(count, np.float32),
        shift=shift.astype(np.float32),
        lids=lids.astype(np.float32),
        lips=np.zeros(count, np.float32),
    )


def _expression_offsets(motion: Motion) -> Float:
    """Offsets of the keypoints (n, 21, 3) by smile, brows and gaze."""
    smile, brow = motion.curves["smile"] * SLIDER_STEPS["smile"], motion.curves["brow"]
    across, down = motion.curves["gaze_x"] * SLIDER_STEPS["gaze_x"], motion.curves["gaze_y"] * SLIDER_STEPS["gaze_y"]
    out = np.zeros((len(motion), KEYPOINTS, 3), np.float32)
    for offsets, steps in (
        (_SMILE, smile),
        (_BROW_UP, np.maximum(brow, 0.0) * SLIDER_STEPS["brow_up"]),
        (_BROW_DOWN, np.minimum(brow, 0.0) * SLIDER_STEPS["brow_down"]),
        (_GAZE_RIGHT, np.maximum(across, 0.0)),
        (_GAZE_LEFT, np.minimum(across, 0.0)),
        (_GAZE_UP, -down),
    ):
        for point, axis, offset in offsets:
            out[:, point, axis] += np.float32(offset) * steps
    return out


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
        points = points + _lid_offsets(runtime, source, motion.lids)
    feeds = {"kp_source": source.points[None], "kp_driving": points}
    stitched: Float = runtime.run(STITCH, feeds)["kp_stitched"]
    if source.lips < LIPS_OPEN or not motion.lips.any():
        return stitched
    ratios = np.array([[source.lips, 0.0]], np.float32)
    closed = runtime.run(LIPS, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(stitched + motion.lips[:, None, None] * closed, np.float32)


def _lid_offsets(runtime: Runtime, source: Source, opening: Float) -> Float:
    """Offsets (n, 21, 3) that open the eyes by `opening` (n, 2) of their own ratio.

    The net takes one ratio for both eyes; it is run twice, and each eye's points take their own answer. The answer for
    the photo's own ratio is subtracted, so that an eye that stays as it is does not move.
    """
    # the person's right eye lies at the left of the picture
    at_left, at_right = (_delta(runtime, source, own, opening[:, side]) for side, own in enumerate(source.eyes))
    canonical = source.info.keypoints[0]
    one_is_left = canonical[list(ONE_EYE), 0].mean() < canonical[list(OTHER_EYE), 0].mean()
    delta = (at_left + at_right) / 2
    delta[:, list(ONE_EYE)] = (at_left if one_is_left else at_right)[:, list(ONE_EYE)]
    delta[:, list(OTHER_EYE)] = (at_right if one_is_left else at_left)[:, list(OTHER_EYE)]
    return np.asarray(delta, np.float32)


def _delta(runtime: Runtime, source: Source, own: float, opening: Float) -> Float:
    """The net's offsets (n, 21, 3) for both eyes at opening (n,) · own, less those for `own`."""
    wanted = np.append(own * opening, own).astype(np.float32)
    ratios = np.column_stack([np.tile(source.eyes, (len(wanted), 1)), wanted]).astype(np.float32)
    delta = runtime.run(EYES, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(delta[:-1] - delta[-1:], np.float32)
