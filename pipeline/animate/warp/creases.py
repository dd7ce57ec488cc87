"""Lines that the skin of a photo has already: a smile deepens those around eyes and mouth, brows those of the forehead.

A face without lines gets none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import gaussian, polygon_mask, resize, single, smoothstep

FOREHEAD: Final = ((68, 104, 69, 108, 151, 337, 299, 333, 298, 332, 297, 338, 10, 109, 67, 103),)
"""Outlines of the zone, as landmarks, where raised brows fold the skin."""
GLABELLA: Final = ((107, 9, 336, 285, 417, 168, 193, 55),)
"""Outline of the zone between the brows, which a frown folds."""
EYE_CORNERS: Final = (
    (35, 143, 34, 227, 116, 111, 31, 226), (265, 372, 264, 447, 345, 340, 261, 446),
)  # fmt: skip
"""Outlines of the zones beside the eyes, which a squint folds."""
CHEEKS: Final = (
    *EYE_CORNERS,
    (129, 203, 206, 216, 207, 205, 36, 142), (358, 423, 426, 436, 427, 425, 266, 371),
)  # fmt: skip
"""Outlines of the zones beside the eyes and the nose, as landmarks, where a smile folds the skin."""

_FINE: Final = 0.006  # face widths: sigma at which grain is gone and a line still there
_WIDE: Final = 0.02  # … and at which a line is gone
_LINE: Final = (0.007, 0.05)  # darker than the skin around by this share: a line's least and most
_HAIR: Final = 0.10  # … and hair, of which there is none near a line


def crease_gain(pixels: Pixels, head: Head, grid: Grid, zones: Sequence[Sequence[int]]) -> Float:
    """Gain of light that deepens the photo's own lines.

    Args:
        pixels: The region, padded to whole cells, uint8 (h · step, w · step, 3).
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        zones: Outlines of the zones, as landmarks.

    Returns:
        float32 (h, w), -0.043..0.
    """
    zone = np.zeros(grid.size, np.uint8)
    for outline in zones:
        points = (head.landmarks[list(outline), :2] + 0.5) / grid.step - 0.5
        zone = np.maximum(zone, polygon_mask(grid.size, single(cv2.convexHull(single(points))[:, 0])))
    rows, columns = (np.flatnonzero(zone.any(axis)) for axis in (1, 0))
    out = np.zeros(grid.size, np.float32)
    if rows.size == 0 or columns.size == 0:
        return out
    area = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    out[area] = _measure_lines(pixels, head, grid, area) * gaussian(single(zone[area]), 1.5)
    return -out


def _measure_lines(pixels: Pixels, head: Head, grid: Grid, area: tuple[slice, slice]) -> Float:
    """Depth of the lines in cells `area` of the grid, 0..0.043, as a share of the light."""
    rows, columns = (slice(span.start * grid.step, span.stop * grid.step) for span in area)
    grey = cv2.cvtColor(np.ascontiguousarray(pixels[rows, columns]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    around = np.maximum(gaussian(grey, _WIDE * head.width), 16.0)
    darker = (around - gaussian(grey, _FINE * head.width)) / around
    lines = np.clip(darker - _LINE[0], 0.0, _LINE[1] - _LINE[0])
    strands = gaussian(single(np.abs(darker) > _HAIR), 0.03 * head.width)
    size = area[0].stop - area[0].start, area[1].stop - area[1].start
    return single(resize(single(lines * (1.0 - smoothstep(strands, 0.02, 0.1))), size))
