"""Rims of glasses that lie over the lids, so that a blink passes behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, single

# Strength of the best line along the cheek below an eye, as a share of the skin's brightness. Measured on 18 people
# with glasses and 55 without: these have at most 0.21 in the weaker eye and on average (wrinkled, laughing eyes),
# rims dark or bright enough to be seen dragged along 0.24 and more.
_WEAKER: Final = 0.17
_MEAN: Final = 0.235
_BELOW: Final = (0.24, 1.0)  # eye widths below the lower lid: beyond its lashes, down to the largest lens
_THICK: Final = 0.18  # eye widths: nothing thicker is a rim
_LINE: Final = 0.13  # strength from which a pixel belongs to a rim
_COLUMNS: Final = 40


def wears_glasses(pixels: Pixels, eyes: Sequence[Contour]) -> bool:
    """Whether a strong line runs below both eyes.

    Args:
        pixels: uint8 H×W×3.
        eyes: Both eyes' contours in its pixels; with fewer there is no answer but False.
    """
    if len(eyes) != 2:
        return False
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strengths = [_measure_line_below(grey, eye) for eye in eyes]
    return min(strengths) > _WEAKER and sum(strengths) / 2 > _MEAN


def _measure_line_below(grey: Float, eye: Contour) -> float:
    """Mean strength along the best unbroken line below an eye, found by dynamic programming from column to column."""
    width = eye.width
    at_u = np.linspace(eye.left_end + 0.1 * width, eye.right_end - 0.1 * width, _COLUMNS)
    at_d = np.linspace(_BELOW[0] * width, _BELOW[1] * width, 90)
    unrolled = eye.unroll(grey, eye.lower, at_u, at_d)
    step = (at_d[1] - at_d[0]) / width
    smooth = cv2.GaussianBlur(unrolled, (0, 0), sigmaX=1.0, sigmaY=max(0.8, 0.012 / step))
    strength = _line_strength(single(smooth), np.ones((round(_THICK / step) | 1, 1), np.uint8))
    best = strength[:, 0]
    for column in range(1, _COLUMNS):
        best = strength[:, column] + cv2.dilate(best[:, None], np.ones((7, 1), np.uint8))[:, 0]
    return float(best.max() / _COLUMNS)


def _line_strength(grey: Float, kernel: Pixels) -> Float:
    """By how much thin structures are darker or lighter than their surroundings, relative to them, (h, w), 0..1.

    kernel uint8: wider than any line. grey (h, w), 0..255.
    """
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)
    around = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel)
    return single(np.maximum(dark / np.maximum(around, 20.0), light / np.maximum(grey, 20.0)))


def find_rim(pixels: Pixels, contour: Contour, box: tuple[int, int, int, int]) -> Mask:
    """Find the rim in an eye's box: thin long structures outside the eye itself.

    Args:
        pixels: uint8 H×W×3.
        contour: The eye in its pixels.
        box: Left, top, right, bottom in its pixels.

    Returns:
        bool (h, w) of the box.
    """
    left, top, right, bottom = box
    width = contour.width
    grey = cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    lines = _line_strength(gaussian(grey, 0.6), ellipse_kernel(round(0.5 * _THICK * width))) > _LINE
    eye = (v > contour.curve(contour.upper, u) - 0.09 * width) & (v < contour.curve(contour.lower, u) + 0.09 * width)
    eye &= (u > contour.left_end - 0.06 * width) & (u < contour.right_end + 0.06 * width)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((lines & ~eye).astype(np.uint8))
    long = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > 0.5 * width
    long[0] = False
    return np.asarray(cv2.dilate(long[labels].astype(np.uint8), ellipse_kernel(1)) > 0)
