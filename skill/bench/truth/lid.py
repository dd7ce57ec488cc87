"""A shut lid as a picture shows it: the line of its lashes, the light and the texture of its skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import gaussian, single

PLACES: Final = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875)
"""Places of the lash line's heights: shares of the way from the outer to the inner corner."""

_COLUMNS: Final = 57
_ROWS: Final = 81
_REACH: Final = (-0.16, 0.24)  # eye widths below the line through the corners, in which lashes are looked for
_THICK: Final = 0.09  # eye widths: the lashes' line is darker than the skin so far above and below it
_STEEP: Final = 2  # rows a column by which the line may rise or fall
_SKIN: Final = (0.2, 0.07)  # eye widths above the lash line: the lid's skin lies between
_MIDDLE: Final = (0.25, 0.75)  # shares of the eye's width between which it is measured


@dataclass(frozen=True, slots=True)
class ShutLid:
    """Measures of one shut eye."""

    line: Double
    """(7,), the lash line below the line through the corners at PLACES, in eye widths."""
    darkness: float
    """Mean darkness of that line beside the skin around it, 0..255."""
    light: float
    """L* of the lid's skin, 0..100, the median."""
    texture: float
    """Standard deviation of L* there."""


def measure_shut_lid(pixels: Pixels, eye: Contour) -> ShutLid:
    """Measure a shut eye.

    Args:
        pixels: The picture, uint8 H×W×3 RGB.
        eye: The open eye's contour in its pixels: its corners give the frame.
    """
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    share = np.linspace(0.04, 0.96, _COLUMNS)
    at_u = eye.left_end + share * (eye.right_end - eye.left_end)
    at_d = np.linspace(*_REACH, _ROWS) * eye.width
    chord = _chord(eye)
    profiles = single(gaussian(eye.unroll(grey, chord, at_u, at_d), 0.8))
    step = (at_d[1] - at_d[0]) / eye.width
    reach = round(_THICK / step)
    around = (np.roll(profiles, reach, 0) + np.roll(profiles, -reach, 0)) / 2.0
    dark = around - profiles
    dark[:reach], dark[-reach:] = 0.0, 0.0
    rows = _best_path(single(dark))
    line = np.interp(PLACES, *_from_outer(share, at_d[rows] / eye.width, eye))
    light = eye.unroll(single(lab[..., 0]), chord, at_u, at_d)
    below = at_d[rows][None] - at_d[:, None]
    skin = (below > _SKIN[1] * eye.width) & (below < _SKIN[0] * eye.width)
    skin &= ((share > _MIDDLE[0]) & (share < _MIDDLE[1]))[None]
    darkness = float(dark[rows, np.arange(_COLUMNS)].mean())
    return ShutLid(line, darkness, float(np.median(light[skin])), float(light[skin].std()))


def _chord(eye: Contour) -> Double:
    """The straight line through the corners as a curve of the eye."""
    ends = np.array([eye.left_end, eye.right_end])
    heights = np.interp(ends, eye.at, (eye.upper + eye.lower) / 2.0)
    share = (eye.at - ends[0]) / (ends[1] - ends[0])
    return np.asarray(heights[0] + (heights[1] - heights[0]) * share, np.float64)


def _from_outer(share: Double, values: Double, eye: Contour) -> tuple[Double, Double]:
    return (share, values) if eye.outer_is_left else (1.0 - share[::-1], values[::-1])


def _best_path(strength: Float) -> NDArray[np.int64]:
    """The row of each column of (rows, columns) along the path of the largest sum that has no leap."""
    best = strength[:, 0].copy()
    came = np.zeros(strength.shape, np.int64)
    rows = np.arange(len(best))
    moves = np.arange(-_STEEP, _STEEP + 1)
    for column in range(1, strength.shape[1]):
        origins = np.clip(rows[:, None] + moves, 0, len(best) - 1)
        choice = np.argmax(best[origins] - 0.3 * np.abs(moves), axis=1)
        came[:, column] = origins[rows, choice]
        best = best[came[:, column]] - 0.3 * np.abs(moves[choice]) + strength[:, column]
    path = np.zeros(strength.shape[1], np.int64)
    path[-1] = int(np.argmax(best))
    for column in range(strength.shape[1] - 1, 0, -1):
        path[column - 1] = came[path[column], column]
    return path
