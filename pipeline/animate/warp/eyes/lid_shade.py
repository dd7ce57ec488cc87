"""The shade on a shut eye: deep beside the nose, soft above the lashes and below them, with light on the outer bone."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float
from pipeline.image_ops import gaussian, single

_ALONG: Final = (-0.25, -0.1, 0.1, 0.3, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3)
"""Places from the outer corner (0) to the inner one (1)."""
_DOWN: Final = (-0.42, -0.3, -0.2, -0.13, -0.07, 0.0, 0.1, 0.17, 0.25, 0.4)
"""Places below the margin of the shut lid, eye widths."""
# Rows by _DOWN, columns by _ALONG, hundredths of the light that is missing: the mean of nine filmed people (18 eyes),
# whose shut lids were compared with ones of an even tone.
_SHADE: Final = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, -5, -6, -5, -3, 4, 3, 0, 0, 0),
    (0, -6, -7, -6, -1, 9, 10, 10, 5, 0),
    (0, -6, -5, 1, 6, 16, 19, 19, 9, 0),
    (0, -6, -4, 8, 12, 19, 23, 20, 8, 0),
    (0, 0, 0, 6, 7, 11, 17, 13, 5, 0),
    (0, 4, 2, 7, 14, 14, 15, 6, 3, 0),
    (0, 6, 7, 10, 13, 13, 12, 4, 2, 0),
    (0, 0, 3, 5, 5, 4, 3, 2, 1, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
_STRENGTH: Final = 0.65
_SOFT: Final = 0.03  # eye widths


def lid_shade(box: EyeBox) -> Float:
    """The share of the light that is missing on a shut eye, where its margin lies then; below 0 there is more light.

    Args:
        box: The eye's box.

    Returns:
        float32 (h, w), -0.1..0.3.
    """
    contour, width = box.contour, box.contour.width
    share = (box.u - contour.left_end) / (contour.right_end - contour.left_end)
    x = share if contour.outer_is_left else 1.0 - share
    d = (box.v - contour.curve(contour.upper + contour.travel, box.u)) / width
    column = np.interp(x, _ALONG, np.arange(len(_ALONG)))
    row = np.interp(d, _DOWN, np.arange(len(_DOWN)))
    table = np.array(_SHADE, np.float32) / 100.0
    shade = cv2.remap(table, single(column), single(row), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return single(_STRENGTH * gaussian(shade, _SOFT * width))
