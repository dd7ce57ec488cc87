"""What goes into the exported graph and what comes out. Free of torch, so that tests can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANNELS: Final = (
    "yaw", "pitch", "roll", "smile", "brow", "breath", "blink_r", "blink_l", "widen", "gaze_x", "gaze_y",
    "sway_x", "sway_y",
)  # fmt: skip
EXPRESSIONS: Final = ("smile", "brow", "breath", "widen")
SHADES: Final = ("smile", "yaw", "pitch")
CURVES: Final = ("upper", "lower", "travel", "rise", "top", "opening", "strength")

# H, W: the region; A, B: the window of it that is rendered; P, Q: the texture; h, w: the motion grid; R, S: the larger
# eye's box; T: samples of an eye's curves. float32 unless said.
AXES: Final[Mapping[str, tuple[int | str, ...]]] = {
    "cur": ("N", len(CHANNELS)),  # values of the curves, in the order of CHANNELS
    "texture": (1, 3, "P", "Q"),  # 0..255, the photo `finer` times as large
    "layers": (1, 4, "H", "W"),  # photo - (1 - alpha) · background, 1 - alpha
    "still": ("A", "B", 3),  # 0..255, the photo in the window
    "background": ("A", "B", 3),  # 0..255, in the window
    "corner": (2,),  # x, y of the window
    "local": (3, "h", "w"),  # x, y, z from the pivot, pixels
    "allowed": (3, "h", "w"),  # follow, border along x, border along y: 0..1
    "expressions": (len(EXPRESSIONS), 2, "h", "w"),  # pixels
    "shade": (1, len(SHADES), "h", "w"),  # relative gains
    # across x, y, down x, y, neck x, y (head's frame, from the pivot), focal length, width, step, finer
    "head": (10,),
    # centre x, y, axis u x, y, axis v x, y, width, iris u, v, blink, softness, present 0/1, box left, top,
    # lash line's sigma, darkness, kept paleness
    "eyes": (2, 17),
    "eye_cell": (2,),  # int64, the grid cell of an eye's centre, row · w + column
    "eye_table": (2, len(CURVES), 1, "T"),
    "eye_images": (2, 15, "R", "S"),  # skin 3, skin_soft 3, grain_at, grain 3, ratio 3, lash, rim
}
OUTPUT: Final = "frames"  # uint8 (N, A, B, 3), the window
