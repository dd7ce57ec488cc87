"""A motion: named curves over time, periodic, with the photo itself as frame 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MotionError

# yaw > 0 nose to the photo's right, pitch > 0 nose down, roll > 0 clockwise on the picture: degrees.
# smile, brow, breath: 0 = as on the photo, 1 = full light expression (brow and smile may be slightly
# negative). blink_r / blink_l: 0 = as open as on the photo, 1 = shut; r and l are the PERSON's right and left
# eye. widen: 0..1, eyes opened wider (surprise). gaze_x, gaze_y: shift of the iris in eye widths (> 0:
# photo's right, down). sway_x, sway_y: shift of the head in face widths.
CHANNELS: tuple[str, ...] = (
    "yaw", "pitch", "roll", "smile", "brow", "breath", "blink_r", "blink_l", "widen", "gaze_x", "gaze_y",
    "sway_x", "sway_y",
)  # fmt: skip

# Lowest and highest value of a channel, in the units above. Beyond ±14° of yaw the warp tears at the far
# cheek; the others are where an expression stops being light.
LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "yaw": (-14.0, 14.0),
        "pitch": (-8.0, 8.0),
        "roll": (-7.0, 7.0),
        "smile": (-0.25, 1.0),
        "brow": (-0.5, 1.0),
        "breath": (0.0, 1.0),
        "blink_r": (0.0, 1.0),
        "blink_l": (0.0, 1.0),
        "widen": (0.0, 1.0),
        "gaze_x": (-0.12, 0.12),
        "gaze_y": (-0.08, 0.08),
        "sway_x": (-0.05, 0.05),
        "sway_y": (-0.05, 0.05),
    }
)
FRAME_RATES: tuple[int, ...] = (25, 30)


@dataclass(frozen=True)
class Motion:
    """A loop of n frames; frame n would be frame 0 again.

    `curves`: every channel of CHANNELS → float32 (n,), finite, inside LIMITS, 0 at frame 0, read-only (copies
    of what was given). `fps`: one of FRAME_RATES. Raises MotionError for anything else.
    """

    name: str
    fps: int
    curves: Mapping[str, NDArray[np.float32]]

    def __post_init__(self) -> None:
        if self.fps not in FRAME_RATES:
            raise MotionError(f"fps must be one of {FRAME_RATES}, not {self.fps}")
        if set(self.curves) != set(CHANNELS):
            raise MotionError(f"a motion has exactly the channels {', '.join(CHANNELS)}")
        checked = {name: _checked(name, self.curves[name]) for name in CHANNELS}
        lengths = {len(curve) for curve in checked.values()}
        if len(lengths) != 1 or lengths == {0}:
            raise MotionError("all curves of a motion must have the same length, at least one frame")
        object.__setattr__(self, "curves", MappingProxyType(checked))

    def __len__(self) -> int:
        return len(self.curves["yaw"])

    @property
    def seconds(self) -> float:
        return len(self) / self.fps

    def unblinking(self) -> Motion:
        """The same without lids that move: for eyes that are shut on the photo."""
        still = np.zeros(len(self), np.float32)
        return replace(self, curves={**self.curves, "blink_r": still, "blink_l": still, "widen": still})


def _checked(name: str, given: NDArray[np.float32]) -> NDArray[np.float32]:
    curve = np.array(given, np.float32)
    if curve.ndim != 1:
        raise MotionError(f"the curve {name} must be one row of numbers, not {curve.ndim} dimensions")
    lowest, highest = LIMITS[name]
    if not np.isfinite(curve).all() or curve.min(initial=0) < lowest or curve.max(initial=0) > highest:
        raise MotionError(f"the curve {name} must be finite and stay in {lowest} … {highest}")
    if len(curve) and curve[0] != 0:
        raise MotionError(f"the curve {name} must be 0 at frame 0: the first frame is the photo itself")
    curve.setflags(write=False)
    return curve
