"""A wall that goes along with the head: one so full of detail that nothing filled in behind the head would be believed.

Leaves, crowds, shelves: a matte takes crumbs of them along, and what a turn uncovers is smeared. Such a wall is bent
instead, less and less away from the head, and nothing is uncovered. A wall with straight lines is not: they would bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, resize, single, smoothstep, wide_gaussian

_UNIT: Final = 100  # pixels a face width at most, at which a wall is looked at
# Lengths in face widths.
_REACH: Final = 0.45  # from the person, where the wall stands still
_BESIDE: Final = 0.40  # from the person: so much of the wall is judged …
_ABOVE: Final = 0.1  # … above this height below the chin
_CALM: Final = 0.09  # blur of the wall, from which its detail differs
_CLEAR: Final = 0.03  # of the silhouette, whose pixels are mixed
_FULL: Final = 18.0  # of 255, 95 % of the detail of a wall that can be filled in
# Share of the gradients that have one direction, or two at right angles: 0.9 and more of planks and window frames, 0.5
# at most of leaves, crowds and rooms.
_LINED: Final = 0.6
_LEAST_WALL: Final = 200  # pixels of it, below which it is left as it is


@dataclass(frozen=True)
class SoftWall:
    """The wall that goes along, of a region (H, W) with a motion grid (h, w)."""

    alpha: Float
    """(H, W), 0..1, the matte of the person and of the wall that goes along."""
    follow: Float
    """(h, w), 0..1, how much of the head's motion each cell has: 1 on the person, 0 where the wall stands still."""

    @classmethod
    def find(cls, pixels: Pixels, alpha: Float, head: Head, grid: Grid) -> Self | None:
        """The wall that goes along with a head; None where the wall stands still.

        Args:
            pixels: The region, uint8 (H, W, 3) RGB.
            alpha: The person's matte, (H, W), 0..1.
            head: The head in region pixels.
            grid: The region's motion grid.
        """
        scale = min(1.0, _UNIT / head.width)
        size = [max(8, round(side * scale)) for side in alpha.shape]
        small, unit = resize(alpha, size), head.width * scale
        person = small > 0.5
        away = single(cv2.distanceTransform((~person).view(np.uint8), cv2.DIST_L2, 5) / unit)
        y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
        below = ((x / scale - head.chin[0]) * head.down[0] + (y / scale - head.chin[1]) * head.down[1]) / head.width
        wall = cv2.erode((small < 0.02).view(np.uint8), ellipse_kernel(max(1, round(_CLEAR * unit)))) > 0
        if not _is_unruly(resize(pixels, size), wall, wall & (away < _BESIDE) & (below < _ABOVE), unit):
            return None
        border = np.minimum(np.minimum(x, size[1] - 1 - x), np.minimum(y, size[0] - 1 - y)) / unit
        rest = np.maximum(away / _REACH, away / np.maximum(away + border, 1e-6))
        follow = resize(single(1.0 - smoothstep(rest, 0.0, 1.0)), grid.size)
        return cls(single(np.maximum(alpha, resize(away, alpha.shape) < _REACH + 2.0 * grid.step / head.width)), follow)


def _is_unruly(pixels: Pixels, wall: Mask, near: Mask, unit: float) -> bool:
    """Whether a wall (h, w) is full of detail near the head, and not of straight lines."""
    if np.count_nonzero(near) < _LEAST_WALL:
        return False
    grey = single(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    share = single(wall)
    calm = wide_gaussian(grey * share, _CALM * unit) / np.maximum(wide_gaussian(share, _CALM * unit), 1e-3)
    if float(np.percentile(np.abs(grey - calm)[near], 95)) < _FULL:
        return False
    by_x, by_y = (cv2.Scharr(grey, cv2.CV_32F, *order)[near] for order in ((1, 0), (0, 1)))
    double = by_x * by_x - by_y * by_y + 2j * by_x * by_y  # of the gradient's angle, and its energy
    energy = np.maximum(np.abs(double), 1e-6)
    one_way, crossed = (np.abs(part.sum()) / energy.sum() for part in (double, double * double / energy))
    return float(max(one_way, crossed)) < _LINED
