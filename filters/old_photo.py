"""The test for old photos: a single brown hue, with the grain or the fading of old paper."""

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
_SIDE: Final = 640  # pixels of the longer side at which grain and tone are measured


def is_old_photo(pixels: Pixels) -> bool:
    """Whether a photo (uint8 H×W×3, RGB) is clearly an old one: of one hue that is brown, and grainy or faded too.

    Plain black and white is not clearly old. The answer is evidence and no proof, for a phone's filter makes the same:
    it is never enough by itself to allow anything.
    """
    if not is_monochrome(pixels):
        return False
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return measure_tone(small) >= TONED and (measure_grain(small) >= GRAINY or measure_span(small) <= FADED)


def measure_tone(pixels: Pixels) -> float:
    """The length of the mean a*b* of a photo (uint8 H×W×3, RGB): 0 for grey, 10 and more for sepia."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return float(np.linalg.norm(lab[..., 1:].reshape(-1, 2).mean(axis=0)))


def measure_grain(pixels: Pixels) -> float:
    """The strength of the grain, in grey levels: what a 5×5 median takes away in the smoothest quarter of a photo."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rest = grey.astype(np.float32) - cv2.medianBlur(grey, 5)
    energy = cv2.blur(rest * rest, (15, 15))
    return float(np.sqrt(np.percentile(energy, 25)))


def measure_span(pixels: Pixels) -> float:
    """The span of a photo's tones: grey levels from the 1st to the 99th percentile."""
    low, high = np.percentile(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (1, 99))
    return float(high - low)
