"""The inputs and the output of the exported graph. Free of torch, so that tests can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.animate.warp.formula import (
    DISPLACEMENTS,
    EYE_IMAGES,
    EYE_VALUES,
    HEAD_VALUES,
    LID_CURVES,
    MOUTH_VALUES,
    SHADES,
)
from pipeline.motion.channels import CHANNELS, FOLLOWERS

# H, W: the region; A, B: the window of it that is rendered; P, Q: the texture; h, w: the motion grid; R, S: the larger
# eye's box; T: samples of an eye's curves; U, V: the mouth's box; L: samples of its line. float32 unless said.
AXES: Final[Mapping[str, tuple[int | str, ...]]] = {
    "cur": ("N", len(CHANNELS) + len(FOLLOWERS)),  # values of the curves, in the order of CHANNELS, FOLLOWERS
    "texture": (1, 3, "P", "Q"),  # 0..255, the photo TEXTURE_SCALE times as large
    "layers": (1, 4, "H", "W"),  # photo - (1 - alpha) · background, 1 - alpha
    "still": ("A", "B", 3),  # 0..255, the photo in the window
    "background": ("A", "B", 3),  # 0..255, the picture behind the person, in the window
    "corner": (2,),  # x, y of the window
    "local": (3, "h", "w"),  # x, y, z from the pivot, pixels
    "allowed": (3, "h", "w"),  # follow, border along x, border along y: 0..1
    "expressions": (len(DISPLACEMENTS), 2, "h", "w"),  # pixels
    "shade": (1, len(SHADES), "h", "w"),  # relative gains
    "head": (len(HEAD_VALUES),),
    "eyes": (2, len(EYE_VALUES)),  # the person's right eye first
    "eye_cell": (2,),  # int64, the grid cell of an eye's centre, row · w + column
    "eye_table": (2, len(LID_CURVES), 1, "T"),
    "eye_images": (2, sum(channels for _, channels in EYE_IMAGES), "R", "S"),
    "mouth": (len(MOUTH_VALUES),),
    "mouth_cell": (1,),  # int64, the grid cell of the mouth's centre
    "mouth_line": (1, 1, 1, "L"),  # pixels
    "mouth_share": (1, 1, "U", "V"),  # 0..1
}
OUTPUT: Final = "frames"  # uint8 (N, A, B, 3), the window
