"""Channels of a motion: their names, units and limits. Free of numpy, so that an exporter may import it alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

CurveValues: TypeAlias = Mapping[str, float]
"""One frame of a motion: the value of each channel of CHANNELS, in the units below; those of FOLLOWERS where they are
not 0."""

# yaw > 0 nose to the photo's right, pitch > 0 nose down, roll > 0 clockwise on the picture: degrees.
# smile, brow, breath: 0 = as on the photo, 1 = full light expression (brow and smile may be slightly
# negative). blink_r / blink_l: 0 = as open as on the photo, 1 = shut; r and l are the PERSON's right and left
# eye. widen: 0..1, eyes opened wider (surprise). gaze_x, gaze_y: shift of the iris in eye widths (> 0:
# photo's right, down). sway_x, sway_y: shift of the head in face widths. smile_side, brow_side: what the PERSON's
# left half of the face has more, and the right half less, of a smile or a raised brow. jaw: lips part; pucker: lips for
# a kiss; frown: inner brows down and together; inner_brow: they rise; squint: lower lids up; cheek: cheeks up; 0..1.
CHANNELS: Final = (
    "yaw", "pitch", "roll", "smile", "brow", "breath", "blink_r", "blink_l", "widen", "gaze_x", "gaze_y",
    "sway_x", "sway_y", "smile_side", "brow_side", "jaw", "pucker", "frown", "inner_brow", "squint", "cheek",
)  # fmt: skip

# Lowest and highest value of a channel, in the units above. Beyond ±14° of yaw the warp tears at the far
# cheek; the others are where an expression stops being light.
LIMITS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "yaw": (-14.0, 14.0),
        "pitch": (-8.0, 8.0),
        "roll": (-7.0, 7.0),
        "smile": (-0.4, 1.0),
        "brow": (-0.5, 1.0),
        "breath": (0.0, 1.0),
        "blink_r": (0.0, 1.0),
        "blink_l": (0.0, 1.0),
        "widen": (0.0, 1.0),
        "gaze_x": (-0.12, 0.12),
        "gaze_y": (-0.08, 0.08),
        "sway_x": (-0.05, 0.05),
        "sway_y": (-0.05, 0.05),
        "smile_side": (-0.5, 0.5),
        "brow_side": (-0.5, 0.5),
        "jaw": (0.0, 1.0),
        "pucker": (0.0, 1.0),
        "frown": (0.0, 1.0),
        "inner_brow": (0.0, 1.0),
        "squint": (0.0, 1.0),
        "cheek": (0.0, 1.0),
    }
)

# What follows the head by itself, computed from the channels above; shifts in face widths. hang: hair beside the face,
# to the photo's right; dangle: ear-rings, the same; crown_x, crown_y: the top of the hair, a hat and its brim, to the
# right and down against the head.
FOLLOWER_LIMITS: Final[Mapping[str, float]] = MappingProxyType(
    {"hang": 0.06, "dangle": 0.035, "crown_x": 0.03, "crown_y": 0.02}
)
"""The most by which a follower leaves its place, either way."""
FOLLOWERS: Final = tuple(FOLLOWER_LIMITS)
"""Their names, in the order of the graph's inputs."""
