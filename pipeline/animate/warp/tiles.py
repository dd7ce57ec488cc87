"""Tiles of a face's region: which of them change in a frame, and in what way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.head_frame import Grid
from pipeline.arrays import Pixels

MOVES: Final = 1
"""Mark of a cell in which something differs from the photo."""
UNCOVERED: Final = 2
"""Mark of a cell that shows not the person alone."""
SETTLING: Final = 4
"""Mark of a cell in which the photo still shines through."""
LIT: Final = 8
"""Mark of a cell whose light changes."""
_TILE: Final = 48  # pixels, about: smaller tiles leave out more, larger ones need fewer calls


@dataclass(frozen=True, slots=True)
class Run:
    """Tiles beside each other that change."""

    top: int
    """First row, pixels of the region."""
    bottom: int
    """Row after the last."""
    left: int
    """First column."""
    right: int
    """Column after the last."""
    side: int
    """Pixels of a tile's side."""
    marks: tuple[int, ...]
    """Sums of marks, one of each tile."""

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of the region."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def has(self, mark: int, columns: slice) -> bool:
        """Whether some tile of these columns, counted from the run's left, has a mark."""
        return any(marks & mark for marks in self.marks[columns.start // self.side : -(-columns.stop // self.side)])

    def parts(self, mark: int) -> Iterator[slice]:
        """Columns, counted from the run's left, of each stretch of tiles that have a mark."""
        first = None
        for index, marks in enumerate((*self.marks, 0)):
            if marks & mark and first is None:
                first = index
            elif not marks & mark and first is not None:
                yield slice(first * self.side, min(index * self.side, self.right - self.left))
                first = None


class Tiles:
    """The tiles of whole cells that cover a region.

    Args:
        grid: The motion grid, (h, w) cells.
        size: Height and width of the region in pixels.
    """

    def __init__(self, grid: Grid, size: tuple[int, int]) -> None:
        self._cells = max(1, round(_TILE / grid.step))
        self._side = self._cells * grid.step
        self._grid_size, self._size = grid.size, size
        self._count = tuple(-(-cells // self._cells) for cells in grid.size)

    def collect(self, marks: Pixels) -> Pixels:
        """The marks of all cells (h, w) of each tile together, uint8 (rows, columns of tiles)."""
        (rows, columns), side = self._count, self._cells
        padded = np.zeros((rows * side, columns * side), np.uint8)
        padded[: self._grid_size[0], : self._grid_size[1]] = marks
        lines = np.bitwise_or.reduce(padded.reshape(rows, side, columns * side), 1)
        return np.asarray(np.bitwise_or.reduce(lines.reshape(rows, columns, side), 2), np.uint8)

    def mark(self, tiles: Pixels, area: tuple[slice, slice], mark: int) -> None:
        """Mark the tiles of an area, rows and columns of the region's pixels."""
        rows, columns = (slice(part.start // self._side, -(-part.stop // self._side)) for part in area)
        tiles[rows, columns] |= np.uint8(mark)

    def runs(self, tiles: Pixels) -> Iterator[Run]:
        """The runs of tiles that are marked as moving, row by row."""
        (height, width), side = self._size, self._side
        moves = np.pad((tiles & MOVES).astype(np.int8), ((0, 0), (1, 1)))
        edges = np.diff(moves, axis=1)
        rows, firsts = np.nonzero(edges > 0)
        lasts = np.nonzero(edges < 0)[1]
        for row, first, last in zip(rows.tolist(), firsts.tolist(), lasts.tolist(), strict=True):
            top, bottom = row * side, min((row + 1) * side, height)
            yield Run(top, bottom, first * side, min(last * side, width), side, tuple(tiles[row, first:last].tolist()))
