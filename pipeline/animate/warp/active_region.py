"""The part of a region where a face's motion can be seen at all: only there a frame is rendered."""

from __future__ import annotations

import itertools
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.displacement import ForwardField
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.arrays import Float, Mask
from pipeline.image_ops import ellipse_kernel, single
from pipeline.motion.channels import CHANNELS, FOLLOWER_LIMITS, LIMITS

_BESIDES: Final = 0.06  # face widths: expressions, breath and sway together
_EXTREMES: Final = tuple(itertools.product((0, 1), repeat=3))


def measure_reach(maps: WarpMaps) -> int:
    """The farthest way of a pixel of the person and of what follows it, in pixels, over all turns of a curve."""
    still = dict.fromkeys(CHANNELS, 0.0)
    near = cv2.resize((maps.alpha > 0.0).astype(np.float32), maps.follow.shape[::-1], interpolation=cv2.INTER_AREA) > 0
    forward = ForwardField(maps)
    followers = [most * np.hypot(*_axes(maps.expressions[name])) for name, most in FOLLOWER_LIMITS.items()]
    late = single(np.sum(followers, 0))
    farthest = 0.0
    for sides in _EXTREMES:
        turn = {name: LIMITS[name][side] for name, side in zip(("yaw", "pitch", "roll"), sides, strict=True)}
        field = forward.at({**still, **turn})
        farthest = max(farthest, float(((np.hypot(*_axes(field)) + late) * near).max()))
    return int(np.ceil(farthest + _BESIDES * maps.head.width))


def _axes(field: Float) -> tuple[Float, Float]:
    """The components of a field (h, w, 2)."""
    return field[..., 0], field[..., 1]


def find_active_region(maps: WarpMaps) -> Mask:
    """The pixels of the region where the person is or can come to, bool (H, W)."""
    step = maps.grid.step
    height, width = maps.region.size
    small = (max(1, width // step), max(1, height // step))
    share = cv2.resize((maps.alpha > 0.0).astype(np.uint8) * 255, small, interpolation=cv2.INTER_AREA)
    grown = cv2.dilate((share > 0).astype(np.uint8), ellipse_kernel(-(-measure_reach(maps) // step)))
    return np.asarray(cv2.resize(grown, (width, height), interpolation=cv2.INTER_NEAREST) > 0)


def bounding_window(mask: Mask, margin: int = 0) -> tuple[slice, slice]:
    """The smallest window around a mask.

    Args:
        mask: bool (H, W).
        margin: Pixels by which the window is grown, inside the array.

    Returns:
        Rows and columns; one pixel when the mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return slice(0, 1), slice(0, 1)
    return (
        slice(max(0, int(rows[0]) - margin), min(mask.shape[0], int(rows[-1]) + 1 + margin)),
        slice(max(0, int(columns[0]) - margin), min(mask.shape[1], int(columns[-1]) + 1 + margin)),
    )
