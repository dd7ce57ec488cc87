"""Offsets of LivePortrait's expression keypoints for smile, brows, lips and gaze.

Keypoints and axes are those of the official image editor (KwaiVGI/LivePortrait, src/gradio_pipeline.py, functions
update_delta_new_*, MIT). Sizes and signs are what the trained motion net says of real faces that do the same: 1,151
frames of its published templates, 633 of them beside their videos, see docs/liveportrait.md. A net that is fitted to
all of these measures at once does not generalise to other people, single slopes do.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.liveportrait.source import KEYPOINTS
from pipeline.arrays import Float
from pipeline.motion.curves import Motion

Offsets = tuple[tuple[int, int, float], ...]
"""Keypoint, axis (0 x, 1 y, 2 z), offset for 1.0 of a curve."""

# seven tenths of a full smile with shut lips: the corners go out (7x, 3x) and up (7y, 14y, 20y), the lips thin (19y);
# the lower lids' rise (13y, 16y) is the editor's
_SMILE: Final[Offsets] = (
    (19, 1, -0.016), (14, 1, -0.009), (7, 0, 0.008), (20, 1, -0.0064), (7, 1, -0.006), (3, 0, -0.003), (3, 1, 0.003),
    (13, 1, -0.0018), (16, 1, -0.0018),
)  # fmt: skip
_BROW_UP: Final[Offsets] = ((2, 1, -0.011), (1, 1, 0.0025), (16, 1, 0.002), (2, 0, 0.002))
_BROW_DOWN: Final[Offsets] = ((2, 1, -0.0152), (1, 0, -0.006), (2, 0, 0.0048))  # for 1.0 upwards: a frown is below 0
_GAZE_X: Final[Offsets] = ((11, 0, 0.027), (15, 0, 0.058))
# Lips as the editor's sliders for pursed and for open ones move them, at 12 of 15 and at 30 of 120: not measured on
# faces. There is no keypoint for one side of a smile or a brow, nor for the cheeks alone.
_PUCKER: Final[Offsets] = ((14, 1, 0.012), (3, 1, -0.006), (7, 1, -0.006), (17, 2, -0.006))
_JAW: Final[Offsets] = ((19, 1, 0.030), (19, 2, 0.003), (17, 1, -0.003))
_SQUINT: Final[Offsets] = ((13, 1, -0.0018), (16, 1, -0.0018))
_OF_BROW: Final = {"inner_brow": 0.6, "frown": 0.5}  # of a raised brow, and of a lowered one
_OF_SMILE: Final = 0.25  # of a smile in raised cheeks
# the upper lids (13y, 16y) go with the eyes, as in the editor
_GAZE_Y: Final[Offsets] = ((11, 1, 0.15), (15, 1, 0.15), (13, 1, 0.045), (16, 1, 0.045))


def expression_offsets(motion: Motion) -> Float:
    """Offsets (n, 21, 3) of the keypoints of a motion's frames by all expressions, to be added to the photo's."""
    curves = motion.curves
    out = np.zeros((len(motion), KEYPOINTS, 3), np.float32)
    brow = curves["brow"] + _OF_BROW["inner_brow"] * curves["inner_brow"] - _OF_BROW["frown"] * curves["frown"]
    for offsets, values in (
        (_SMILE, curves["smile"] + _OF_SMILE * curves["cheek"]),
        (_BROW_UP, np.clip(brow, 0.0, 1.0)),
        (_BROW_DOWN, np.clip(brow, -1.0, 0.0)),
        (_PUCKER, curves["pucker"]),
        (_JAW, curves["jaw"]),
        (_SQUINT, curves["squint"]),
        (_GAZE_X, curves["gaze_x"]),
        (_GAZE_Y, curves["gaze_y"]),
    ):
        for point, axis, offset in offsets:
            out[:, point, axis] += np.float32(offset) * values
    return out
