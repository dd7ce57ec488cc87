"""The wall behind a head: filled in where the head leaves it, or bent beside it where no fill would be believed.

Leaves, crowds, shelves: a matte takes crumbs of them along, and what a turn uncovers is smeared. Such a wall is bent
close to the head instead, and nothing is uncovered. A wall with straight lines is not: they would bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.picture_frame import PictureFrame
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, resize, single, wide_gaussian

_UNIT: Final = 100  # pixels a face width at most, at which a wall is looked at
# Lengths in face widths.
_REACH: Final = 0.16  # from the person, where a bent wall stands still
_FALL: Final = 1.5  # power by which its motion falls to there
_BESIDE: Final = 0.40  # from the person: so much of the wall is judged …
_ABOVE: Final = 0.1  # … above this depth below the chin
_CALM: Final = 0.09  # blur of the wall, from which its detail differs
_CLEAR: Final = 0.03  # of the silhouette, whose pixels are mixed
# Of 255, 95 % of the detail of a wall that can be filled in: 20 of clouds, paintings and grainy scans, 35 and more of
# leaves, lettering, crowds.
_FULL: Final = 30.0
# Share of the gradients that have one direction, or two at right angles: 0.7 and more of planks and window frames, 0.5
# at most of leaves and crowds.
_LINED: Final = 0.6
_LEAST_WALL: Final = 200  # pixels of it, below which it is left as it is


@dataclass(frozen=True)
class Wall:
    """The picture behind a head, of a region (H, W) with a motion grid (h, w)."""

    alpha: Float
    """(H, W), 0..1, the matte of all that moves: the person, and a wall that is bent."""
    picture: Float
    """(H, W, 3), 0..255, the picture behind it."""
    share: Float
    """(h, w), 0..1, how much of its motion a cell may have: less than 1 only beside the person."""


def build_wall(pixels: Pixels, alpha: Float, head: Head, grid: Grid, frame: PictureFrame) -> Wall:
    """Decide what becomes of the wall behind a head.

    Args:
        pixels: The region, uint8 (H, W, 3) RGB.
        alpha: The person's matte, (H, W), 0..1.
        head: The head in region pixels.
        grid: The region's motion grid.
        frame: The picture's edges in the region; a wall inside some is filled in.
    """
    scale = min(1.0, _UNIT / head.width)
    small = resize(alpha, [max(8, round(side * scale)) for side in alpha.shape])
    away = single(cv2.distanceTransform((small <= 0.5).view(np.uint8), cv2.DIST_L2, 5) / (head.width * scale))
    if frame.edges or not _is_unruly(pixels, small, away, head, scale):
        return Wall(alpha, frame.fill(pixels, alpha, head.width), np.ones(grid.size, np.float32))
    y, x = np.mgrid[: small.shape[0], : small.shape[1]].astype(np.float32)
    border = np.minimum(np.minimum(x, x[:, ::-1]), np.minimum(y, y[::-1])) / (head.width * scale)
    rest = np.maximum(away / _REACH, away / np.maximum(away + border, 1e-6))  # the photo ends at its border
    share = resize(single(np.clip(1.0 - rest, 0.0, 1.0) ** _FALL), grid.size)
    bent = resize(away, alpha.shape) < _REACH + 2.0 * grid.step / head.width
    return Wall(single(np.maximum(alpha, bent)), single(pixels), share)


def _is_unruly(pixels: Pixels, alpha: Float, away: Float, head: Head, scale: float) -> bool:
    """Whether the wall is full of detail near the head, and not of straight lines.

    Args:
        pixels: The region.
        alpha: The person's matte at `scale`, (h, w).
        away: (h, w), distance from the person, face widths.
        head: The head in region pixels.
        scale: Pixels of `alpha` a pixel of the region.
    """
    unit = head.width * scale
    wall = cv2.erode((alpha < 0.02).view(np.uint8), ellipse_kernel(max(1, round(_CLEAR * unit)))) > 0
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    below = ((x - head.chin[0] * scale) * head.down[0] + (y - head.chin[1] * scale) * head.down[1]) / unit
    near = wall & (away < _BESIDE) & (below < _ABOVE)
    if np.count_nonzero(near) < _LEAST_WALL:
        return False
    grey = single(cv2.cvtColor(np.asarray(resize(pixels, alpha.shape), np.uint8), cv2.COLOR_RGB2GRAY))
    known = single(wall)
    calm = wide_gaussian(grey * known, _CALM * unit) / np.maximum(wide_gaussian(known, _CALM * unit), 1e-3)
    return float(np.percentile(np.abs(grey - calm)[near], 95)) > _FULL and not _is_lined(grey, near)


def _is_lined(grey: Float, near: Mask) -> bool:
    """Whether most of the gradients of an image (h, w) have one direction, or two at right angles."""
    by_x, by_y = (cv2.Scharr(grey, cv2.CV_32F, *order)[near] for order in ((1, 0), (0, 1)))
    double = by_x * by_x - by_y * by_y + 2j * by_x * by_y  # of the gradient's angle
    energy = np.maximum(np.abs(double), 1e-6)
    one_way, crossed = (abs(complex(part.sum())) / float(energy.sum()) for part in (double, double * double / energy))
    return max(one_way, crossed) > _LINED
