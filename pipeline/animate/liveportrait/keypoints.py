"""Where the 21 keypoints of each frame go: the photo's own, moved by what is wanted, then corrected by three nets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import numpy as np

from pipeline.animate.liveportrait.source import KEYPOINTS, Source, placed, rotation
from pipeline.arrays import Float
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime

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


STITCH, EYES, LIPS = "liveportrait_stitch", "liveportrait_eyes", "liveportrait_lips"
# Facts of the nets, from the official editor: points 11, 13 belong to one eye, 15, 16 to the other, 18 to both.
ONE_EYE: Final = (11, 13)
OTHER_EYE: Final = (15, 16)
LIPS_OPEN: Final = 0.03  # from here on the official code closes a mouth before it is driven


@dataclass(frozen=True, slots=True)
class Drive:
    """What n frames differ by from the photo; all zeros (and ones) is the photo itself. float32.

    `rotation` (n, 3, 3): to be multiplied from the left of the photo's. `expression` (n, 21, 3): added.
    `scale` (n,): a factor. `shift` (n, 2): across and down, half crops. `lids` (n, 2): opening of the eyes at the
    left and right of the picture, 0 shut, 1 as on the photo. `lips` (n,): 0..1, how far a mouth that is open on the
    photo is closed first, so that an opening of the donor's mouth does not come on top.
    """

    rotation: Float
    expression: Float
    scale: Float
    shift: Float
    lids: Float
    lips: Float

    def __len__(self) -> int:
        return len(self.scale)

    @classmethod
    def still(cls, count: int) -> Self:
        """The photo, `count` times."""
        eye = np.broadcast_to(np.eye(3, dtype=np.float32), (count, 3, 3)).copy()
        ones = np.ones(count, np.float32)
        expression, shift = np.zeros((count, 21, 3), np.float32), np.zeros((count, 2), np.float32)
        return cls(eye, expression, ones, shift, np.ones((count, 2), np.float32), np.zeros(count, np.float32))


def posed(source: Source, drive: Drive) -> Float:
    """Keypoints (n, 21, 3) before the nets: x = s·(c·R + e) + t, each relative to the photo."""
    seen = source.seen
    shape = seen.keypoints @ (drive.rotation @ source.rotation) + (seen.expression + drive.expression)
    return placed(shape, seen.scale * drive.scale, seen.translation + drive.shift)


def driving(runtime: Runtime, source: Source, drive: Drive) -> Float:
    """Keypoints (n, 21, 3) of n frames, as W takes them: posed, lids moved, stitched, lips closed."""
    points = posed(source, drive)
    if (drive.lids != 1.0).any():
        points = points + _lids(runtime, source, drive.lids)
    feeds = {"kp_source": source.points[None], "kp_driving": points}
    stitched: Float = runtime.run(STITCH, feeds)["kp_stitched"]
    if source.lips < LIPS_OPEN or not drive.lips.any():
        return stitched
    ratios = np.array([[source.lips, 0.0]], np.float32)
    closed = runtime.run(LIPS, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(stitched + drive.lips[:, None, None] * closed, np.float32)


def _lids(runtime: Runtime, source: Source, opening: Float) -> Float:
    """What to add (n, 21, 3) so that the eyes open by `opening` (n, 2) of their own ratio.

    The net knows one wish for both eyes; it is asked twice, and each eye's points take its own answer. What it answers
    for the photo's own ratio is taken off, so that nothing wanted means nothing moved.
    """
    left, right = (_delta(runtime, source, own, opening[:, side]) for side, own in enumerate(source.eyes))
    canonical = source.seen.keypoints[0]
    one_is_left = canonical[list(ONE_EYE), 0].mean() < canonical[list(OTHER_EYE), 0].mean()
    delta = (left + right) / 2
    delta[:, list(ONE_EYE)] = (left if one_is_left else right)[:, list(ONE_EYE)]
    delta[:, list(OTHER_EYE)] = (right if one_is_left else left)[:, list(OTHER_EYE)]
    return np.asarray(delta, np.float32)


def _delta(runtime: Runtime, source: Source, own: float, opening: Float) -> Float:
    wanted = np.append(own * opening, own).astype(np.float32)
    ratios = np.column_stack([np.tile(source.eyes, (len(wanted), 1)), wanted]).astype(np.float32)
    delta = runtime.run(EYES, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(delta[:-1] - delta[-1:], np.float32)
