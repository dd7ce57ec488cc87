"""Faded tones: black and white where they were, and a sepia stays a sepia."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import AnyArray, Float, Mask, Pixels
from pipeline.restore.colour_presence import is_colourless

_ENDS: Final = (0.5, 99.5)
"""Percentiles that count as black and white: specks and burnt corners are none."""
_FADED_SPAN: Final = 140.0
"""Levels between black and white below which a picture is faded; 39 good portraits have 146 at least."""
_BLACK, _WHITE = 12.0, 243.0  # where the ends are put: short of the ends of the scale, as a print has them
_MOST_GAIN: Final = 2.2
"""Largest factor by which tones are spread: more shows the scanner's noise."""


class Tone(NamedTuple):
    """The tones of a picture."""

    black: float
    """Level of its darkest parts, 0..255."""
    white: float
    """Level of its lightest parts, 0..255."""
    toned: bool
    """Whether it has one hue, as a sepia, or none."""

    @property
    def faded(self) -> bool:
        """Whether its tones take so little of the scale that it is faded."""
        return self.white - self.black < _FADED_SPAN

    @property
    def gain(self) -> float:
        """The factor by which `spread_tone` makes differences larger, grain's as well."""
        return min(_MOST_GAIN, (_WHITE - _BLACK) / max(self.white - self.black, 1.0))


def measure_tone(pixels: Pixels, hidden: Mask | None = None) -> Tone:
    """Measure the tones of a picture without its outermost 4 %, which may be a scan's border.

    Args:
        pixels: uint8 H×W×3 RGB.
        hidden: Defects, bool H×W, whose black and white are not the picture's.
    """
    grey = cv2.cvtColor(_inner(pixels), cv2.COLOR_RGB2GRAY)
    if hidden is not None:
        seen = ~_inner(hidden)
        grey = grey[seen] if seen.any() else grey
    black, white = np.percentile(grey, _ENDS)
    return Tone(float(black), float(white), is_colourless(pixels))


def spread_tone(pixels: Pixels, tone: Tone) -> Pixels:
    """Spread faded tones over the scale.

    Args:
        pixels: uint8 H×W×3 RGB.
        tone: Its own.

    Returns:
        The same shape. Of a toned print all channels are multiplied alike, so that its hue stays; of a colour photo the
        channels are spread partly by themselves, which takes away a cast that has come with the years.
    """
    values = pixels.astype(np.float32)
    middle, target = (tone.black + tone.white) / 2, (_BLACK + _WHITE) / 2
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    wanted = np.clip((luma - middle) * tone.gain + target, 0, 255)
    if tone.toned:
        out = values * (wanted / np.maximum(luma, 1.0))[..., None]
    else:
        ends = np.percentile(_inner(pixels).reshape(-1, 3), _ENDS, axis=0).astype(np.float32)
        low, high = 0.5 * (ends[0] + tone.black), 0.5 * (ends[1] + tone.white)
        out = (values - (low + high) / 2) * np.minimum(
            _MOST_GAIN, (_WHITE - _BLACK) / np.maximum(high - low, 1)
        ) + target
    return _eight_bit(out)


def _inner(pixels: AnyArray) -> AnyArray:
    height, width = pixels.shape[:2]
    rows, columns = height // 25, width // 25
    inner = pixels[rows : height - rows, columns : width - columns]
    step = max(1, min(inner.shape[:2]) // 300)
    return np.ascontiguousarray(inner[::step, ::step])


def _eight_bit(values: Float) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
