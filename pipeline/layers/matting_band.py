"""Closed-form matting (Levin et al. 2008) in a band of unsure pixels: its Laplacian as a sparse matrix of the band."""

from __future__ import annotations

import itertools
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.arrays import Double, Float, Mask
from pipeline.image_ops import single

_EPSILON: Final = 1e-5 / 9  # added to the colours' variances, so that flat windows can be inverted
_ITERATIONS: Final = 70
_TOLERANCE: Final = 1e-9  # of the residual's energy a pixel, at which the iterations may end
_WINDOW: Final = tuple(itertools.product((-1, 0, 1), repeat=2))
_REACH: Final = 2  # pixels from a pixel to the farthest one that shares a window with it
_ENTRIES: Final = (2 * _REACH + 1) ** 2

Index = NDArray[np.int32]


def solve_band(guide: Float, alpha: Float, unsure: Mask) -> Float:
    """Find the alpha of unsure pixels by conjugate gradients; the others keep theirs.

    Args:
        guide: The photo, float32 (h, w, 3), 0..1.
        alpha: float32 (h, w), 0..1: what is sure, and elsewhere where the iterations begin.
        unsure: bool (h, w).

    Returns:
        float32 (h, w), 0..1.
    """
    band = np.flatnonzero(unsure)
    if band.size == 0:
        return alpha
    around = _index_neighbours(band, unsure.shape)
    values = _laplacian_rows(guide, band)
    x = alpha.reshape(-1).copy()
    residual = -np.einsum("ij,ij->i", values, x.take(around))
    x[band] = np.clip(x[band] + _solve(_among_unsure(values, around, band, x.size), residual), 0.0, 1.0)
    return x.reshape(alpha.shape)


def _solve(matrix: Any, residual: Float) -> Float:
    """The solution (n,) of matrix · x = residual by conjugate gradients from 0; the matrix (n, n) is sparse."""
    x, direction = np.zeros_like(residual), residual
    energy = float(residual @ residual)
    for _ in range(_ITERATIONS):
        if energy < _TOLERANCE * residual.size:
            break
        product = matrix @ direction
        step = np.float32(energy / max(float(direction @ product), 1e-12))
        x += step * direction
        residual = single(residual - step * product)
        renewed = float(residual @ residual)
        direction = residual + np.float32(renewed / max(energy, 1e-20)) * direction
        energy = renewed
    return x


def _index_neighbours(band: NDArray[np.intp], size: tuple[int, ...]) -> Index:
    """The pixels around each of the band's, row by row, (n, 25); beyond the picture it is mirrored."""
    height, width = size
    inside = np.arange(height * width, dtype=np.int32).reshape(height, width)
    mirrored = np.pad(inside, _REACH, mode="symmetric").reshape(-1)
    corner = band + band // width * (2 * _REACH)
    steps = [row * (width + 2 * _REACH) + column for row in range(2 * _REACH + 1) for column in range(2 * _REACH + 1)]
    return np.stack([mirrored.take(corner + step) for step in steps], -1)


def _among_unsure(values: Float, around: Index, band: NDArray[np.intp], count: int) -> Any:
    """The rows' entries (n, 25) that lie in the band, as a matrix (n, n)."""
    place = np.full(count, -1, np.int32)
    place[band] = np.arange(band.size, dtype=np.int32)
    columns = place.take(around)
    entries = np.where(columns < 0, np.float32(0.0), values).reshape(-1)
    begins = np.arange(0, entries.size + 1, _ENTRIES, dtype=np.int32)
    return csr_array((entries, np.maximum(columns, 0).reshape(-1), begins), shape=(band.size, band.size))


def _laplacian_rows(guide: Float, band: NDArray[np.intp]) -> Float:
    """Rows (n, 25) of the matting Laplacian over the window's size, whose columns are `_index_neighbours`.

    Pixels p and q that share windows w weigh -1/81 · Σ (1 + (p - mean)ᵀ · covariance⁻¹ · (q - mean)) for each other.
    """
    wide = guide.shape[1] + 2 * _REACH
    corner = band + band // guide.shape[1] * (2 * _REACH)  # of the 5×5 pixels around each, in the mirrored photo
    mirrored = single(cv2.copyMakeBorder(guide, _REACH, _REACH, _REACH, _REACH, cv2.BORDER_REFLECT))
    mean, inverse = window_statistics(mirrored, 1, _EPSILON)
    planes, means = _planes(mirrored), _planes(mean)
    colours = [[plane.take(corner + y * wide + x) for plane in planes] for y in range(5) for x in range(5)]
    rows = np.zeros((_ENTRIES, band.size), np.float32)
    for down, right in _WINDOW:
        at = corner + (_REACH + down) * wide + _REACH + right
        centre = [plane.take(at) for plane in means]
        i00, i01, i02, i11, i12, i22 = (plane.reshape(-1).take(at) for plane in inverse)
        x, y, z = (own - middle for own, middle in zip(colours[_ENTRIES // 2], centre, strict=True))
        slope = i00 * x + i01 * y + i02 * z, i01 * x + i11 * y + i12 * z, i02 * x + i12 * y + i22 * z
        for row, column in _WINDOW:
            entry = (_REACH + down + row) * (2 * _REACH + 1) + _REACH + right + column
            rows[entry] -= np.float32(1.0)
            for by, colour, middle in zip(slope, colours[entry], centre, strict=True):
                rows[entry] -= by * (colour - middle)
    rows *= np.float32(1.0 / 81.0)
    rows[_ENTRIES // 2] += np.float32(1.0)
    return np.ascontiguousarray(rows.T)


def window_statistics(guide: Float, radius: int, epsilon: float) -> tuple[Float, tuple[Float, ...]]:
    """The colours in the window around each pixel; beyond its border the photo is mirrored.

    In doubles, for the variances of flat windows are far below the rounding of single floats.

    Args:
        guide: The photo, float32 (h, w, 3), 0..1.
        radius: Of the square windows, pixels.
        epsilon: Added to the variances, so that flat windows can be inverted.

    Returns:
        Mean (h, w, 3), and the upper triangle, row by row, of the covariance's inverse: six planes (h, w).
    """

    def box(plane: Double) -> Double:
        side = 2 * radius + 1
        return np.asarray(cv2.boxFilter(plane, -1, (side, side), borderType=cv2.BORDER_REFLECT))

    def covariance(i: int, j: int) -> Double:
        return np.asarray(box(colours[i] * colours[j]) - mean[i] * mean[j] + (epsilon if i == j else 0.0))

    colours = [np.asarray(plane, np.float64) for plane in cv2.split(guide)]
    mean = [box(plane) for plane in colours]
    a, b, c = covariance(0, 0), covariance(0, 1), covariance(0, 2)
    d, e, f = covariance(1, 1), covariance(1, 2), covariance(2, 2)
    cofactors = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
    determinant = np.maximum(a * cofactors[0] + b * cofactors[1] + c * cofactors[2], 1e-30)
    return np.dstack(mean).astype(np.float32), tuple(single(cofactor / determinant) for cofactor in cofactors)


def _planes(image: Float) -> list[Float]:
    """The channels of an image (h, w, 3), (h · w,) each."""
    return [single(plane).reshape(-1) for plane in cv2.split(image)]
