"""The shade on a shut eye: deep beside the nose, soft above the lashes and below them, with light on the outer bone.

And the light on the eyeball's bulge, and fine folds of the skin, which run along it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float
from pipeline.image_ops import gaussian, single, smoothstep

_ALONG: Final = (-0.25, -0.1, 0.1, 0.3, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3)
"""Places from the outer corner (0) to the inner one (1)."""
_DOWN: Final = (-0.42, -0.3, -0.2, -0.13, -0.07, 0.0, 0.1, 0.17, 0.25, 0.4)
"""Places below the margin of the shut lid, eye widths."""
# Rows by _DOWN, columns by _ALONG, hundredths of the light that is missing: the mean of 21 filmed people (42 eyes),
# whose shut lids were compared with the colours of `predict_shut_colour`.
_SHADE: Final = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, -1, 0, -6, -8, 4, 3, 1, 1, 0),
    (0, -4, 0, -4, -2, 3, 9, 17, 6, 0),
    (0, -2, 0, 0, 0, 10, 14, 30, 10, 0),
    (0, 0, 0, 9, 5, 13, 15, 31, 9, 0),
    (0, -4, -6, -2, -2, 2, 12, 16, 5, 0),
    (0, -4, -2, 7, 11, 14, 18, 6, 3, 0),
    (0, 2, 10, 10, 12, 13, 14, 5, 2, 0),
    (0, -1, 2, 1, 1, 1, 2, 2, 1, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
_LIT: Final = 0.05  # of the light, by which the table makes a lid lighter: more is a spot, where few lids are alike
_STRENGTH: Final = 0.82
_SOFT: Final = 0.03  # eye widths
# Folds: height by that of the first, light that is missing, from where to where along the eye, phase of its bends.
_FOLDS: Final = (
    (0.8, 0.018, -0.05, 0.6, 3.1), (0.62, 0.022, 0.25, 0.95, 5.2), (0.45, 0.016, 0.05, 0.7, 1.2),
)  # fmt: skip
# Light of the eyeball's bulge: the most of it, its middle along the eye and by the lid's height, its half sizes, and
# how far its middle moves to the side of the light.
_BULGE: Final = (0.06, 0.5, 0.45, 0.3, 0.3, 0.12)
_CORNERS: Final = (-0.06, 0.04)  # of the light that is missing at the temple and at the nose, where the ball turns away
_SIDE_LIGHT: Final = 0.35  # difference of the cheek's light beside an eye, as a share of it, that counts in full
_BEND: Final = (0.014, 0.31)  # eye widths: height and length of their bends
_THICK: Final = 0.011  # eye widths: half a fold's thickness
_ROUGH: Final = (0.018, 0.5, 1.5)  # deviation of a cheek's light with usual skin, and the least and most that count


def lid_shade(box: EyeBox, softness: float) -> Float:
    """The share of the light that is missing on a shut eye, where its margin lies then; below 0 there is more light.

    Args:
        box: The eye's box.
        softness: Sigma of the photo's blur in pixels: no fold is sharper.

    Returns:
        float32 (h, w), -0.15..0.3.
    """
    contour, width = box.contour, box.contour.width
    share = (box.u - contour.left_end) / (contour.right_end - contour.left_end)
    x = share if contour.outer_is_left else 1.0 - share
    d = (box.v - box.upper - box.travel) / width
    column = np.interp(x, _ALONG, np.arange(len(_ALONG)))
    row = np.interp(d, _DOWN, np.arange(len(_DOWN)))
    table = np.maximum(np.array(_SHADE, np.float32) / 100.0, -_LIT)
    shade = cv2.remap(table, single(column), single(row), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shade = _STRENGTH * gaussian(shade, _SOFT * width) - _bulge(box, share, x, d)
    return single(shade + _measure_roughness(box) * _folds(box, x, d, softness))


def _bulge(box: EyeBox, share: Float, x: Float, d: Float) -> Float:
    """The light that the ball below a lid adds, (h, w); share: along the eye from the left, d: below the margin."""
    gain, middle, height, half_u, half_v, moves = _BULGE
    lid = np.maximum((box.upper + box.travel - box.top) / box.contour.width, 0.05)
    middle += moves * _side_light(box)
    along = np.exp(-(((share - middle) / half_u) ** 2))
    lit = np.exp(-(((-d / lid - height) / half_v) ** 2))
    on_lid = smoothstep(-d / lid, -0.1, 0.1) * (1.0 - smoothstep(-d / lid, 0.6, 0.95))
    on_lid = on_lid * (1.0 - smoothstep(-d, 0.34, 0.48))
    inside = smoothstep(share, -0.1, 0.1) * (1.0 - smoothstep(share, 0.9, 1.1))
    return single(on_lid * inside * (gain * along * lit - np.interp(x, (0.0, 1.0), _CORNERS) * (1.0 - along)))


def _side_light(box: EyeBox) -> float:
    """The side that the light comes from, -1 left … 1 right of the picture, by the cheek below the eye's two halves."""
    width = box.contour.width
    cheek = (box.v > box.lower + 0.25 * width) & (box.v < box.lower + 0.55 * width) & box.person & ~box.rim
    sides = [box.grey[cheek & (sign * box.u > 0.1 * width) & (sign * box.u < 0.6 * width)] for sign in (-1.0, 1.0)]
    if min(side.size for side in sides) < 24:
        return 0.0
    left, right = (float(np.median(side)) for side in sides)
    return float(np.clip((right - left) / (_SIDE_LIGHT * max(left + right, 2.0) / 2.0), -1.0, 1.0))


def _folds(box: EyeBox, x: Float, d: Float, softness: float) -> Float:
    """The light that the folds take, (h, w); x: places from the outer corner, d: eye widths below the margin."""
    width = box.contour.width
    _, by_travel, added, _ = formula.LID_FOLD
    first = added + by_travel * box.travel / np.float32(width)
    thick = float(np.hypot(_THICK, softness / width))
    height, length = _BEND
    out = np.zeros_like(d)
    for share, depth, begin, end, phase in _FOLDS:
        bent = share * first + height * np.sin(2.0 * np.pi * x / length + phase) * (0.5 + 0.5 * np.sin(3.7 * x + phase))
        along = smoothstep(x, begin, begin + 0.2) * (1.0 - smoothstep(x, end - 0.2, end))
        out += np.float32(depth * _THICK / thick) * along * np.exp(-(((d + bent) / thick) ** 2))
    return single(out)


def _measure_roughness(box: EyeBox) -> float:
    """The roughness of the skin below the eye, 1 = usual: smooth skin gets no deep folds."""
    width = box.contour.width
    grey = box.grey
    cheek = (np.abs(box.u) < 0.4 * width) & (box.v > box.lower + 0.25 * width) & box.person & ~box.rim
    if cheek.sum() < 24:
        return _ROUGH[1]
    fine = gaussian(grey, 0.01 * width) - gaussian(grey, 0.05 * width)
    deviation = 1.48 * float(np.median(np.abs(fine[cheek]))) / max(float(np.median(grey[cheek])), 1.0)
    return float(np.clip(deviation / _ROUGH[0], *_ROUGH[1:]))
