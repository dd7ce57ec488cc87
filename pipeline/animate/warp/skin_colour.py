"""Colours of a person's skin and hair, by which the one is told from the other, and from what is before a face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Head
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import gaussian, polygon_mask, single

SKIN_SHADES: Final = (0.12, 0.02, 0.02)
"""Spread that light and shade add to the colours of skin."""

_CHEEKS_AND_NOSE: Final = (
    (117, 118, 119, 100, 142, 36, 205, 187, 123, 116), (346, 347, 348, 329, 371, 266, 425, 411, 352, 345),
    (6, 197, 195, 5, 4, 45, 220, 115, 48, 64, 98, 240, 102, 129), (8, 9, 151, 108, 107, 336, 337),
)  # fmt: skip
_DARK: Final = 8.0  # of 255, added before the logarithm: noise of black pixels has no colour
_NOISE: Final = (0.03, 0.015, 0.015)  # least spread of a colour (log light, log r/g, log g/b)
_FARTHEST: Final = 60.0  # squared distance beyond which nothing is less likely


def scale_landmarks(head: Head, scale: float) -> Float:
    """The head's landmarks (478, 2) on a picture of `scale` pixels a pixel."""
    return (head.landmarks[:, :2] + 0.5) * scale - 0.5


def find_skin(points: Float, size: tuple[int, int]) -> Mask:
    """Cheeks, nose and the middle of the forehead, bool of `size`, by landmarks (478, 2) in its pixels."""
    skin = np.zeros(size, np.uint8)
    for outline in _CHEEKS_AND_NOSE:
        skin |= polygon_mask(size, single(cv2.convexHull(single(points[list(outline)]))[:, 0]))
    return skin > 0


def log_colours(pixels: Pixels) -> Float:
    """Logarithms of the light and of the quotients of colours, (h, w, 3): shade changes the first most."""
    logs = np.log(gaussian(pixels, 0.7).astype(np.float32) + _DARK)
    return single(np.dstack([logs.mean(-1), logs[..., 0] - logs[..., 1], logs[..., 1] - logs[..., 2]]))


@dataclass(frozen=True)
class Colour:
    """A normal distribution of colours as of `log_colours`."""

    mean: Double
    """(3,), its mean."""
    spread: Double
    """(3, 3), its covariance."""

    @classmethod
    def measure(cls, samples: Float, more: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Colour:
        """The distribution of samples (n, 3) but for strays, widened by standard deviations `more`."""
        mean = np.median(samples, 0)
        away = np.abs(samples - mean).sum(1)
        usual = samples[away < 3.5 * np.median(away) + 0.05]
        spread = np.cov(usual.T) + np.diag(np.square(_NOISE)) + np.diag(np.square(more))
        return cls(mean.astype(np.float64), spread)

    def log_likelihood(self, colours: Float) -> Float:
        """Logarithm of the density at colours (h, w, 3), up to a constant that all distributions share."""
        square = np.minimum(self.away(colours) ** 2, _FARTHEST)
        return single(-0.5 * (square + np.linalg.slogdet(self.spread)[1]))

    def away(self, colours: Float) -> Float:
        """Mahalanobis distance of colours (h, w, 3) from the mean."""
        offset = (colours - self.mean) @ np.linalg.inv(np.linalg.cholesky(self.spread)).T
        return single(np.sqrt((offset**2).sum(-1)))

    def distance(self, other: Colour) -> float:
        """Mahalanobis distance of the means, by the mean of both spreads."""
        offset = self.mean - other.mean
        return float(np.sqrt(offset @ np.linalg.solve(0.5 * (self.spread + other.spread), offset)))
