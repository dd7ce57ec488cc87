"""Whether a photo is clearly an old one: one hue only, and the marks of time on it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Pixels
from pipeline.photo.colour import is_monochrome

# All four toned scans at hand: tone 9–25, grain 1.7–5.0, span 156–175. Grain alone or a narrow span alone tell
# nothing: portraits of today turned to grey have grain of 0.1–9.3 (skin and hair close up) and a span from 138 on.
TONED: Final = 6.0  # length of the mean a*b*: paper that has turned brown
GRAINY: Final = 1.5  # grey levels of noise where the picture is smoothest
FADED: Final = 180.0  # grey levels between the 1st and the 99th percentile
_SIDE: Final = 640  # what grain and tone are measured at


def is_old_photo(pixels: Pixels) -> bool:
    """True for uint8 H×W×3 RGB of one hue that is brown, and grainy or faded too.

    Plain black and white is not clearly old. It is evidence and no proof: a phone's filter makes the same. Never
    enough by itself to allow anything.
    """
    if not is_monochrome(pixels):
        return False
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return tone(small) >= TONED and (grain_level(small) >= GRAINY or span(small) <= FADED)


def tone(pixels: Pixels) -> float:
    """Length of the mean a*b*: 0 for grey, 10 and more for sepia."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return float(np.linalg.norm(lab[..., 1:].reshape(-1, 2).mean(axis=0)))


def grain_level(pixels: Pixels) -> float:
    """Grey levels of what a median of 5×5 takes away, in the smoothest quarter of the picture."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rest = grey.astype(np.float32) - cv2.medianBlur(grey, 5)
    energy = cv2.blur(rest * rest, (15, 15))
    return float(np.sqrt(np.percentile(energy, 25)))


def span(pixels: Pixels) -> float:
    """Grey levels from the 1st to the 99th percentile."""
    low, high = np.percentile(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (1, 99))
    return float(high - low)
