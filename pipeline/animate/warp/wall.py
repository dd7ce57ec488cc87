"""The wall behind a head: filled in where the head leaves it, or bent beside it where no fill would be believed.

Leaves, crowds, shelves, lettering: a matte takes crumbs of them along, and what a turn uncovers is smeared. Such a wall
is bent close to the head instead, and nothing is uncovered. Its level lines beside the hair are bent as little as can
be. A wall of planks or window panes is not: all of it would be seen to bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.picture_frame import PictureFrame
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import ellipse_kernel, polygon_mask, resize, single, smoothstep, wide_gaussian

_UNIT: Final = 100  # pixels a face width at most, at which a wall is looked at
# Lengths in face widths.
_REACH: Final = 0.22  # from the person, where a bent wall stands still: nearer squeezes letters, farther costs time
_FALL: Final = 1.5  # power by which its motion falls to there …
_FALL_ACROSS: Final = 2.0  # … and so much more across a line
_HELD, _HAIR = 0.45, 0.12  # share of the hair's motion that a line takes, and how deep in it
_BESIDE_HAIR: Final = (0.4, 0.7)  # face heights above the chin: below there is no hair that could
_LINES: Final = (0.07, 0.3, 0.7)  # blur by which lines are looked for, and coherence from which on there are some
_STEEP: Final = 20.0  # of 255 a pixel: weaker lines may bend
_BESIDE: Final = 0.40  # from the person: so much of the wall is judged …
_ABOVE: Final = 0.1  # … above this depth below the chin
_CALM: Final = 0.09  # blur of the wall, from which its detail differs
_CLEAR: Final = 0.03  # of the silhouette, whose pixels are mixed
# Of 255, 95 % of the detail of a wall that can be filled in: 20 of clouds, paintings and grainy scans, 29 and more of
# leaves, lettering, crowds.
_FULL: Final = 27.0
# Share of the gradients that have one direction, or two at right angles: 0.8 and more of planks and window frames, up
# to 0.7 of leaves, rooms and crowds; and its typical detail against that of _FULL: 0.1 where few things stand on an
# even wall, whose lines end at the head.
_LINED: Final = 0.75
_LINED_ALL_OVER: Final = 0.2
_LEAST_WALL: Final = 200  # pixels of it, below which it is left as it is


@dataclass(frozen=True)
class Wall:
    """The picture behind a head, of a region (H, W) with a motion grid (h, w)."""

    alpha: Float
    """(H, W), 0..1, the matte of all that moves: the person, and a wall that is bent."""
    picture: Float
    """(H, W, 3), 0..255, the picture behind it."""
    share: Float
    """(h, w, 2), 0..1, how much of its motion across and down a cell may have: less than 1 only beside the person."""


def build_wall(pixels: Pixels, alpha: Float, head: Head, grid: Grid, frame: PictureFrame) -> Wall:
    """Decide what becomes of the wall behind a head.

    Args:
        pixels: The region, uint8 (H, W, 3) RGB.
        alpha: The person's matte, (H, W), 0..1.
        head: The head in region pixels.
        grid: The region's motion grid.
        frame: The picture's edges in the region.
    """
    scale = min(1.0, _UNIT / head.width)
    small = resize(alpha, [max(8, round(side * scale)) for side in alpha.shape])
    away = single(cv2.distanceTransform((small <= 0.5).view(np.uint8), cv2.DIST_L2, 5) / (head.width * scale))
    if not _is_unruly(pixels, small, away, head, scale):
        return Wall(alpha, frame.fill(pixels, alpha, head.width), np.ones((*grid.size, 2), np.float32))
    share = resize(_share_motion(_shrink(pixels, small), small, away, head, scale, frame), grid.size)
    bent = (resize(away, alpha.shape) < _REACH + 2.0 * grid.step / head.width) & (frame.inside > 0.0)
    return Wall(single(np.maximum(alpha, bent)), single(pixels), share)


def _share_motion(grey: Float, alpha: Float, away: Float, head: Head, scale: float, frame: PictureFrame) -> Float:
    """The share of motion across and down of a wall that is bent, (h, w, 2): all on the person, none at `_REACH`.

    Before a line the hair already moves less, so that little is left to bend; the face never does.

    Args:
        grey: The region's light at `scale`, (h, w), 0..255.
        alpha: The person's matte there.
        away: (h, w), distance from the person, face widths.
        head: The head in region pixels.
        scale: Pixels of `alpha` a pixel of the region.
        frame: The picture's edges in the region.
    """
    unit = head.width * scale
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]].astype(np.float32)
    border = np.minimum(np.minimum(x, x[:, ::-1]), np.minimum(y, y[::-1])) / unit
    for edge in frame.edges:
        border = np.minimum(border, np.maximum(edge.distance(x / scale, y / scale), 0.0) / head.width)
    rest = np.maximum(away / _REACH, away / np.maximum(away + border, 1e-6))  # the picture ends at its border
    above = -_below_chin(alpha.shape, head, scale) / (head.height * scale)
    lines = _find_lines(grey, alpha, unit) * single(smoothstep(above, *_BESIDE_HAIR))[..., None]
    oval = polygon_mask(alpha.shape, (head.landmarks[list(OVAL), :2] + 0.5) * scale - 0.5)
    beside = cv2.distanceTransform((oval == 0).astype(np.uint8), cv2.DIST_L2, 5) / unit
    deep = cv2.distanceTransform((alpha > 0.5).view(np.uint8), cv2.DIST_L2, 5) / unit
    held = _HELD * lines * single(smoothstep(beside, 0.0, _HAIR) * np.maximum(1.0 - deep / _HAIR, 0.0))[..., None]
    free = (1.0 - held) * np.clip(1.0 - rest, 0.0, 1.0)[..., None]
    return single(free ** (_FALL + _FALL_ACROSS * lines))


def _below_chin(size: tuple[int, ...], head: Head, scale: float) -> Double:
    """Pixels below the chin along the face, (h, w) at `scale`."""
    y, x = np.mgrid[: size[0], : size[1]]
    return np.asarray((x - head.chin[0] * scale) * head.down[0] + (y - head.chin[1] * scale) * head.down[1])


def _find_lines(grey: Float, alpha: Float, unit: float) -> Float:
    """Level lines of a wall (h, w), which hold what moves up and down: (h, w, 2), 0 and 0..1.

    Upright ones may bend: held, they would dent the hair, which a turn moves farther aside than up or down.
    """
    by_x, by_y = (cv2.Scharr(grey, cv2.CV_32F, *order) / 32.0 for order in ((1, 0), (0, 1)))
    wall = single(cv2.erode((alpha < 0.02).view(np.uint8), np.ones((3, 3), np.uint8)))
    products = np.dstack([by_y * by_y - by_x * by_x, by_x * by_x + by_y * by_y, np.ones_like(grey)])
    total = wide_gaussian(single(products) * wall[..., None], _LINES[0] * unit)
    level = smoothstep(total[..., 0] / (total[..., 1] + _STEEP * total[..., 2] + 1e-3), *_LINES[1:])
    return single(np.dstack([np.zeros_like(level), level]))


def _shrink(pixels: Pixels, alpha: Float) -> Float:
    """The light of a picture at the size of a matte (h, w)."""
    return single(cv2.cvtColor(np.asarray(resize(pixels, alpha.shape), np.uint8), cv2.COLOR_RGB2GRAY))


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
    below = _below_chin(alpha.shape, head, scale) / unit
    near = wall & (away < _BESIDE) & (below < _ABOVE)
    if np.count_nonzero(near) < _LEAST_WALL:
        return False
    grey = _shrink(pixels, alpha)
    known = single(wall)
    calm = wide_gaussian(grey * known, _CALM * unit) / np.maximum(wide_gaussian(known, _CALM * unit), 1e-3)
    typical, strongest = np.percentile(np.abs(grey - calm)[near], (50, 95))
    if strongest <= _FULL:
        return False
    return typical < _LINED_ALL_OVER * strongest or not _is_lined(grey, near)


def _is_lined(grey: Float, near: Mask) -> bool:
    """Whether most of the gradients of an image (h, w) have one direction, or two at right angles."""
    by_x, by_y = (cv2.Scharr(grey, cv2.CV_32F, *order)[near] for order in ((1, 0), (0, 1)))
    double = by_x * by_x - by_y * by_y + 2j * by_x * by_y  # of the gradient's angle
    energy = np.maximum(np.abs(double), 1e-6)
    one_way, crossed = (abs(complex(part.sum())) / float(energy.sum()) for part in (double, double * double / energy))
    return max(one_way, crossed) > _LINED
