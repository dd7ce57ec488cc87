"""Grain: measured where the picture is smooth, and made calmer by as much as it is too strong."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Pixels

HEAVY_GRAIN: Final = 12.0
"""Standard deviation of the grain, levels of 255, from which it hides a face; the most of 39 good portraits is 9."""

_BLOCK: Final = 8
_LEVELS: Final = 3
"""Number of sizes of grain, each twice the one before."""
_LEAST_SIDE: Final = 64
"""Pixels of the shorter side of the smallest picture in which grain is sought."""
_STRENGTH: Final = 1.4
"""Differences up to this share of the grain's deviation count as grain."""
_FILM_SHARE: Final = 0.35
"""Share of the grain that is left: skin without any looks like wax."""


def measure_grain(pixels: Pixels) -> float:
    """The standard deviation of the grain, levels of 255, in the calmest fifth of a picture, uint8 H×W×3 RGB."""
    return _deviation(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8))


def calm_grain(pixels: Pixels) -> Pixels:
    """Take away most of the grain, fine and coarse, and none of the edges.

    Args:
        pixels: uint8 H×W×3 RGB.

    Returns:
        The same shape.
    """
    lab: Pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), np.uint8)
    light = np.ascontiguousarray(lab[..., 0])
    calm = _denoise(light, _LEVELS)
    lab[..., 0] = np.rint(_FILM_SHARE * light.astype(np.float32) + (1 - _FILM_SHARE) * calm.astype(np.float32))
    for channel in (1, 2):
        lab[..., channel] = cv2.GaussianBlur(lab[..., channel], (0, 0), 1.2)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def _denoise(light: Pixels, levels: int) -> Pixels:
    """A channel, uint8 H×W, without its grain: coarse grain is fine in a smaller picture, and is taken away there."""
    height, width = light.shape
    if levels > 1 and min(height, width) >= 2 * _LEAST_SIDE:
        half = cv2.resize(light, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        change = _denoise(np.asarray(half, np.uint8), levels - 1).astype(np.float32) - half
        large = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
        light = np.clip(np.rint(light + large), 0, 255).astype(np.uint8)
    strength = _STRENGTH * _deviation(light)
    return np.asarray(cv2.fastNlMeansDenoising(light, None, strength, 5, 13), dtype=np.uint8) if strength else light


def _deviation(grey: Pixels) -> float:
    """The standard deviation of the grain of one channel, uint8 H×W."""
    fine = grey.astype(np.float32) - cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 3.0)
    rows, columns = (length // _BLOCK for length in grey.shape)
    if not rows or not columns:
        return 0.0
    inside = np.s_[: rows * _BLOCK, : columns * _BLOCK]
    blocks = fine[inside].reshape(rows, _BLOCK, columns, _BLOCK)
    light = grey[inside].reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    deviations = blocks.std(axis=(1, 3))[(light > 20) & (light < 235)]  # black and white hold no grain
    return float(np.percentile(deviations, 20)) if deviations.size else 0.0
