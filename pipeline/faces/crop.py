"""Square, turned, antialiased crops of a photo, and the way back to photo pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square on a picture.

    `x`, `y`: its centre in pixels, pixel centres at whole numbers. `size`: length of a side in pixels, > 0.
    `angle`: radians, > 0 clockwise on the picture: the direction of the square's upper side.
    """

    x: float
    y: float
    size: float
    angle: float = 0.0

    def to_picture(self, side: int) -> NDArray[np.float64]:
        """2×3 matrix: pixel of the side×side crop → pixel of the picture, centres at whole numbers in both."""
        scale = self.size / side
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        middle = (side - 1) / 2
        return np.array(
            [
                [cos, -sin, self.x - (cos - sin) * middle],
                [sin, cos, self.y - (sin + cos) * middle],
            ]
        )

    def moved(self, *, right: float, down: float, scale: float, turn: float) -> Self:
        """The square shifted by shares of its side along its own axes, then grown and turned (radians)."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return type(self)(
            x=self.x + self.size * (right * cos - down * sin),
            y=self.y + self.size * (right * sin + down * cos),
            size=self.size * scale,
            angle=self.angle + turn,
        )


@dataclass(frozen=True, slots=True)
class Patch:
    """A shrunken cut-out of a photo: `pixels` uint8 h×w×3, `to_photo` maps its pixels back.

    `scale`: photo pixels in one pixel of the patch across and down (nearly equal); `origin`: where its pixel
    (0, 0) lies in the photo. Pixel centres at whole numbers in both.
    """

    pixels: NDArray[np.uint8]
    scale: tuple[float, float]
    origin: tuple[float, float]

    def square_here(self, square: Square) -> Square:
        """A square of the photo in this patch's pixels."""
        (sx, sy), (x, y) = self.scale, self.origin
        return Square((square.x - x) / sx, (square.y - y) / sy, square.size / np.sqrt(sx * sy), square.angle)

    def to_photo(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points (n, 3) of this patch in photo pixels; z is only scaled."""
        sx, sy = self.scale
        return (points * (sx, sy, np.sqrt(sx * sy)) + (*self.origin, 0.0)).astype(np.float32)


def cut_patch(pixels: NDArray[np.uint8], square: Square, side: int, margin: float = 1.8) -> Patch | None:
    """The photo (uint8 H×W×3) around `square`, area-shrunk so that the square is at most 2·`side` wide.

    Cutting and shrinking once makes many crops of one large face cheap; `margin` ≥ 1 leaves room for turned,
    shifted and grown ones. None where the square lies outside the photo.
    """
    height, width = pixels.shape[:2]
    reach = square.size * margin * np.sqrt(0.5)
    x0, y0 = (max(0, int(np.floor(value - reach))) for value in (square.x, square.y))
    x1 = min(width, int(np.ceil(square.x + reach)) + 1)
    y1 = min(height, int(np.ceil(square.y + reach)) + 1)
    if x1 <= x0 or y1 <= y0:
        return None
    cut = pixels[y0:y1, x0:x1]
    shrink = square.size / (2 * side)
    if shrink <= 1:
        return Patch(cut, (1.0, 1.0), (float(x0), float(y0)))
    wide, high = (max(1, round(length / shrink)) for length in (x1 - x0, y1 - y0))
    small = np.asarray(cv2.resize(cut, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    sx, sy = (x1 - x0) / wide, (y1 - y0) / high
    return Patch(small, (sx, sy), (x0 + (sx - 1) / 2, y0 + (sy - 1) / 2))


def crop(pixels: NDArray[np.uint8], square: Square, side: int) -> NDArray[np.uint8]:
    """`square` of `pixels` (uint8 H×W×3) as uint8 side×side×3; outside the picture its border is repeated.

    Cubic where it is enlarged; where it is shrunk, sampled finely first and then averaged over areas.
    """
    finer = int(np.clip(np.ceil(square.size / side), 1, 4))
    matrix = square.to_picture(side * finer)
    warped = cv2.warpAffine(
        pixels,
        matrix,
        (side * finer, side * finer),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if finer > 1:
        warped = cv2.resize(warped, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(warped, np.uint8)
