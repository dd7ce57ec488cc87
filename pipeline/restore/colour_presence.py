"""Presence of colour: whether a photo is black and white, or a print toned with one hue, or has colours of its own."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import gaussian, resize

_SIDE: Final = 200  # pixels of the longer side at which is measured: grain and blocks of JPEG have no colour there
_SOFT: Final = 1.5  # pixels
_BORDER: Final = 25  # the outermost share of 1 / _BORDER may be a scanner's lid
_BINS: Final = 20  # of lightness: a print's tone is a function of it
_WIDE: Final = 25.0  # pixels: a yellowed print's tone changes slowly over the paper
# Percentiles of the colour that lightness, and then place, don't explain, units of Lab. Eleven black-and-white photos
# and sepias, torn and stained, have 3.2 and 4.4 at most, 20 heavy imitations 3.6 and 4.7; of 89 colour photos the least
# are 4.2 and 5.2, of a woman in black before a black wall.
_MOST_BY_LIGHTNESS: Final = (90, 3.9)
_MOST_BY_PLACE: Final = (97, 4.8)
_GOOD_SPAN: Final = 40.0  # of lightness; where tones have faded, so have colours
_LEAST_SPAN_SHARE: Final = 0.4


def is_colourless(pixels: Pixels) -> bool:
    """Whether a photo, uint8 H×W×3 RGB, is black and white or a print toned with one hue, and may be coloured."""
    lab = _seen(pixels)
    light, colour = lab[..., 0], lab[..., 1:]
    low, high = np.percentile(light, (2, 98))
    share = float(np.clip((high - low) / _GOOD_SPAN, _LEAST_SPAN_SHARE, 1.0))
    bins = np.clip((light / 100 * _BINS).astype(int), 0, _BINS - 1)
    own = _without_tone(colour, bins)
    if not _is_small(own, _MOST_BY_LIGHTNESS, share):
        return False
    for _ in range(3):
        own = _without_tone(own - gaussian(own, _WIDE), bins)
    return _is_small(own, _MOST_BY_PLACE, share)


def _seen(pixels: Pixels) -> Float:
    """The photo as it is measured, small and without its border, in Lab."""
    height, width = pixels.shape[:2]
    inner = pixels[height // _BORDER : height - height // _BORDER, width // _BORDER : width - width // _BORDER]
    scale = min(1.0, _SIDE / max(inner.shape[:2]))
    small = resize(inner, [max(1, round(length * scale)) for length in inner.shape[:2]])
    soft = gaussian(small.astype(np.float32) / np.float32(255), _SOFT)
    return np.asarray(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB), np.float32)


def _without_tone(colour: Float, bins: NDArray[np.int_]) -> Float:
    """The colour, (h, w, 2), less the median of its lightness, which `bins` (h, w) numbers."""
    tones = np.array(
        [np.median(colour[bins == one], axis=0) if (bins == one).any() else (0, 0) for one in range(_BINS)]
    )
    return np.asarray(colour - tones[bins], np.float32)


def _is_small(colour: Float, most: tuple[int, float], share: float) -> bool:
    percentile, limit = most
    return bool(np.percentile(np.hypot(colour[..., 0], colour[..., 1]), percentile) < limit * share)
