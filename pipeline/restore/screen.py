"""The screen of a printed picture, the dots of newspapers and books: found in the spectrum, and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import single

_TILE: Final = 128  # pixels of the tiles whose spectra are averaged
_MOST_TILES: Final = 48
_LEAST_TILES: Final = 4  # a picture of 256 pixels has them
_FREQUENCIES: Final = (0.07, 0.46)  # cycles a pixel: dots 2.2 to 14 pixels apart
# Natural logarithm of power by what is usual at that frequency: drawn screens have 6.1 and more, 240 photos and scans
# 3.4 at most
_PEAK: Final = 4.5
_EQUAL: Final = 0.09  # most difference of both frequencies, as a share
_SQUARE: Final = 0.17  # sine of the most that both directions are off a right angle
_OFF_AXIS: Final = (
    0.15  # sine of the least angle to rows and columns: along them lie borders of JPEG's blocks and pixels
)
_CUT: Final = 0.62  # of the screen's frequency: finer detail than the dots can show is nothing but dots
_STEEP: Final = 8
_NOTCH: Final = 0.01  # cycles a pixel, σ of what is taken away at the screen's own frequencies


@dataclass(frozen=True, slots=True)
class Screen:
    """A square screen of dots."""

    along: tuple[float, float]
    """Its frequency across and down, cycles a pixel."""
    across: tuple[float, float]
    """That of the other direction."""

    @property
    def frequency(self) -> float:
        """The lower one of both, cycles a pixel."""
        return float(min(np.hypot(*self.along), np.hypot(*self.across)))


def find_screen(pixels: Pixels) -> Screen | None:
    """The screen of a picture, uint8 H×W×3 RGB, that lies over all of it; None where there is none."""
    power = _measure_power(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32))
    if power is None:
        return None
    excess = _above_usual(power)
    peaks = [_frequency(place) for place in _find_peaks(excess)]
    for one, other in combinations(peaks, 2):
        if _make_square(one, other):
            return Screen((float(one[0]), float(one[1])), (float(other[0]), float(other[1])))
    return None


def remove_screen(pixels: Pixels, screen: Screen) -> Pixels:
    """The picture without a screen, and without the detail that is finer than its dots.

    Args:
        pixels: uint8 H×W×3 RGB.
        screen: Its screen.

    Returns:
        The same shape.
    """
    height, width = pixels.shape[:2]
    margin = int(np.ceil(4 / screen.frequency))
    rows, columns = (cv2.getOptimalDFTSize(length + 2 * margin) for length in (height, width))
    rows, columns = rows + rows % 2, columns + columns % 2
    keep = _make_filter(screen, rows, columns)
    out = np.empty_like(pixels)
    for channel in range(3):
        wide = cv2.copyMakeBorder(
            pixels[..., channel], margin, rows - height - margin, margin, columns - width - margin, cv2.BORDER_REFLECT
        )
        calm = np.fft.irfft2(np.fft.rfft2(wide.astype(np.float32)) * keep, s=(rows, columns))
        out[..., channel] = np.clip(np.rint(calm[margin : margin + height, margin : margin + width]), 0, 255)
    return out


def _measure_power(grey: Float) -> Float | None:
    """The mean logarithm of power over tiles, (TILE, TILE), 0 in its middle; None of a picture that is too small.

    A logarithm's mean is small unless all tiles have the frequency: a dress with a pattern is no screen.
    """
    height, width = grey.shape
    tops, lefts = (range(0, length - _TILE + 1, _TILE) for length in (height, width))
    places = [(top, left) for top in tops for left in lefts]
    if len(places) < _LEAST_TILES:
        return None
    window = np.outer(np.hanning(_TILE), np.hanning(_TILE)).astype(np.float32)
    total, count = np.zeros((_TILE, _TILE)), 0
    for top, left in places[:: max(1, len(places) // _MOST_TILES)]:
        tile = grey[top : top + _TILE, left : left + _TILE]
        total += np.log(np.abs(np.fft.fft2((tile - tile.mean()) * window)) ** 2 + 1e3)
        count += 1
    return np.asarray(np.fft.fftshift(total / count), np.float32)


def _above_usual(power: Float) -> Float:
    """Power above the median of its frequency, whatever its direction; nothing where no screen is sought."""
    y, x = (np.mgrid[:_TILE, :_TILE] - _TILE // 2) / _TILE
    frequency = np.hypot(x, y)
    rings = np.rint(frequency * _TILE).astype(int)
    usual = np.array([np.median(power[rings == ring]) for ring in range(rings.max() + 1)])
    excess = (power - usual[rings]).astype(np.float32)
    excess[(frequency < _FREQUENCIES[0]) | (frequency > _FREQUENCIES[1])] = -9
    return single(excess)


def _find_peaks(excess: Float) -> list[tuple[int, int]]:
    """The places of local maxima in one half of the spectrum, the highest first."""
    highest = (excess >= cv2.dilate(excess, np.ones((5, 5), np.uint8))) & (excess >= _PEAK)
    highest[_TILE // 2 + 1 :] = False
    highest[_TILE // 2, : _TILE // 2] = False
    rows, columns = np.nonzero(highest)
    return sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda place: -float(excess[place]))


def _frequency(place: tuple[int, int]) -> Double:
    """Frequency across and down of a place of the spectrum."""
    return np.array([place[1] - _TILE // 2, place[0] - _TILE // 2], np.float64) / _TILE


def _make_square(one: Double, other: Double) -> bool:
    lengths = np.hypot(*one), np.hypot(*other)
    if min(np.abs(one).min() / lengths[0], np.abs(other).min() / lengths[1]) < _OFF_AXIS:
        return False
    cosine = abs(float(one @ other)) / float(lengths[0] * lengths[1])
    return bool(abs(lengths[0] / lengths[1] - 1) < _EQUAL and cosine < _SQUARE)


def _make_filter(screen: Screen, rows: int, columns: int) -> NDArray[np.float32]:
    """The share of each frequency that is kept, (rows, columns / 2 + 1), for numpy's rfft2."""
    y = np.fft.fftfreq(rows)[:, None]
    x = np.fft.rfftfreq(columns)[None, :]
    keep = 1 / (1 + (np.hypot(x, y) / (_CUT * screen.frequency)) ** _STEEP)
    for one in (-1, 0, 1):
        for two in (-1, 0, 1):
            if one or two:
                middle = one * np.array(screen.along) + two * np.array(screen.across)
                keep *= 1 - np.exp(-((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / (2 * _NOTCH**2))
    return single(keep)
