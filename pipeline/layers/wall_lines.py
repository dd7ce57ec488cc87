"""Lines of the wall that go on behind a person: planks, rails, frames of doors, horizons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.image_ops import gaussian, resize, sample, single, smoothstep

_NEAR: Final = 0.10  # face widths: sigma of the window in which a line's direction is measured
_WIDE: Final = 3.0  # times as wide where the wall in that window is even
_CELLS: Final = 40  # cells a face width, in which directions are measured
_FARTHEST: Final = 0.9  # face widths along a line: nothing is brought from farther away
_ONE_WAY: Final = (0.35, 0.7)  # coherence of the directions: below the first no line, from the second on surely
_OBLIQUE: Final = (0.3, 0.55)  # sine of a line's angle to the silhouette: one that runs along it comes from afar
_FLAT: Final = 9.0  # squared levels of 255 a pixel: gradients that grain has, too
_OUT: Final = 0.6  # pixels from the wall at which a line has come out
_LEAST_STEP: Final = 0.5  # pixels from one look to the next along a line
_ROW: Final = 1024  # positions are looked up in rows of this length


@dataclass(frozen=True)
class LinePlan:
    """The ways along the lines of the wall from each pixel behind the person, (h, w) each."""

    trust: Float
    """0..1, how surely a line goes through."""
    step_x: Float
    """Way to the pixel of the wall that is shown here, pixels across."""
    step_y: Float
    """The same, down."""
    through: Float
    """0..1, how surely a line is there that comes out on both sides, if these have the same colours."""
    other_x: Float
    """Way to the pixel that is shown if the line is followed to its farther end, pixels across."""
    other_y: Float
    """The same, down."""


def follow_lines(grey: Float, known: Float, depth: Float, unit: float, reach: float) -> LinePlan:
    """Follow the lines of the wall behind the person.

    A pixel behind the person shows the wall mirrored along the line that leads through it, at the place where that line
    comes out: lines stay straight, and what lies along them keeps its texture.

    Args:
        grey: The picture, float32 (h, w), 0..255.
        known: float32 (h, w), 1 on the wall, 0 behind the person.
        depth: float32 (h, w), distance from the wall in face widths.
        unit: Width of the face in pixels.
        reach: Depth in face widths up to which lines are followed.
    """
    across, down, coherence = _directions(grey, known, unit)
    hole = (depth > 0.0) & (depth < reach) & (coherence > _ONE_WAY[0])
    plan = LinePlan(*(np.zeros(grey.shape, np.float32) for _ in range(6)))
    rows, columns = np.nonzero(hole)
    if rows.size == 0:
        return plan
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    along_x, along_y = across[hole], down[hole]
    farthest = _FARTHEST * unit
    pixels = depth * np.float32(unit)
    forth, back = (_way_out(pixels, x, y, sign * along_x, sign * along_y, farthest) for sign in (1.0, -1.0))
    way, other = np.where(forth <= back, forth, -back), np.where(forth <= back, -back, forth)
    plan.step_x[hole], plan.step_y[hole] = 2.0 * way * along_x, 2.0 * way * along_y
    plan.other_x[hole], plan.other_y[hole] = 2.0 * other * along_x, 2.0 * other * along_y
    sure = smoothstep(coherence[hole], *_ONE_WAY)
    near, far = (1.0 - smoothstep(np.abs(one) / farthest, 0.6, 1.0) for one in (way, other))
    oblique = depth[hole] * unit / np.maximum(np.abs(way), 1.0)
    plan.trust[hole] = sure * smoothstep(oblique, *_OBLIQUE) * near
    plan.through[hole] = sure * far
    return plan


def _directions(grey: Float, known: Float, unit: float) -> tuple[Float, Float, Float]:
    """Unit vectors along the lines (across, down), and their coherence 0..1, all (h, w), spread behind the person."""
    by_x, by_y = (cv2.Scharr(grey, cv2.CV_32F, *order) / 32.0 for order in ((1, 0), (0, 1)))
    sure = cv2.erode(known, np.ones((5, 5), np.uint8))
    products = np.dstack([by_x * by_x - by_y * by_y, 2.0 * by_x * by_y, by_x * by_x + by_y * by_y])
    weighted = np.dstack([single(products) * sure[..., None], sure])
    scale = min(1.0, _CELLS / unit)
    coarse = resize(weighted, [max(2, round(side * scale)) for side in grey.shape])
    sigma = _NEAR * unit * scale
    near, wide = gaussian(coarse, sigma), gaussian(coarse, _WIDE * sigma)
    near = near + 0.02 * wide
    near, wide = (one[..., :3] / np.maximum(one[..., 3:], 1e-6) for one in (near, wide))
    flat = np.exp(-near[..., 2:] / _FLAT)  # beside an even wall: a line farther away may come through
    total = resize(single(near + (wide - near) * flat), grey.shape)
    real, imaginary, energy = (total[..., i] for i in range(3))
    coherence = np.hypot(real, imaginary) / (energy + _FLAT)
    angle = 0.5 * np.arctan2(imaginary, real) + 0.5 * np.pi
    return single(np.cos(angle)), single(np.sin(angle)), single(coherence)


def _way_out(depth: Float, x: Float, y: Float, along_x: Float, along_y: Float, farthest: float) -> Float:
    """Way along a direction to the wall, (n,) pixels, from positions x, y; `farthest` where there is none.

    depth (h, w): distance from the wall in pixels, by which each step may be as long; 0 on it.
    """
    height, width = depth.shape
    way = np.full(x.shape, np.float32(farthest))
    left = np.arange(len(x))
    gone = np.zeros(len(x), np.float32)
    while left.size:
        at_x, at_y = x[left] + gone * along_x[left], y[left] + gone * along_y[left]
        inside = (at_x >= 0) & (at_y >= 0) & (at_x <= width - 1) & (at_y <= height - 1) & (gone < farthest)
        here = _look_up(depth, at_x, at_y)
        out = inside & (here < _OUT)
        way[left[out]] = gone[out]
        go_on = inside & ~out
        left, gone = left[go_on], gone[go_on] + np.maximum(here[go_on], _LEAST_STEP)
    return way


def _look_up(image: Float, x: Float, y: Float) -> Float:
    """The image at positions x, y (n,)."""
    rows = -(-x.size // _ROW)
    place = np.zeros((2, rows * _ROW), np.float32)
    place[0, : x.size], place[1, : x.size] = x, y
    return sample(image, *place.reshape(2, rows, _ROW)).reshape(-1)[: x.size]
