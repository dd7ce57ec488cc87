"""Curves of a motion over time, periodic, with the photo itself as frame 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from pipeline.arrays import Float
from pipeline.errors import MotionError
from pipeline.limits import FRAME_RATES
from pipeline.motion.channels import CHANNELS, LIMITS


@dataclass(frozen=True)
class Motion:
    """A loop of n frames; frame n would be frame 0 again. Anything else raises MotionError."""

    name: str
    """Name of the preset, the gestures or the recording."""
    fps: int
    """Frames a second, one of FRAME_RATES or, of a preview, a whole part of one."""
    curves: Mapping[str, Float]
    """Every channel of CHANNELS → float32 (n,), finite, inside LIMITS, 0 at frame 0; read-only copies."""

    def __post_init__(self) -> None:
        if self.fps < 1 or all(rate % self.fps for rate in FRAME_RATES):
            raise MotionError(f"fps must be one of {FRAME_RATES} or a whole part of one, not {self.fps}")
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
        """Length of the loop."""
        return len(self) / self.fps

    def every(self, step: int) -> Motion:
        """The same motion at a rate that is `step` times lower; MotionError where that is no whole number."""
        if self.fps % step:
            raise MotionError(f"{self.fps} frames a second can't be every {step}. of them")
        curves = {name: curve[::step] for name, curve in self.curves.items()}
        return replace(self, fps=self.fps // step, curves=curves)

    def unblinking(self) -> Motion:
        """The same motion with lids that stand still, for eyes that are shut on the photo."""
        still = np.zeros(len(self), np.float32)
        return replace(
            self, curves={**self.curves, "blink_r": still, "blink_l": still, "widen": still, "squint": still}
        )


def _checked(name: str, values: Float) -> Float:
    """A read-only copy of a channel's curve, or MotionError."""
    curve = np.array(values, np.float32)
    if curve.ndim != 1:
        raise MotionError(f"the curve {name} must be one row of numbers, not {curve.ndim} dimensions")
    lowest, highest = LIMITS[name]
    if not np.isfinite(curve).all() or curve.min(initial=0) < lowest or curve.max(initial=0) > highest:
        raise MotionError(f"the curve {name} must be finite and stay in {lowest} … {highest}")
    if len(curve) and curve[0] != 0:
        raise MotionError(f"the curve {name} must be 0 at frame 0: the first frame is the photo itself")
    curve.setflags(write=False)
    return curve
