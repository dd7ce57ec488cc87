"""The motion of one frame at its pixels: from the cells of the motion grid, tile by tile."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.animate.warp.fine_texture import FineTexture
from pipeline.animate.warp.head_frame import Grid
from pipeline.animate.warp.motion_cells import CellMotion, MotionCells
from pipeline.arrays import Float
from pipeline.image_ops import single

Box = tuple[slice, slice]
"""Rows and columns."""


class FieldReader:
    """Makes the fields of frames of one face.

    Args:
        grid: The motion grid (h, w).
        cells: The cells of it that move.
        texture: The texture that is sampled.
    """

    def __init__(self, grid: Grid, cells: MotionCells, texture: FineTexture) -> None:
        self._step, self._cells, self._scale = grid.step, cells, np.float32(texture.scale)
        rows, columns = grid.size
        y, x = np.mgrid[-1 : rows + 1, -1 : columns + 1].astype(np.float32)
        centres = (np.stack([x, y], -1) + np.float32(0.5)) * np.float32(grid.step) - np.float32(0.5)
        self._still = texture.to_place(centres)
        inner_rows, inner_columns = cells.window
        # a border of cells more on each side, from which the outermost pixels are interpolated
        self._window = slice(inner_rows.start, inner_rows.stop + 2), slice(inner_columns.start, inner_columns.stop + 2)

    def read(self, motion: CellMotion) -> FrameFields:
        """The fields of a frame."""
        place = self._still.copy()
        place[self._window] -= _surround(motion.back) * self._scale
        return FrameFields(place, self._spread(motion.share), self._spread(motion.gain) + np.float32(1.0), self._step)

    def _spread(self, values: Float) -> Float:
        """The surrounded grid (h + 2, w + 2) of values on the chosen cells, 0 elsewhere."""
        field = np.zeros(self._still.shape[:2], np.float32)
        field[self._window] = _surround(values)
        return field


class FrameFields:
    """The fields of one frame on the grid with a border of one cell around it, (h + 2, w + 2, …).

    Args:
        place: Positions on the texture.
        share: The shares by which the cells have left the photo, 0..1.
        light: The gains of light.
        step: Pixels a cell.
    """

    def __init__(self, place: Float, share: Float, light: Float, step: int) -> None:
        self._place, self._share, self._light, self._step = place, share, light, step

    def place(self, area: Box) -> Float:
        """Positions on the texture of an area's pixels, (h, w, 2)."""
        return self._upsample(self._place, area)

    def share(self, area: Box) -> Float:
        """The share by which an area's pixels have left the photo, (h, w)."""
        return self._upsample(self._share, area)

    def light(self, area: Box) -> Float:
        """The gain of light of an area's pixels, (h, w), 1 leaves it as it is."""
        return self._upsample(self._light, area)

    def _upsample(self, field: Float, area: Box) -> Float:
        """A field at an area's pixels, linear between the cells' centres."""
        step = self._step
        rows, columns = area
        top, left = rows.start // step, columns.start // step
        part = field[top : -(-rows.stop // step) + 2, left : -(-columns.stop // step) + 2]
        size = (part.shape[1] * step, part.shape[0] * step)
        fine = single(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR))
        y, x = rows.start - (top - 1) * step, columns.start - (left - 1) * step
        return fine[y : y + rows.stop - rows.start, x : x + columns.stop - columns.start]


def _surround(field: Float) -> Float:
    """The field (h, w, …) with its border repeated once around."""
    return single(cv2.copyMakeBorder(field, 1, 1, 1, 1, cv2.BORDER_REPLICATE))
