"""People beside a head: they stay where they are when it moves, also those of whom too little is seen for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head, measure_head
from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.detector import Detector
from pipeline.faces.finder import HEAD_SCORE, Face
from pipeline.image_ops import smoothstep
from pipeline.runtime import Runtime

_WIDTH: Final = 0.85  # of a detector's box, which is wider than a face
_APART: Final = 0.7  # mean widths of two heads between their middles: what is nearer is a part of the same head
_LEAST: Final = 0.35  # of the head's width: a smaller face is far behind it, or print on a shirt
# Of the way to a neighbour: where a motion ends, from where on it fades, and from where on if their heads touch.
_HALF_WAY: Final = (0.5, 0.36, 0.22)
_TOUCH: Final = (1.05, 1.5)  # mean widths of two heads between their middles: up to the first they touch


@dataclass(frozen=True)
class Neighbour:
    """A head that stays where it is, in the region's pixels."""

    centre: Double
    """(2,), the middle of the face."""
    width: float
    """From cheek to cheek."""


def find_neighbours(runtime: Runtime, pixels: Pixels, head: Head, others: Sequence[Face]) -> list[Neighbour]:
    """Find the heads beside one.

    Args:
        runtime: Has the model face_detector.
        pixels: The region, uint8 (H, W, 3) RGB.
        head: The head that moves, in its pixels.
        others: The other faces that were found, in its pixels.

    Returns:
        The others, and places that look like a face although none was found there, as one that the border cuts.
    """
    heads = [head, *(measure_head(other.landmarks) for other in others)]
    found = [Neighbour(one.centre, one.width) for one in heads]
    for detection in Detector(runtime, threshold=HEAD_SCORE).find_quickly(pixels):
        left, top, right, bottom = detection.box.tolist()
        one = Neighbour(np.array([left + right, top + bottom]) / 2, _WIDTH * (right - left))
        if one.width > _LEAST * head.width and all(_are_apart(one, each) for each in found):
            found.append(one)
    return found[1:]


def _are_apart(one: Neighbour, other: Neighbour) -> bool:
    return _measure_distance(one, other) > _APART


def _measure_distance(one: Neighbour | Head, other: Neighbour) -> float:
    """Mean widths of two heads between their middles."""
    return float(np.hypot(*(one.centre - other.centre))) / (0.5 * (one.width + other.width))


def measure_touch(neighbours: Sequence[Neighbour], head: Head) -> float:
    """Measure how nearly a head touches others, 0..1: hair between them would be folded if it turned far."""
    return max((1.0 - float(smoothstep(_measure_distance(head, one), *_TOUCH)) for one in neighbours), default=0.0)


def share_beside(neighbours: Sequence[Neighbour], head: Head, grid: Grid) -> Float:
    """Weights (h, w, 1) of 1 near this head, 0 from half-way to any other one on, so that other people stay."""
    share = np.ones((*grid.size, 1), np.float32)
    mine = np.hypot(grid.x - head.centre[0], grid.y - head.centre[1]) / head.width
    for rival in neighbours:
        theirs = np.hypot(grid.x - rival.centre[0], grid.y - rival.centre[1]) / rival.width
        part = mine / np.maximum(mine + theirs, 1e-6)
        end, begin, near = _HALF_WAY
        begin += (near - begin) * measure_touch([rival], head)
        share *= (1.0 - smoothstep(part, begin, end)).astype(np.float32)[..., None]
    return share
