"""Interpolation of few scattered points: a curve, a thin plate, a surface of triangles.

SciPy has all of them, but importing them took half the time in which a rendering process begins.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double

_FINENESS: Final = 4  # bits behind the point of the corners of a triangle that is drawn


def follow_curve(x: Double, y: Double, at: Double) -> Double:
    """A curve through points that never swings beyond them (Fritsch and Butland 1984, as PCHIP).

    Args:
        x: (n,), n ≥ 2, rising.
        y: (n,), values.
        at: Places of any shape within x.

    Returns:
        The values there, of the shape of `at`.
    """
    step = np.diff(x)
    slope = np.diff(y) / step
    tangents = _tangents(step, slope)
    which = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    width, s = step[which], at - x[which]
    first, last, chord = tangents[which], tangents[which + 1], slope[which]
    bend = (3.0 * chord - 2.0 * first - last) / width
    turn = (first + last - 2.0 * chord) / (width * width)
    return np.asarray(y[which] + s * (first + s * (bend + s * turn)))


def _tangents(step: Double, slope: Double) -> Double:
    """Slope of the curve at each point: the weighted harmonic mean of its neighbours', none at a peak."""
    if len(step) == 1:
        return np.repeat(slope, 2)
    before, after = 2.0 * step[1:] + step[:-1], step[1:] + 2.0 * step[:-1]
    same = slope[:-1] * slope[1:] > 0.0
    weighted = before / np.where(same, slope[:-1], 1.0) + after / np.where(same, slope[1:], 1.0)
    middle = np.where(same, (before + after) / np.where(same, weighted, 1.0), 0.0)
    ends = _end_tangent(step[:2], slope[:2]), _end_tangent(step[:-3:-1], slope[:-3:-1])
    return np.concatenate([[ends[0]], middle, [ends[1]]])


def _end_tangent(step: Double, slope: Double) -> float:
    """Slope at the first of three points: a parabola's, as far as it keeps the direction and does not overshoot."""
    tangent = float(((2.0 * step[0] + step[1]) * slope[0] - step[0] * slope[1]) / (step[0] + step[1]))
    if tangent * slope[0] <= 0.0:
        return 0.0
    if slope[0] * slope[1] <= 0.0 and abs(tangent) > abs(3.0 * slope[0]):
        return float(3.0 * slope[0])
    return tangent


def bend_plate(points: Double, values: Double, at: Double, smoothing: float) -> Double:
    """A thin plate (r² · log r and a plane) through points of the plane.

    Args:
        points: (n, 2), no two at one place, not all on one line.
        values: (n, k).
        at: (m, 2), places.
        smoothing: Added to the diagonal of the system; with 0 the plate goes through every value.

    Returns:
        (m, k), the values there.
    """
    count = len(points)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _plate(points, points)
    system[np.arange(count), np.arange(count)] += smoothing
    system[:count, count:] = _with_one(points)
    system[count:, :count] = system[:count, count:].T
    weights = np.linalg.solve(system, np.concatenate([values, np.zeros((3, values.shape[1]))]))
    return np.asarray(_plate(at, points) @ weights[:count] + _with_one(at) @ weights[count:])


def _plate(at: Double, points: Double) -> Double:
    """r² · log r of places (m, 2) and points (n, 2): (m, n)."""
    squares = (at[:, None, 0] - points[:, 0]) ** 2 + (at[:, None, 1] - points[:, 1]) ** 2
    return np.asarray(0.5 * squares * np.log(np.maximum(squares, 1e-300)))


def _with_one(points: Double) -> Double:
    return np.column_stack([np.ones(len(points)), points])


def raise_surface(points: Double, heights: Double, size: tuple[int, int]) -> Double:
    """A surface of Delaunay's triangles over scattered points, on a grid of pixels.

    Args:
        points: (n, 2), places x and y in pixels of the grid, n ≥ 3.
        heights: (n,).
        size: Of the grid, (h, w).

    Returns:
        (h, w), heights at whole pixels; NaN outside the points' hull and in a seam of half a pixel around it.
    """
    left, top = (int(edge) for edge in np.floor(points.min(0)) - 1.0)
    right, bottom = (int(edge) for edge in np.ceil(points.max(0)) + 2.0)
    division = cv2.Subdiv2D((left, top, right - left, bottom - top))
    numbers = {(x, y): number for number, (x, y) in enumerate(points.astype(np.float32).tolist())}
    division.insert(list(numbers))
    corners = np.asarray(division.getTriangleList()).reshape(-1, 3, 2)
    known = [[numbers.get((x, y)) for x, y in corner] for corner in corners.tolist()]
    triangles = np.array([corner for corner in known if None not in corner], np.intp).reshape(-1, 3)
    return _draw_planes(points[triangles], heights[triangles], size)


def _draw_planes(corners: Double, heights: Double, size: tuple[int, int]) -> Double:
    """Triangles (n, 3, 2) with heights (n, 3) at their corners, drawn as planes on a grid; NaN where there is none."""
    which = np.full(size, -1, np.int32)
    for number, triangle in enumerate(np.round(corners * 2**_FINENESS).astype(np.int32)):
        cv2.fillConvexPoly(which, triangle, (number,), shift=_FINENESS)
    across, down = _slopes(corners[:, 1:] - corners[:, :1], heights[:, 1:] - heights[:, :1])
    y, x = np.nonzero(which >= 0)
    over = which[y, x]
    right, below = x - corners[over, 0, 0], y - corners[over, 0, 1]
    plane = heights[over, 0] + across[over] * right + down[over] * below
    surface = np.full(size, np.nan)
    # a pixel that a side only touches lies beyond it
    surface[y, x] = np.clip(plane, heights.min(1)[over], heights.max(1)[over])
    return surface


def _slopes(sides: Double, rise: Double) -> tuple[Double, Double]:
    """Slopes (n,) along x and y of planes over triangles: sides (n, 2, 2) from one corner, their rise (n, 2)."""
    area = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]
    area = np.where(area == 0.0, 1.0, area)
    across = (rise[:, 0] * sides[:, 1, 1] - rise[:, 1] * sides[:, 0, 1]) / area
    down = (rise[:, 1] * sides[:, 0, 0] - rise[:, 0] * sides[:, 1, 0]) / area
    return across, down
