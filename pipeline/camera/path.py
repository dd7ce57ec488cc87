"""The way of the camera over one loop: it begins and ends at rest, where the photo was taken."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_PUSH: Final = 0.08  # of the person's distance, by which the camera comes nearer
_DRIFT: Final = 0.05  # the same while it goes aside: else it would see beyond the picture's edges
_ASIDE: Final = 0.04  # picture widths to each side, at the person's distance
_FARTHEST: Final = 0.75**1.5  # the highest value of sin(t)·(1 - cos(t))/2


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """The camera's place in one frame, counted from where the photo was taken."""

    aside: float
    """Picture widths to the picture's right, at the person's distance."""
    nearer: float
    """Share of the way to the person, 0 or more."""

    @property
    def moved(self) -> bool:
        """Whether it has left the place where the photo was taken."""
        return self.aside != 0.0 or self.nearer != 0.0


def place_camera(name: str, frame: int, frames: int) -> CameraPlace:
    """Find the camera's place; its speed is 0 at the loop's seam.

    Args:
        name: Its way, one of `pipeline.limits.CAMERAS`.
        frame: The frame's number, 0..frames - 1.
        frames: Frames of the loop.
    """
    time = 2.0 * math.pi * frame / frames
    there = 0.5 - 0.5 * math.cos(time)
    match name:
        case "push":
            return CameraPlace(0.0, _PUSH * there)
        case "drift":
            return CameraPlace(_ASIDE * math.sin(time) * there / _FARTHEST, _DRIFT * there)
    return CameraPlace(0.0, 0.0)
