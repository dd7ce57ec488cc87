"""The head's own frame of reference on the photo: axes, sizes, pivot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import CHIN, FOREHEAD, LEFT_EAR, LEFT_EYE_OUTER, OVAL, RIGHT_EAR, RIGHT_EYE_OUTER

_CELLS: Final = (
    64  # cells of the motion grid across a face: finer changes nothing visible, coarser blurs the cheek edge
)


@dataclass(frozen=True)
class Head:
    """All lengths in pixels of the region (see `Region`); landmarks float32 (478, 3) in the same frame.

    `across`, `down`: unit vectors of the face on the picture (towards the person's left, towards the chin).
    `width`: cheek to cheek in three dimensions, so that a turned face is not thin; `height`: forehead to chin.
    `pivot`: where yaw and pitch turn; `pivot_z` its depth; `neck`: where roll turns. `step`: pixels a grid cell.
    """

    landmarks: Float
    across: Double
    down: Double
    width: float
    height: float
    centre: Double
    chin: Double
    pivot: Double
    pivot_z: float
    ear_z: float
    neck: Double
    step: int


def measure(landmarks: Float) -> Head:
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
        step=int(np.clip(round(width / _CELLS), 1, 24)),
    )


@dataclass(frozen=True)
class Region:
    """The part of the photo in which a face can move anything: left, top, right, bottom in photo pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left


def region_of(face: Face, photo_size: tuple[int, int]) -> Region:
    """Head, hair and shoulders of a face on a photo of size (height, width)."""
    head = measure(face.landmarks)
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
    """The coarse grid of the motion field. x, y: float64 (h, w), positions of the cells' centres in region pixels."""

    x: Double
    y: Double
    step: int

    @property
    def size(self) -> tuple[int, int]:
        return int(self.x.shape[0]), int(self.x.shape[1])

    @property
    def points(self) -> Double:
        return np.stack([self.x, self.y], -1)


def grid_of(size: tuple[int, int], step: int) -> Grid:
    """Grid that covers a region of size (height, width); the last row and column may reach over the edge."""
    rows, columns = -(-size[0] // step), -(-size[1] // step)
    y, x = np.mgrid[:rows, :columns].astype(np.float64)
    return Grid((x + 0.5) * step - 0.5, (y + 0.5) * step - 0.5, step)
