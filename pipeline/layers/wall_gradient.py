"""The even change of light and colour over a plain wall, which goes on behind a person."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.image_ops import gaussian, single, smoothstep

_NEAR: Final = 0.9  # face widths from the silhouette, over which the wall counts less and less
_MOST: Final = 6000  # pixels that are asked
_EVEN: Final = (3.0, 7.0)  # of 255: typical distance from the fit, up to which a wall is even, and from which it is not
_ROUNDS: Final = 4
_CALM: Final = 0.03  # face widths: grain is no unevenness


def fit_gradient(image: Float, known: Float, unit: float) -> Float:
    """Fit a quadratic to the wall's colours around a person.

    Args:
        image: The photo, float32 (h, w, 3), 0..255.
        known: (h, w), 1 where the wall is surely seen, 0 elsewhere.
        unit: Pixels a face width.

    Returns:
        float32 (h, w, 3), what the colours differ by from their mean; 0 everywhere where the wall is not even.
    """
    height, width = known.shape
    away = cv2.distanceTransform((known > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit
    rows, columns = np.nonzero(known > 0.5)
    step = max(1, len(rows) // _MOST)
    rows, columns = rows[::step], columns[::step]
    if len(rows) < 100:
        return np.zeros_like(image)
    calm = gaussian(image * known[..., None], _CALM * unit) / np.maximum(gaussian(known, _CALM * unit), 1e-3)[..., None]
    colours = calm[rows, columns].astype(np.float64)
    near = np.exp(-(np.minimum(away[rows, columns] / _NEAR, 10.0) ** 2)) + 1e-3  # without a person all is far
    y, x = (rows / height - 0.5), (columns / width - 0.5)
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
    weight, solution, off = near.copy(), np.zeros((6, 3)), np.zeros(len(rows))
    for _ in range(_ROUNDS):
        weighted = terms * weight[:, None]
        ridge = 1e-4 * weight.sum() * np.diag([0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
        solution = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ colours)
        off = np.abs(colours - terms @ solution).mean(-1)
        weight = near / (1.0 + (off / (2.0 * float(np.median(off)) + 1.0)) ** 2)
    even = 1.0 - float(smoothstep(float(np.sqrt((near * off**2).sum() / near.sum())), *_EVEN))
    if even == 0.0:
        return np.zeros_like(image)
    grid_y, grid_x = np.mgrid[:height, :width]
    grid_y, grid_x = grid_y / height - 0.5, grid_x / width - 0.5
    one = np.ones_like(grid_x)
    fit = np.stack([one, grid_x, grid_y, grid_x**2, grid_y**2, grid_x * grid_y], -1) @ solution
    low, high = np.percentile(colours, 1, axis=0), np.percentile(colours, 99, axis=0)
    return single(even * (np.clip(fit, low, high) - colours.mean(0)))
