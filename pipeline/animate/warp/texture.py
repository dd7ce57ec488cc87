"""The photo as the renderers sample it: twice as fine and calibrated, so that motion costs neither detail nor grain."""

from __future__ import annotations

from typing import Final, Protocol

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import gaussian, pixel_grid, remap, single

# pixels of the texture a photo pixel: cubic sampling of a doubled photo keeps 0.85 of the grain's energy, of the photo
# itself 0.69
TEXTURE_SCALE: Final = 2
_PHASES: Final = ((0.25, 0.5), (0.5, 0.5), (0.5, 0.0), (0.25, 0.25))  # shifts at which the loss is measured
_MAX_SHARPENING: Final = 0.6  # more would ring at hard edges
_TRIED: Final = (0.08, 0.25, _MAX_SHARPENING)  # the energy is a square of the sharpening, which three of them tell
_MEASURED_SIDE: Final = 320  # pixels of the face at most, in which the loss is measured


def build_texture(pixels: Pixels, face: tuple[int, int, int, int]) -> Pixels:
    """Double a picture and sharpen it by just the detail that sampling it will cost.

    Any interpolation takes some of the finest detail; how much depends on the photo's grain, so it is measured.

    Args:
        pixels: uint8 H×W×3.
        face: Left, top, right, bottom of the part in which the loss is measured, in its pixels.

    Returns:
        uint8 2H×2W×3; pixel (x, y) of the picture lies at (2x + 0.5, 2y + 0.5).
    """
    fine = _double(pixels)
    amount = _measure_lost_detail(pixels, face)
    if amount <= 0.01:
        return fine
    return _sharpen(fine, gaussian(fine, 1.0), amount)


def to_texture(source: Float) -> Float:
    """Photo positions (…, 2) → positions on the texture."""
    return single(source * np.float32(TEXTURE_SCALE) + np.float32(0.5 * (TEXTURE_SCALE - 1)))


def to_photo(place: Float) -> Float:
    """Positions on the texture (…, 2) → photo positions."""
    return single((place - np.float32(0.5 * (TEXTURE_SCALE - 1))) * np.float32(1.0 / TEXTURE_SCALE))


class FinerTexture(Protocol):
    """A texture so fine that it is sampled in another way."""

    def sample(self, source: Float) -> Pixels:
        """It at photo positions `source` (h, w, 2), uint8 (h, w, 3)."""
        ...


def sample_texture(texture: Pixels | FinerTexture, source: Float) -> Pixels:
    """The texture at photo positions `source` (h, w, 2), uint8 (h, w, 3)."""
    if not isinstance(texture, np.ndarray):
        return texture.sample(source)
    return remap(texture, to_texture(source), cv2.INTER_CUBIC)


def _double(pixels: Pixels) -> Pixels:
    wide = pixels.astype(np.uint16)  # OpenCV doubles it in half the time that bytes take
    fine = cv2.resize(wide, None, fx=TEXTURE_SCALE, fy=TEXTURE_SCALE, interpolation=cv2.INTER_LANCZOS4)
    return np.minimum(fine, 255, out=fine).astype(np.uint8)


def _sharpen(fine: Pixels, soft: Pixels, amount: float) -> Pixels:
    """Unsharp mask: fine + amount · (fine - soft)."""
    return np.asarray(cv2.addWeighted(fine, 1.0 + amount, soft, -amount, 0.0), np.uint8)


def _measure_lost_detail(pixels: Pixels, face: tuple[int, int, int, int]) -> float:
    """The sharpening that brings the Laplacian's variance of a moved face back to that of the photo's face."""
    left, top, right, bottom = face
    part = np.ascontiguousarray(pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)])
    if min(part.shape[:2]) < 16:
        return 0.0
    if max(part.shape[:2]) > _MEASURED_SIDE:
        y, x = max(0, (part.shape[0] - _MEASURED_SIDE) // 2), max(0, (part.shape[1] - _MEASURED_SIDE) // 2)
        part = np.ascontiguousarray(part[y : y + _MEASURED_SIDE, x : x + _MEASURED_SIDE])
    fine = _double(part)
    soft = gaussian(fine, 1.0)
    places = [_shift(part.shape[:2], phase) for phase in _PHASES]
    energies = []
    for amount in _TRIED:
        sharp = _sharpen(fine, soft, amount)
        shifted = (remap(sharp, place, cv2.INTER_CUBIC) for place in places)
        energies.append(np.mean([_measure_energy(one) for one in shifted]))
    amounts = np.linspace(0.0, _MAX_SHARPENING, 121)
    enough = np.polyval(np.polyfit(_TRIED, energies, 2), amounts) >= _measure_energy(part)
    return float(amounts[enough.argmax()]) if enough.any() else _MAX_SHARPENING


def _shift(size: tuple[int, ...], phase: tuple[float, float]) -> Float:
    """The texture's positions of a picture of `size` (height, width) shifted by `phase` (x, y) pixels."""
    x, y = pixel_grid(*size)
    return to_texture(np.stack([x + np.float32(phase[0]), y + np.float32(phase[1])], -1))


def _measure_energy(image: Pixels) -> float:
    """The Laplacian's variance away from the picture's border."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F)[2:-2, 2:-2].var())
