"""Edges of a picture inside a photo: a print on a white page, a polaroid, a screenshot, a scan that lies askew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import gaussian, resize, single

_WORK: Final = 400  # long side at which edges are looked for
_SAME: Final = 14.0  # of 255: so much may a page's colour differ from place to place
_DEEPEST: Final = 0.42  # share of the photo's side: no margin is wider
_EVEN: Final = 0.7  # share of the margin that has its colour; the rest is lettering
_STRAIGHT: Final = 1.3  # working pixels from the line to which a point belongs to it
_SHARE: Final = 0.42  # of the side that must lie on one line; a plain wall ends at a head, which is round
_STEEPEST: Final = 0.25  # slope: a scan lies askew by 14° at most
_CONTRAST: Final = 12.0  # of 255 by which the picture differs from the page across the line, at once: light on a wall
_SHARP: Final = 0.7  # falls off slowly; share of the line where it is so


@dataclass(frozen=True)
class Edge:
    """A straight edge; the picture is where `distance` is positive."""

    normal: Double
    """(2,), unit vector x, y into the picture."""
    offset: float
    """`normal` · p on the edge, pixels of the photo."""

    def distance(self, x: Double | Float, y: Double | Float) -> Double:
        """Pixels from the edge into the picture at positions x and y, negative on the page."""
        return np.asarray(x * self.normal[0] + y * self.normal[1] - self.offset, np.float64)

    def translate(self, left: float, top: float) -> Edge:
        """The same edge in pixels of a part of the photo that begins at (left, top)."""
        return Edge(self.normal, self.offset - float(self.normal @ np.array([left, top])))


def find_picture_edges(pixels: Pixels) -> tuple[Edge, ...]:
    """Find the edges at which an even page around a picture ends.

    Args:
        pixels: The whole photo, uint8 H×W×3.

    Returns:
        At most one edge for each side of the photo; none where the picture fills it.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORK / max(height, width))
    small = single(resize(pixels, (max(8, round(height * scale)), max(8, round(width * scale)))))
    edges = []
    for side in range(4):
        turned = np.ascontiguousarray(np.rot90(small, side))
        line = _margin_below_top(turned)
        if line is not None:
            edges.append(_turn_back(*line, side, small.shape[:2], scale))
    return tuple(edges)


def _margin_below_top(image: Float) -> tuple[float, float] | None:
    """Slope and intercept of the line y = slope · x + intercept, where an even margin at the image's top ends."""
    rows, columns = image.shape[:2]
    page = np.median(image[:2].reshape(-1, 3), 0)
    if float((np.abs(image[:2] - page).max(-1) < _SAME).mean()) < _EVEN:
        return None
    same = np.abs(gaussian(image, 0.7) - page).max(-1) < _SAME
    ends = _first_end(same)
    usable = (ends >= 2) & (ends < _DEEPEST * rows)
    if usable.sum() < _SHARE * columns:
        return None
    x = np.flatnonzero(usable).astype(np.float64)
    line = _fit_line(x, ends[usable].astype(np.float64), columns)
    if line is None:
        return None
    slope, intercept = line
    beyond = np.arange(rows)[:, None] < slope * np.arange(columns) + intercept - 2
    if float(same[beyond].mean()) < _EVEN:
        return None
    inside, outside = (np.clip(np.round(slope * x + intercept + step).astype(int), 0, rows - 1) for step in (2, -2))
    step = np.abs(image[inside, x.astype(int)] - image[outside, x.astype(int)]).max(-1)
    return line if float((step > _CONTRAST).mean()) > _SHARP else None


def _first_end(same: Mask) -> Double:
    """The first row of each column that is no page any more; the number of rows where there is none."""
    ends: Double = np.where(same.all(0), same.shape[0], np.argmin(same, 0)).astype(np.float64)
    return ends


def _fit_line(x: Double, y: Double, columns: int) -> tuple[float, float] | None:
    """The line on which most of the points lie, None where these are too few. The same answer at each call."""
    rng = np.random.default_rng(0)
    best: Mask = np.zeros(len(x), bool)
    for _ in range(120):
        i, j = rng.integers(len(x), size=2)
        if abs(x[i] - x[j]) < 0.15 * columns:
            continue
        slope = (y[i] - y[j]) / (x[i] - x[j])
        on_line = np.abs(y - y[i] - slope * (x - x[i])) < _STRAIGHT
        if abs(slope) <= _STEEPEST and on_line.sum() > best.sum():
            best = on_line
    if best.sum() < _SHARE * columns or np.ptp(x[best]) < _SHARE * columns:
        return None
    slope, intercept = np.polyfit(x[best], y[best], 1)
    return float(slope), float(intercept)


def _turn_back(slope: float, intercept: float, side: int, size: tuple[int, int], scale: float) -> Edge:
    """The edge y = slope · x + intercept of a picture of `size` turned by `side` quarters, in pixels of the photo."""
    rows, columns = size
    normal = np.array([-slope, 1.0]) / np.hypot(slope, 1.0)
    point = np.array([0.0, intercept])
    for quarter in range(side, 0, -1):
        # np.rot90 takes (x, y) to (y, w - 1 - x), w the width before the turn
        width = columns if quarter % 2 else rows
        point = np.array([width - 1 - point[1], point[0]])
        normal = np.array([-normal[1], normal[0]])
    point = (point + 0.5) / scale - 0.5
    return Edge(normal, float(normal @ point) + 0.5 / scale)
