"""Rims of glasses that lie over the lids, so that a blink passes behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, sample, single

# Strength of the best line along the cheek below an eye, as a share of the skin's brightness. Measured on 18 people
# with glasses and 55 without: these have at most 0.21 in the weaker eye and on average (wrinkled, laughing eyes),
# rims dark or bright enough to be seen dragged along 0.24 and more.
_WEAKER: Final = 0.17
_MEAN: Final = 0.235
# … and half of that mean together with the best line across the nose between the eyes: on 185 people 0.41 and more with
# glasses, whose bridge is there; up to 0.34 without, where bags, wrinkles or a painter's strokes run below the eyes.
_WITH_BRIDGE: Final = 0.375
_LEAST_BRIDGE: Final = 0.16  # … of which the bridge alone is 0.19 and more with glasses, up to 0.13 of those without
_BELOW: Final = (0.24, 1.0)  # eye widths below the lower lid: beyond its lashes, down to the largest lens
_THICK: Final = 0.18  # eye widths: nothing thicker is a rim
_LINE: Final = 0.13  # strength from which a pixel belongs to a rim
_LIGHTER: Final = 1.1  # times the skin's light: the light line of a rim is lighter
_FOLD: Final = 0.2  # eye widths above the margin: a weak line may be the lid's fold there …
_LID: Final = 0.3  # … and a light one the lid …
_STRONG: Final = (0.5, 0.3)  # … and from those strengths on, a dark and a light one, they are a rim
_COLUMNS: Final = 40
_ROWS: Final = 90
_BRIDGE: Final = 0.75  # eye widths above and below the line through the inner corners: where a bridge is looked for
_BESIDE_NOSE: Final = 0.12  # of the distance of the inner corners, beside each of which is lashes and shade


def wears_glasses(pixels: Pixels, eyes: Sequence[Contour]) -> bool:
    """Whether a strong line runs below both eyes, and one between them.

    Args:
        pixels: uint8 H×W×3.
        eyes: Both eyes' contours in its pixels; with fewer there is no answer but False.
    """
    if len(eyes) != 2:
        return False
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strengths = [_measure_line_below(grey, eye) for eye in eyes]
    mean = sum(strengths) / 2
    if min(strengths) < _WEAKER or mean < _MEAN:
        return False
    bridge = _trace_bridge(grey, *eyes)
    return bridge > _LEAST_BRIDGE and mean / 2 + bridge > _WITH_BRIDGE


def _measure_line_below(grey: Float, eye: Contour) -> float:
    """Strength of the best line below an eye, see `_trace_line`."""
    width = eye.width
    at_u = np.linspace(eye.left_end + 0.1 * width, eye.right_end - 0.1 * width, _COLUMNS)
    at_d = np.linspace(_BELOW[0] * width, _BELOW[1] * width, _ROWS)
    return _trace_line(eye.unroll(grey, eye.lower, at_u, at_d), (at_d[1] - at_d[0]) / width)


def measure_bridge(pixels: Pixels, eye: Contour, other: Contour) -> float:
    """Measure the best line across the nose between two eyes of a photo (uint8 H×W×3): 0 none, 1 the strongest."""
    return _trace_bridge(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), eye, other)


def _trace_bridge(grey: Float, eye: Contour, other: Contour) -> float:
    """Strength of the best line across the nose from eye to eye, see `_trace_line`."""
    width = (eye.width + other.width) / 2
    first, last = sorted((eye.inner_corner, other.inner_corner), key=lambda corner: float(corner[0]))
    across = last - first
    down = np.array([-across[1], across[0]]) / max(float(np.linalg.norm(across)), 1.0)
    share, away = np.meshgrid(
        np.linspace(_BESIDE_NOSE, 1.0 - _BESIDE_NOSE, _COLUMNS), np.linspace(-_BRIDGE, _BRIDGE, _ROWS)
    )
    x, y = (first[axis] + share * across[axis] + away * width * down[axis] for axis in (0, 1))
    return _trace_line(single(sample(grey, single(x), single(y))), 2.0 * _BRIDGE / (_ROWS - 1))


def _trace_line(strip: Float, step: float) -> float:
    """Mean strength along the best unbroken line from one side to the other, by dynamic programming.

    Args:
        strip: The picture, straightened: (_ROWS, _COLUMNS), 0..255.
        step: Distance of its rows in eye widths.
    """
    smooth = cv2.GaussianBlur(strip, (0, 0), sigmaX=1.0, sigmaY=max(0.8, 0.012 / step))
    strength = _line_strength(single(smooth), np.ones((round(_THICK / step) | 1, 1), np.uint8))
    best = strength[:, 0]
    for column in range(1, _COLUMNS):
        best = strength[:, column] + cv2.dilate(best[:, None], np.ones((7, 1), np.uint8))[:, 0]
    return float(best.max() / _COLUMNS)


def _line_strength(grey: Float, kernel: Pixels) -> Float:
    """By how much thin structures are darker or lighter than their surroundings, relative to them, (h, w), 0..1.

    kernel uint8: wider than any line. grey (h, w), 0..255.
    """
    return single(np.maximum(*_line_strengths(grey, kernel)))


def _line_strengths(grey: Float, kernel: Pixels) -> tuple[Float, Float]:
    """By how much thin structures are darker, and lighter, than their surroundings; see `_line_strength`."""
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)
    around = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel)
    return single(dark / np.maximum(around, 20.0)), single(light / np.maximum(grey, 20.0))


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
    dark, light = _line_strengths(gaussian(grey, 0.6), ellipse_kernel(round(0.5 * _THICK * width)))
    upper, lower = contour.curve(contour.upper, u), contour.curve(contour.lower, u)
    skin = [grey[where] for where in ((v < upper) & (v > upper - _FOLD * width), v > lower + _BELOW[0] * width)]
    lightest = max((float(np.median(part)) for part in skin if part.size), default=0.0)
    between = (v < upper) & (u > contour.left_end - 0.2 * width) & (u < contour.right_end + 0.2 * width)
    fold, lid = (between & (v > upper - height * width) for height in (_FOLD, _LID))
    lines = (light > np.where(lid, _STRONG[1], _LINE)) & (grey > _LIGHTER * lightest)  # skin between shades is no line
    lines |= dark > np.where(fold, _STRONG[0], _LINE)
    eye = (v > upper - 0.09 * width) & (v < lower + 0.09 * width)
    eye &= (u > contour.left_end - 0.06 * width) & (u < contour.right_end + 0.06 * width)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((lines & ~eye).astype(np.uint8))
    long = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > 0.5 * width
    long[0] = False
    return np.asarray(cv2.dilate(long[labels].astype(np.uint8), ellipse_kernel(1)) > 0)
