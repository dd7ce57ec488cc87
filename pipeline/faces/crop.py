"""Square, turned, antialiased crops of a photo, and the way back to photo pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels

# MediaPipe's nets of hands and bodies look for skin's colour: on greys they miss half the hands, on greys toned like
# skin they find as many as in colour, and old prints, night light and white balance are all the same to them.
_SKIN_TONE: Final = np.array((1.25, 0.9, 0.8), np.float32)


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square on a picture."""

    x: float
    """Pixels from the left to its centre; pixel centres lie at whole numbers."""
    y: float
    """Pixels from the top to its centre."""
    size: float
    """Length of a side in pixels, > 0."""
    angle: float = 0.0
    """Direction of its upper side in radians, > 0 clockwise on the picture."""

    def to_picture(self, side: int) -> Double:
        """Matrix (2, 3): pixel of the side×side crop → pixel of the picture, centres at whole numbers in both."""
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
    """A cut-out of a photo, shrunk where it is large. Pixel centres lie at whole numbers in both."""

    pixels: Pixels
    """uint8 (h, w, 3) RGB."""
    scale: tuple[float, float]
    """Photo pixels in one pixel of the patch, across and down; nearly equal, ≥ 1."""
    origin: tuple[float, float]
    """Photo position x, y of the patch's pixel (0, 0)."""

    def from_photo(self, square: Square) -> Square:
        """A square of the photo in this patch's pixels."""
        (sx, sy), (x, y) = self.scale, self.origin
        return Square((square.x - x) / sx, (square.y - y) / sy, square.size / np.sqrt(sx * sy), square.angle)

    def to_photo(self, points: Float) -> Float:
        """Points (n, 3) of this patch in photo pixels; z is only scaled."""
        sx, sy = self.scale
        return (points * (sx, sy, np.sqrt(sx * sy)) + (*self.origin, 0.0)).astype(np.float32)


def cut_patch(pixels: Pixels, square: Square, side: int, margin: float = 1.8) -> Patch | None:
    """Cut a photo around a square, and shrink it by area so that the square is at most 2·`side` wide.

    Cutting and shrinking once makes many crops of one large face cheap.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        square: The square in photo pixels.
        side: Pixels of the crops that will be made.
        margin: Room for turned, shifted and grown crops, in sides of the square, ≥ 1.

    Returns:
        The patch, or None where the square lies outside the photo.
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


def crop(pixels: Pixels, square: Square, side: int) -> Pixels:
    """Crop a turned square out of a picture.

    It is sampled cubically where it is enlarged; where it is shrunk, finely first, and then averaged over areas.

    Args:
        pixels: The picture, uint8 H×W×3 RGB.
        square: The square in its pixels; outside the picture its border is repeated.
        side: Pixels of the crop's side.

    Returns:
        uint8 side×side×3 RGB.
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


def crop_toned(pixels: Pixels, square: Square, side: int) -> Float:
    """Crop a turned square out of a picture, see `crop`, in greys toned like skin: float32 (1, side, side, 3), 0..1."""
    grey = cv2.cvtColor(crop(pixels, square, side), cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    return np.asarray(np.minimum(grey[None, :, :, None] * _SKIN_TONE, 1), np.float32)
