"""The photo as the renderers sample it: twice as fine and calibrated, so that motion costs neither detail nor grain."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import gaussian, remap, single

FINER: Final = 2  # cubic sampling of a doubled photo keeps 0.85 of the grain's energy, of the photo itself 0.69
_PHASES: Final = ((0.25, 0.5), (0.5, 0.5), (0.5, 0.0), (0.25, 0.25))  # shifts at which the loss is measured
_MOST: Final = 0.6  # strongest sharpening; more would ring at hard edges


def fine_texture(pixels: Pixels, face: tuple[int, int, int, int]) -> Pixels:
    """pixels uint8 H×W×3 → uint8 2H×2W×3; pixel (x, y) of the photo lies at (2x + 0.5, 2y + 0.5).

    Any interpolation takes some of the finest detail; how much depends on the photo's grain. It is measured inside
    `face` (left, top, right, bottom) and given back by sharpening the doubled photo by just that.
    """
    fine = cv2.resize(pixels, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_LANCZOS4)
    amount = _lost_detail(pixels, face)
    if amount <= 0.01:
        return np.asarray(fine, np.uint8)
    return np.asarray(cv2.addWeighted(fine, 1.0 + amount, gaussian(fine, 1.0), -amount, 0.0), np.uint8)


def _lost_detail(pixels: Pixels, face: tuple[int, int, int, int]) -> float:
    """Sharpening that brings the Laplacian's variance of a moved face back to that of the photo's face."""
    left, top, right, bottom = face
    part = np.ascontiguousarray(pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)])
    if min(part.shape[:2]) < 16:
        return 0.0
    most = 512
    if max(part.shape[:2]) > most:
        y, x = max(0, (part.shape[0] - most) // 2), max(0, (part.shape[1] - most) // 2)
        part = np.ascontiguousarray(part[y : y + most, x : x + most])
    wanted = _energy(part)
    fine = cv2.resize(part, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_LANCZOS4)
    soft = gaussian(fine, 1.0)
    low, high = 0.0, _MOST
    for _ in range(6):
        middle = 0.5 * (low + high)
        sharp = np.asarray(cv2.addWeighted(fine, 1.0 + middle, soft, -middle, 0.0), np.uint8)
        if np.mean([_energy(_shifted(sharp, part.shape[:2], phase)) for phase in _PHASES]) < wanted:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _shifted(fine: Pixels, size: tuple[int, ...], phase: tuple[float, float]) -> Pixels:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    return sample_fine(fine, np.stack([x + np.float32(phase[0]), y + np.float32(phase[1])], -1))


def on_texture(source: Float) -> Float:
    """Photo positions → positions on the texture."""
    return single(source * np.float32(FINER) + np.float32(0.5 * (FINER - 1)))


def on_photo(place: Float) -> Float:
    """Positions on the texture → photo positions."""
    return single((place - np.float32(0.5 * (FINER - 1))) * np.float32(1.0 / FINER))


def sample_fine(fine: Pixels, source: Float) -> Pixels:
    """The texture at photo positions `source` (h, w, 2)."""
    return remap(fine, on_texture(source), cv2.INTER_CUBIC)


def _energy(image: Pixels) -> float:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F)[2:-2, 2:-2].var())
