"""A limit of how steeply a displacement field may change, so that skin neither folds over nor tears apart."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.image_ops import gaussian, single, smoothstep

_ROUNDS: Final = 60
_SIGMA: Final = 1.5  # cells by which one round smooths where it is too steep
_NEAR: Final = 0.85  # share of the limit from which on a place is smoothed


def limit_slope(field: Float, step: int, limit: float) -> Float:
    """Smooth a field where it is too steep, and only there.

    The backward map is found by a fixed point, whose error falls by the slope with each round; a slope of 1 would fold.

    Args:
        field: Displacement, float32 (h, w, 2), pixels.
        step: Pixels a cell.
        limit: The steepest change allowed, pixels a pixel.

    Returns:
        float32 (h, w, 2), pixels.
    """
    out = field
    for _ in range(_ROUNDS):
        steepness = measure_slope(out, step)
        if float(steepness.max(initial=0.0)) <= limit:
            break
        steep = cv2.dilate(single(smoothstep(steepness, _NEAR * limit, limit)), np.ones((5, 5), np.uint8))
        share = gaussian(steep, 1.0)[..., None]
        out = single(out + (gaussian(out, _SIGMA) - out) * share)
    return out


def measure_slope(field: Float, step: int) -> Float:
    """The steepness of a field at each cell: the largest singular value of its derivative.

    Args:
        field: Displacement, float32 (h, w, 2), pixels.
        step: Pixels a cell.

    Returns:
        float32 (h, w), pixels a pixel.
    """
    by_y, by_x = (np.gradient(field, axis=axis) / step for axis in (0, 1))
    total = (by_x**2 + by_y**2).sum(-1)
    determinant = by_x[..., 0] * by_y[..., 1] - by_x[..., 1] * by_y[..., 0]
    return single(np.sqrt(0.5 * (total + np.sqrt(np.maximum(total**2 - 4.0 * determinant**2, 0.0)))))
