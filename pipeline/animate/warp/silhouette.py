"""The person and the wall of one face's region as two layers, whose sum is the photo."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import channel_max, channel_min, single

WALL: Final = 2
"""Of 255: a pixel that shows no more of the person shows the wall alone."""
_SOLID: Final = 2  # of 255: a pixel that shows no more of the wall shows the person alone


class Silhouette:
    """The layers of one face's region: a pixel p that comes from q shows person(q) + uncovered(q) · wall(p).

    With person = photo - uncovered · wall the photo comes back exactly where nothing moves. `uncovered` is 1 - alpha,
    or less where the photo is darker than that much of the wall, as loose hair is that the matte has missed: so the
    person is never negative and both layers fit into bytes.

    Args:
        pixels: The region, uint8 (H, W, 3).
        background: The wall, (H, W, 3), 0..255.
        alpha: The person's matte, (H, W), 0..1.
    """

    def __init__(self, pixels: Pixels, background: Float, alpha: Float) -> None:
        self.wall: Pixels = np.asarray(cv2.convertScaleAbs(background), np.uint8)
        """uint8 (H, W, 3), the picture behind the person."""
        most = cv2.divide(pixels, self.wall, scale=255.0, dtype=cv2.CV_32F)
        most[self.wall == 0] = 255.0
        uncovered = np.minimum(channel_min(most), np.float32(255.0) * (np.float32(1.0) - alpha)).astype(np.uint8)
        uncovered[uncovered <= _SOLID] = 0
        person = cv2.subtract(pixels, shade(self.wall, uncovered), dtype=cv2.CV_8U)
        self.person: Pixels = np.asarray(person, np.uint8)
        """uint8 (H, W, 3), the person's part of the light."""
        only_wall = (uncovered >= 255 - WALL) & (channel_max(self.person) <= WALL)
        uncovered[only_wall], self.person[only_wall] = 255, 0
        self.uncovered: Pixels = uncovered
        """uint8 (H, W), 0..255, the share of each pixel that shows the wall; 0 shows the person alone."""

    @property
    def seen(self) -> Pixels:
        """uint8 (H, W), how much of each pixel is the person or a halo of loose hair; up to WALL is the wall alone."""
        return np.asarray(np.maximum(255 - self.uncovered, channel_max(self.person)), np.uint8)


def shade(wall: Pixels, share: Pixels) -> Float:
    """The wall (h, w, 3) in shares of 255 of its light, (h, w): float32, so that a sum with it is rounded once."""
    shares = cv2.cvtColor(share, cv2.COLOR_GRAY2RGB)
    return single(cv2.multiply(shares, wall, scale=1.0 / 255.0, dtype=cv2.CV_32F))
