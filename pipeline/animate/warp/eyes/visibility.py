"""Whether an eye can be seen at all: a coloured lens and a statue's blank eye show no iris, and do not blink."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import smoothstep

# Brightness of the darkest part of an iris by that of the cheek: at most 0.54 on the 42 open eyes of portraits and old
# scans (blue eyes in the sun), 0.79 and more on statues and behind a coloured lens.
_BLANK: Final = (0.62, 0.76)
_DARKEST: Final = 15  # percentile: pupil and the iris' rim, not a single grain
_IRIS: Final = 0.16  # eye widths from its centre along the eye
_INSIDE: Final = 0.18  # of the opening: what is so near to a lid may be its lashes
_CHEEK: Final = (0.2, 0.5)  # eye widths below the lower margin


def measure_visibility(pixels: Pixels, contour: Contour) -> float:
    """Certainty that an eye is seen: 1 where an iris is darker than the cheek, 0 where nothing in the eye is.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    width = contour.width
    iris = _sample_between(grey, contour, contour.iris[0] - _IRIS * width, contour.iris[0] + _IRIS * width)
    at_u = np.linspace(contour.left_end + 0.1 * width, contour.right_end - 0.1 * width, 24)
    cheek = contour.unroll(grey, contour.lower, at_u, np.linspace(*_CHEEK, 16) * width)
    darkest = float(np.percentile(iris, _DARKEST)) / max(float(np.median(cheek)), 1.0)
    return 1.0 - float(smoothstep(darkest, *_BLANK))


def _sample_between(grey: Float, contour: Contour, first: float, last: float) -> Float:
    """The picture between the open lids, away from them, at places first..last along the eye."""
    at_u = np.linspace(first, last, 15)
    share = np.linspace(_INSIDE, 1.0 - _INSIDE, 11)
    rows = [contour.unroll(grey, contour.upper + one * contour.opening, at_u, np.zeros(1)) for one in share]
    return np.concatenate(rows)
