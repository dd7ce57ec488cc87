"""Operations on images that the steps share. Pixel centres lie at whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.arrays import AnyArray, Float, Mask

_NO_MAP: Any = None  # OpenCV's stubs want an array, its linear remap misreads an empty one


def smoothstep(x: ArrayLike, low: float, high: float) -> AnyArray:
    """A soft step: 0 below low, 1 above high, 3t²-2t³ between. Keeps the dtype of x."""
    t = np.clip((np.asarray(x) - low) / (high - low), 0.0, 1.0)
    out: AnyArray = t * t * (3.0 - 2.0 * t)
    return out


def resize(image: AnyArray, size: Sequence[int]) -> AnyArray:
    """Resize to size = (height, width): area average when shrinking, linear when growing."""
    height, width = int(size[0]), int(size[1])
    shrinking = height < image.shape[0]
    mode = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=mode))


def gaussian(image: AnyArray, sigma: float) -> AnyArray:
    """Gaussian blur with edge replication; sigma in pixels, below 0.2 returns the image itself."""
    if sigma < 0.2:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), float(sigma), borderType=cv2.BORDER_REPLICATE))


def wide_gaussian(image: AnyArray, sigma: float) -> AnyArray:
    """`gaussian` of a wide sigma on a shrunken picture: faster, off by 1 % of a step, by more at the borders."""
    factor = int(sigma / 3.0)
    if factor < 2:
        return gaussian(image, sigma)
    height, width = image.shape[:2]
    small = resize(image, (-(-height // factor), -(-width // factor)))
    added = (factor**2 - 1) / 4.0  # variance that shrinking and enlarging add
    return resize(gaussian(small, (sigma**2 - added) ** 0.5 / factor), (height, width))


def ellipse_kernel(radius: int) -> NDArray[np.uint8]:
    """A filled disc of 1 in a square of 2·radius + 1 pixels, for erosion and dilation; radius ≥ 0."""
    side = 2 * max(0, int(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def dilate_within(mask: NDArray[np.uint8], allowed: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """A mask grown by up to `reach` pixels, only through what is allowed: both 0 or 1, uint8 h×w."""
    for _ in range(reach):
        mask = np.asarray(cv2.bitwise_and(cv2.dilate(mask, np.ones((3, 3), np.uint8)), allowed), np.uint8)
    return mask


def channel_mean(image: AnyArray) -> Float:
    """The mean of an image's three channels (h, w, 3), float32 (h, w): several times as fast as numpy's."""
    return single(cv2.transform(single(image), np.full((1, 3), 1.0 / 3.0, np.float32)))


def channel_max(image: AnyArray) -> AnyArray:
    """The greatest of an image's three channels (h, w, 3), (h, w): several times as fast as numpy's."""
    return np.asarray(np.maximum(np.maximum(image[..., 0], image[..., 1]), image[..., 2]))


def channel_min(image: AnyArray) -> AnyArray:
    """The least of an image's three channels (h, w, 3), (h, w): several times as fast as numpy's."""
    return np.asarray(np.minimum(np.minimum(image[..., 0], image[..., 1]), image[..., 2]))


def any_in_cells(mask: AnyArray, size: tuple[int, int], step: int) -> Mask:
    """Whether a mask holds anywhere in each cell of a grid over it.

    Args:
        mask: (H, W), bool or uint8; beyond its last row and column these are repeated.
        size: Rows and columns of the grid, which covers the mask.
        step: Pixels of a cell's side.

    Returns:
        bool (rows, columns).
    """
    rows, columns = size
    height, width = mask.shape
    padded = np.pad(mask.view(np.uint8), ((0, rows * step - height), (0, columns * step - width)), mode="edge")
    lines = np.bitwise_or.reduce(padded.reshape(rows, step, columns * step), 1)  # a long last axis is fast
    return np.asarray(np.bitwise_or.reduce([lines[:, first::step] for first in range(step)], 0) > 0)


def pixel_grid(height: int, width: int) -> tuple[Float, Float]:
    """x and y of each pixel, float32 (height, width) each: `np.mgrid` counts in 64 bits and takes ten times as long."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


def touching_parts(mask: Mask, seed: Mask) -> Mask:
    """The connected parts of a mask, bool (h, w), that a seed (h, w) touches."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    return np.asarray(np.isin(labels, np.unique(labels[seed & mask])), bool)


def steepness(image: Float) -> Float:
    """The change of an image (h, w) from one pixel to the next, whatever the direction; float32 (h, w)."""
    return single(np.hypot(*(cv2.Sobel(image, cv2.CV_32F, *way, ksize=3) / 8 for way in ((1, 0), (0, 1)))))


def polygon_mask(size: tuple[int, int], points: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """A mask, 1 inside the polygon, 0 outside. size = (height, width), points (n, 2) x and y in pixels."""
    mask = np.zeros(size, np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 1, shift=4)
    return mask


def single(image: AnyArray) -> Float:
    """The array as float32, not copied where it is that already."""
    return np.asarray(image, np.float32)


def remap(image: AnyArray, place: Float, mode: int = cv2.INTER_LINEAR, out: AnyArray | None = None) -> AnyArray:
    """The image at positions place (h, w, 2), x then y in pixels; its border is repeated outside. `out` takes it."""
    return np.asarray(cv2.remap(image, place, _NO_MAP, mode, dst=out, borderMode=cv2.BORDER_REPLICATE))


def sample(image: AnyArray, x: Float, y: Float, mode: int = cv2.INTER_LINEAR) -> AnyArray:
    """The image at positions x and y, each (h, w), in pixels; its border is repeated outside."""
    return np.asarray(cv2.remap(image, x, y, mode, borderMode=cv2.BORDER_REPLICATE))
