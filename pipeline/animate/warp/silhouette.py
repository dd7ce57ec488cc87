"""The rim of the person: there a pixel is composed of the person and of the wall that is uncovered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.formula import EDGE
from pipeline.arrays import AnyArray, Float, Mask, Pixels
from pipeline.image_ops import remap

PERSON: Final = 253
"""Of 255, how much of a pixel is the person: from here on it shows the person alone."""
WALL: Final = 2
"""Up to here it shows the wall alone."""
_REFILLED: Final = 55  # mark of a pixel of the halo, so that it counts as the rim
_ROW: Final = 1024  # scattered pixels are sampled in rows of this length: remap wants a rectangle


@dataclass(slots=True)
class Rim:
    """The pixels of one frame that lie on the rim, collected tile by tile."""

    index: list[AnyArray] = field(default_factory=list)
    """Places (n,) in the region's pixels, row by row."""
    source: list[AnyArray] = field(default_factory=list)
    """complex64 (n,), where each comes from: x + iy, in pixels of whatever is sampled."""
    gain: list[Float] = field(default_factory=list)
    """(n,), the light of each; 1 leaves it as it is."""


class Silhouette:
    """The person and the wall of one face's region.

    On the rim a pixel p that comes from q is G(q) + (1 - a(q))·B(p) with G = photo - (1 - a)·B, so that the photo
    itself comes back exactly where nothing moved.

    Args:
        pixels: The region, uint8 (H, W, 3).
        background: The wall B, (H, W, 3), 0..255.
        alpha: The person's matte a, (H, W), 0..1.
    """

    def __init__(self, pixels: Pixels, background: Float, alpha: Float) -> None:
        wall = np.clip(background + 0.5, 0, 255).astype(np.uint8)
        uncovered = 1.0 - alpha
        self.wall: Pixels = np.dstack([wall, np.zeros_like(wall[..., 0])])
        """uint8 (H, W, 4), the wall, with a channel that says nothing."""
        self.marks: Pixels = (255.0 * alpha + 0.5).astype(np.uint8)
        """uint8 (H, W), how much of each pixel is the person; the halo, whose wall is filled, counts as the rim."""
        # beside the silhouette the filled background differs from the photo: there both layers are composed
        self.refilled: Mask = (wall != pixels).any(-1)
        """bool (H, W), True where the wall is not the photo."""
        self.marks[self.refilled] = np.maximum(self.marks[self.refilled], _REFILLED)
        self._layers = np.dstack([pixels - wall * uncovered[..., None], uncovered])

    def collect(self, rim: Rim, frame: Pixels, place: AnyArray, gain: Float | None, corner: tuple[int, int]) -> None:
        """Draw the wall of a part of the frame, and note the part's pixels on the rim.

        Args:
            rim: Takes them.
            frame: The part, uint8 (h, w, 4), whose last channel is how much is the person; a view of the frame.
            place: complex64 (h, w), where each pixel comes from.
            gain: (h, w), the light; None leaves it as it is.
            corner: The part's first row and column in the region.
        """
        (top, left), (height, width) = corner, frame.shape[:2]
        person = cv2.extractChannel(frame, 3)
        wall = self.wall[top : top + height, left : left + width]
        cv2.copyTo(wall, cv2.inRange(person, 0, WALL), frame)
        index = np.flatnonzero(np.subtract(person, WALL + 1) < PERSON - WALL - 1)  # what is less wraps around
        if index.size == 0:
            return
        whole = self.wall.shape[1]
        rim.index.append(index + (index // width) * (whole - width) + (top * whole + left))
        rim.source.append(place.reshape(-1).take(index))
        rim.gain.append(np.ones(index.size, np.float32) if gain is None else gain.reshape(-1).take(index))

    def compose(self, rim: Rim, frame: Pixels, to_photo: Callable[[Float], Float]) -> None:
        """Compose the rim's pixels into the frame.

        Args:
            rim: The pixels.
            frame: The whole frame of the region, uint8 (H, W, 4).
            to_photo: Makes photo positions (…, 2) of the positions in `rim`.
        """
        if not rim.index:
            return
        index, gain = np.concatenate(rim.index), np.concatenate(rim.gain)
        lines = -(-index.size // _ROW)
        source = np.zeros(lines * _ROW, np.complex64)
        np.concatenate(rim.source, out=source[: index.size])
        place = source.view(np.float32).reshape(lines, _ROW, 2)
        layers = remap(self._layers, to_photo(place), cv2.INTER_CUBIC)
        channels = cv2.split(layers)
        share = np.clip(channels[3].reshape(-1)[: index.size], 0.0, 1.0)
        composed = np.minimum(share * np.float32(EDGE), np.float32(1.0))
        flat, wall = frame.view(np.uint32).reshape(-1), self.wall.view(np.uint32).reshape(-1)
        inside, behind = _split(flat.take(index)), _split(wall.take(index))
        drawn = []
        for channel, under, beyond in zip(channels[:3], inside[:3], behind[:3], strict=True):
            over = channel.reshape(-1)[: index.size] * gain + share * beyond
            drawn.append(np.clip(under + (over - under) * composed + np.float32(0.5), 0, 255).astype(np.uint8))
        drawn.append(inside[3].astype(np.uint8))
        flat[index] = cv2.merge(drawn).view(np.uint32).reshape(-1)


def _split(pixels: AnyArray) -> list[Float]:
    """The channels, float32 (n,) each, of pixels uint32 (n,) that hold four bytes."""
    return [np.asarray(one, np.float32).reshape(-1) for one in cv2.split(pixels.view(np.uint8).reshape(-1, 1, 4))]
