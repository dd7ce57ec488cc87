"""The head's own frame of reference on the photo: its axes, sizes and pivot, its region and the grid over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import CHIN, FOREHEAD, LEFT_EAR, LEFT_EYE_OUTER, OVAL, RIGHT_EAR, RIGHT_EYE_OUTER

FINEST_STEP: Final = 2
"""Pixels a cell of the motion grid at least: one a pixel shows nothing more on a small face, at twice the cost."""
# cells of the motion grid across a face: finer changes nothing visible, coarser blurs the cheek edge
_CELLS: Final = 64
_COARSEST_STEP: Final = 24  # pixels a cell


@dataclass(frozen=True)
class Head:
    """A head in pixels of its region (see `Region`), or of whatever picture its landmarks are in."""

    landmarks: Float
    """float32 (478, 3), see `Face.landmarks`."""
    across: Double
    """(2,), unit vector on the picture towards the person's left."""
    down: Double
    """(2,), unit vector on the picture towards the chin."""
    width: float
    """From cheek to cheek in three dimensions, so that a turned face is not thin; pixels."""
    height: float
    """From forehead to chin on the picture; pixels."""
    centre: Double
    """(2,), the middle of the face oval."""
    chin: Double
    """(2,), the chin's lowest point."""
    pivot: Double
    """(2,), the point about which yaw and pitch turn."""
    pivot_z: float
    """The pivot's depth, in the landmarks' z."""
    ear_z: float
    """The ears' mean depth, in the landmarks' z."""
    neck: Double
    """(2,), the point about which roll turns."""
    step: int
    """Pixels a cell of the motion grid, 1..24."""


def measure_head(landmarks: Float) -> Head:
    """Measure a head by its landmarks, float32 (478, 3) in pixels of any one picture."""
    points = landmarks[:, :2].astype(np.float64)
    across = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    across /= np.linalg.norm(across)
    down = np.array([-across[1], across[0]])
    flat = float(np.linalg.norm(points[LEFT_EAR] - points[RIGHT_EAR]))
    width = max(flat, 0.97 * float(np.linalg.norm(landmarks[LEFT_EAR] - landmarks[RIGHT_EAR])))
    height = float(np.linalg.norm(points[FOREHEAD] - points[CHIN]))
    centre = points[list(OVAL)].mean(0)
    ear_z = 0.5 * float(landmarks[RIGHT_EAR, 2] + landmarks[LEFT_EAR, 2])
    middle = 0.25 * (points[RIGHT_EAR] + points[LEFT_EAR]) + 0.5 * centre
    return Head(
        landmarks=landmarks,
        across=across,
        down=down,
        width=width,
        height=height,
        centre=centre,
        chin=points[CHIN],
        pivot=middle + 0.15 * height * down,
        pivot_z=ear_z + 0.04 * width,
        ear_z=ear_z,
        neck=points[CHIN] + 0.35 * height * down,
        step=int(np.clip(round(width / _CELLS), FINEST_STEP, _COARSEST_STEP)),
    )


@dataclass(frozen=True)
class Region:
    """The part of the photo in which a face can move anything, in photo pixels."""

    left: int
    """First column."""
    top: int
    """First row."""
    right: int
    """Column after the last."""
    bottom: int
    """Row after the last."""

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the photo."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.bottom - self.top, self.right - self.left


def find_region(face: Face, photo_size: tuple[int, int]) -> Region:
    """The region of a face's head, hair and shoulders on a photo of size (height, width)."""
    head = measure_head(face.landmarks)
    height, width = photo_size
    corners = [
        head.centre + x * head.width * head.across + y * head.height * head.down
        for x, y in ((-2.9, -1.9), (2.9, -1.9), (-2.9, 2.0), (2.9, 2.0))
    ]
    low, high = np.min(corners, 0), np.max(corners, 0)
    return Region(
        left=int(max(0, np.floor(low[0]))),
        top=int(max(0, np.floor(low[1]))),
        right=int(min(width, np.ceil(high[0]))),
        bottom=int(min(height, np.ceil(high[1]))),
    )


@dataclass(frozen=True)
class Grid:
    """The coarse grid of the motion field over a region; the last row and column may reach over its edge."""

    x: Double
    """(h, w), the cells' centres in region pixels, across."""
    y: Double
    """(h, w), the cells' centres in region pixels, down."""
    step: int
    """Pixels a cell."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.x.shape[0]), int(self.x.shape[1])

    @property
    def points(self) -> Double:
        """The cells' centres (h, w, 2), x then y."""
        return np.stack([self.x, self.y], -1)


def build_grid(size: tuple[int, int], step: int) -> Grid:
    """The grid of `step` pixels a cell that covers a region of size (height, width)."""
    rows, columns = -(-size[0] // step), -(-size[1] // step)
    y, x = np.mgrid[:rows, :columns].astype(np.float64)
    return Grid((x + 0.5) * step - 0.5, (y + 0.5) * step - 0.5, step)
