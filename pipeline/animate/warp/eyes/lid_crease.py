"""The crease of an upper lid: it is looked for above the open eye, and stays faintly seen as the lid comes down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Double, Float
from pipeline.image_ops import gaussian, single, smoothstep

# Lengths in eye widths, heights above the open upper margin.
_COLUMNS: Final = 48
_ROWS: Final = 44
_HEIGHTS: Final = (0.05, 0.34)  # between which a crease is looked for, below the brow and above the lashes
_BELOW_TOP: Final = 0.9  # … share of the lid's height up to `top`
_THICK: Final = 0.12  # nothing thicker is a crease
_STEP: Final = 1  # rows by which its path goes up or down from column to column
_SURE: Final = (0.03, 0.07)  # mean share of the light that it takes: from a guess to what was seen
_GUESS: Final = (0.42, 0.03)  # height of an unseen one by the lid's, and the light that it takes
_DEPTH: Final = (0.03, 0.15)  # light that a crease takes: the least and the most
_LEFT: Final = 0.5  # of its light, when the skin is stretched flat
_LINE: Final = 0.02  # half thickness of the line
_OVERHANG: Final = (0.5, 0.055)  # shade of the skin above it: share of the line's, height
_SHINE: Final = (0.35, 0.045, 0.03)  # light below it: share of the line's, distance, half height
_EVEN: Final = (3.0, 8.0)  # columns: height and depth are smoothed along the eye
_ENDS: Final = ((-0.16, 0.14), (0.8, 1.06))  # along the eye from the outer corner, over which it appears and ends
_UNEVEN: Final = ((0.37, 0.25, 1.3), (0.13, 0.15, 0.2))  # length, share and phase of the waves of its depth


@dataclass(frozen=True)
class Crease:
    """A crease along an eye."""

    at_u: Double
    """(n,), places along the eye, pixels."""
    height: Double
    """(n,), above the open upper margin, pixels."""
    depth: Double
    """(n,), the share of the light that its line takes on the open eye."""


def find_crease(box: EyeBox, lash_height: Double) -> Crease:
    """Find the crease above an open eye; where none is seen, one is guessed.

    Args:
        box: The eye's box.
        lash_height: A curve, the height of the lashes' band in pixels, see `measure_lash_band`.
    """
    contour, width = box.contour, box.contour.width
    at_u = np.linspace(contour.left_end, contour.right_end, _COLUMNS)
    at_d = np.linspace(-_HEIGHTS[1], 0.0, _ROWS) * width
    place_v = np.interp(at_u, contour.at, contour.upper)[None] + at_d[:, None]
    x = contour.centre[0] + at_u * contour.axis_u[0] + place_v * contour.axis_v[0] - box.left
    y = contour.centre[1] + at_u * contour.axis_u[1] + place_v * contour.axis_v[1] - box.top_edge
    strip = cv2.remap(box.grey, single(x), single(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    step = (at_d[1] - at_d[0]) / width
    smooth = cv2.GaussianBlur(strip, (0, 0), sigmaX=1.2, sigmaY=max(0.8, 0.01 / step))
    around = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((round(_THICK / step) | 1, 1), np.uint8))
    dark = (around - smooth) / np.maximum(around, 16.0)
    lid = np.interp(at_u, contour.at, contour.upper - contour.top)
    lashes = np.minimum(np.interp(at_u, contour.at, lash_height) - 0.04 * width, 0.5 * lid)
    lowest = np.maximum(lashes, _HEIGHTS[0] * width)
    seen = (-at_d[:, None] > lowest) & (-at_d[:, None] < _BELOW_TOP * lid)
    rows = _trace(single(np.where(seen, dark, 0.0)))
    depth = np.where(seen, dark, 0.0)[rows, np.arange(_COLUMNS)]
    sure = float(smoothstep(float(np.mean(depth[6:-6])), *_SURE))
    height = _GUESS[0] * lid + sure * (-at_d[rows] - _GUESS[0] * lid)
    depth = _GUESS[1] + sure * (depth - _GUESS[1])
    height, depth = (
        gaussian(single(one)[None], columns)[0].astype(np.float64)
        for one, columns in zip((height, depth), _EVEN, strict=True)
    )
    return Crease(at_u, height, np.clip(depth, *_DEPTH))


def _trace(strength: Float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows (n,) of the strongest path through the columns of (m, n), by dynamic programming."""
    rows, columns = strength.shape
    best, come = strength[:, 0].copy(), np.zeros((rows, columns), np.int64)
    for column in range(1, columns):
        padded = np.pad(best, _STEP, constant_values=-1.0)
        moves = np.stack([padded[move : move + rows] for move in range(2 * _STEP + 1)])
        come[:, column] = np.clip(np.arange(rows) + moves.argmax(0) - _STEP, 0, rows - 1)
        best = moves.max(0) + strength[:, column]
    path = np.zeros(columns, np.int64)
    path[-1] = int(best.argmax())
    for column in range(columns - 1, 0, -1):
        path[column - 1] = come[path[column], column]
    return path


def draw_crease(box: EyeBox, crease: Crease, softness: float) -> Float:
    """The share of the light that a stretched lid's crease takes, at the open eye's places.

    Args:
        box: The eye's box.
        crease: The crease, see `find_crease`.
        softness: Sigma of the photo's blur in pixels: no line is sharper.

    Returns:
        float32 (h, w), -0.03..0.07; below 0 there is more light.
    """
    contour, width = box.contour, box.contour.width
    at_x = (crease.at_u - contour.left_end) / (contour.right_end - contour.left_end)
    at_x = at_x if contour.outer_is_left else 1.0 - at_x
    depth = _LEFT * crease.depth
    for length, wave, phase in _UNEVEN:
        depth = depth * (1.0 + wave * np.sin(2.0 * np.pi * at_x / length + phase))
    (begin, whole), (fade, end) = _ENDS
    x = (contour.at - contour.left_end) / (contour.right_end - contour.left_end)
    x = x if contour.outer_is_left else 1.0 - x
    along = smoothstep(x, begin, whole) * (1.0 - smoothstep(x, fade, end))
    dark = contour.curve(np.interp(contour.at, crease.at_u, depth) * along, box.u)
    line_v = contour.curve(contour.upper - np.interp(contour.at, crease.at_u, crease.height), box.u)
    d = (box.v - line_v) / np.float32(width)  # below the line
    reach = np.linspace(-1.0, 1.0, 2001)
    return single(dark * np.interp(d, reach, _across(reach, softness / width)))


def _across(d: Double, blur: float) -> Double:
    """A crease across: its line, the shade above it, the light below it; d: eye widths below the line."""
    line = _profile(d, _LINE, blur)
    above, reach = _OVERHANG
    shade = above * np.where(d < 0.0, _profile(d, reach, 0.0), line)
    light, below, half = _SHINE
    return np.asarray(line + shade - light * _profile(d - below, half, blur))


def _profile(d: Double, half: float, blur: float) -> Double:
    """A bell of half width `half` over d, wider and lower by a blur."""
    wide = float(np.hypot(half, 1.4 * blur))
    return np.asarray(half / wide * np.exp(-((d / wide) ** 2)), np.float64)
