"""Fine grain of the skin near an eye, laid anew without the lines that it has there: bags, lashes, wrinkles."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Double, Float, Mask
from pipeline.image_ops import channel_mean, gaussian, single, smoothstep, wide_gaussian

# Lengths in eye widths.
_CHEEK: Final = (0.28, 0.85)  # below the lower margin: beyond its lashes
_BESIDE: Final = 0.75  # from the eye's middle
# Of usual skin, and of skin that is wrinkled or painted all over, whose lids are so, too:
_COARSEST: Final = (0.05, 0.05)  # what is coarser stays in the cheek
_HIGHEST: Final = (2.5, 1.4)  # most of it, by its spread
_GAIN: Final = (1.2, 0.8)  # a lid's skin is thinner than a cheek's, lies in finer folds, and is resampled
_TINT: Final = np.float32(0.55)  # of its tint: a cheek has freckles, a lid has not
_ROUGH: Final = (0.05, 0.1)  # fine spread of a cheek's light from the one to the other; 0.005 to 0.05 on most photos
_WRINKLED: Final = (0.045, 0.08)  # that spread, from none to all of the wrinkles along a lid
_WRINKLES: Final = (0.14, 0.1, 0.5)  # so long, as deep as what is so coarse on the cheek, and by how much
_THIN: Final = (0.007, 0.03)  # … between so thin and so thick
_LIGHT: Final = 0.6  # most of their light between them, by its spread
_ARC: Final = 0.8  # of the open margin's arc, that they follow
_TILE: Final = 0.2  # of a piece of skin; pieces overlap by half
_LEAST_TILE: Final = 8  # pixels
_LID: Final = (0.1, 0.1)  # above the curve `top` and below the lower margin: no lid is farther
_CALM: Final = 0.06  # softness over which the grain's strength is measured
_CALMEST: Final = 40  # percentile of the places by that strength, from which pieces are taken
_LEAST: Final = 64  # pixels of the cheek that must be seen


def build_grain(box: EyeBox, softness: float) -> Float:
    """Lay pieces of the cheek's high-pass over an eye's box, each from another place.

    Args:
        box: The eye's box.
        softness: Sigma of the photo's blur in pixels.

    Returns:
        float32 (h, w, 3), in steps of 255 around 0; 0 below and above the lid, and where no cheek is seen.
    """
    width = box.contour.width
    cheek = (box.v > box.lower + _CHEEK[0] * width) & (box.v < box.lower + _CHEEK[1] * width)
    cheek &= (np.abs(box.u) < _BESIDE * width) & box.person & ~box.rim
    if cheek.sum() < _LEAST:
        return np.zeros_like(box.pixels)
    spread = _measure_spread(box, cheek)
    rough, wrinkled = (float(smoothstep(spread, *between)) for between in (_ROUGH, _WRINKLED))
    coarsest, most, gain = (usual + (hard - usual) * rough for usual, hard in (_COARSEST, _HIGHEST, _GAIN))
    fine = box.pixels - gaussian(box.pixels, max(1.0, coarsest * width, 0.9 * softness))
    fine += (_TINT - 1.0) * (fine - channel_mean(fine)[..., None])
    if rough > 0.0:
        usual = np.median(box.pixels[cheek], 0)  # what is lighter has its tint, for white has none
        lighter = np.maximum(channel_mean(fine)[..., None] * usual / max(float(usual.mean()), 1.0), 0.0)
        fine += (np.where(lighter > 0.0, lighter, fine) - fine) * np.float32(rough)
    limit = most * (1.48 * float(np.median(np.abs(fine[cheek]))) + 1e-3)
    lid = (box.v > box.top - _LID[0] * width) & (box.v < box.lower + _LID[1] * width)
    rows = np.flatnonzero((lid & (np.abs(box.u) < _BESIDE * width)).any(1))
    laid = np.zeros_like(fine)
    if rows.size:
        first, last = int(rows[0]), int(rows[-1]) + 1
        places, tile = _calm_places(box, fine, cheek), max(_LEAST_TILE, round(_TILE * width))
        laid[first:last] = _lay_pieces(single(np.clip(fine, -limit, limit)), places, tile, last - first)
    laid *= np.float32(gain)
    if wrinkled > 0.0:
        laid += np.float32(wrinkled) * _lay_wrinkles(box, cheek, softness) * lid[..., None]
    return single(laid)


def _lay_wrinkles(box: EyeBox, cheek: Mask, softness: float) -> Float:
    """Wrinkles along a lid, (h, w, 3), in steps of 255: no two alike, as deep as the cheek's, and of its tint."""
    length, coarse, depth = _WRINKLES
    contour, width = box.contour, box.contour.width
    noise = np.random.default_rng(5).standard_normal(box.grey.shape).astype(np.float32)
    thin = max(0.6, _THIN[0] * width, softness)
    noise = gaussian(noise, thin) - gaussian(noise, max(2.0 * thin, _THIN[1] * width))
    lines = _smear(noise, contour.axis_u, max(3, round(length * width)) | 1)
    bent = contour.curve(contour.upper, box.u) * np.float32(_ARC)
    lines = box.sample_at(lines[..., None], single(box.v - bent)).reshape(box.grey.shape)
    own = box.grey - gaussian(box.grey, max(1.0, coarse * width))
    spread = 1.48 * float(np.median(np.abs(own[cheek])))
    usual = np.median(box.pixels[cheek], 0)
    dark = np.minimum(lines / (float(lines.std()) + 1e-6), _LIGHT)
    return single(depth * spread * dark[..., None] * usual / max(float(usual.mean()), 1.0))


def _smear(grey: Float, axis: Double, size: int) -> Float:
    """A picture (h, w) smeared softly along an axis (2,) over `size` pixels, an odd number."""
    reach = (np.arange(size) - size // 2)[:, None] * axis
    columns, rows = (np.round(reach[:, one]).astype(int) + size // 2 for one in (0, 1))
    kernel = np.zeros((size, size), np.float32)
    kernel[rows, columns] = np.sin(np.pi * (np.arange(size) + 0.5) / size) ** 2
    return single(cv2.filter2D(grey, cv2.CV_32F, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT))


def _measure_spread(box: EyeBox, cheek: Mask) -> float:
    """The fine spread of the light of the cheek below an eye, as a share of it: wrinkles or brush strokes all over."""
    fine = np.abs(box.grey - gaussian(box.grey, max(1.0, 0.045 * box.contour.width)))
    return 1.48 * float(np.median(fine[cheek])) / max(float(np.median(box.grey[cheek])), 8.0)


def _calm_places(box: EyeBox, fine: Float, cheek: Mask) -> Double:
    """Places (n, 2), x and y, of the cheek where nothing stronger than grain is near."""
    strength = wide_gaussian(channel_mean(fine) ** 2, max(1.0, _CALM * box.contour.width))
    rows, columns = np.nonzero(cheek & (strength <= np.percentile(strength[cheek], _CALMEST)))
    return np.stack([columns, rows], -1).astype(np.float64)


def _lay_pieces(fine: Float, places: Double, tile: int, rows: int) -> Float:
    """Pieces of `fine` (h, w, 3) around `places`, laid on (rows, w, 3) in four grids half a piece apart, as strong."""
    rng = np.random.default_rng(7)
    height, columns = fine.shape[:2]
    size = min(tile, height, columns) // 2 * 2
    half = size // 2
    bell = np.sin(np.pi * (np.arange(size, dtype=np.float32) + 0.5) / size) ** 2
    window = bell[:, None] * bell
    down, across = range(-half, rows, half), range(-half, columns, half)
    out = np.zeros((rows + 2 * size, columns + 2 * size, 3), np.float32)
    power = np.zeros(out.shape[:2], np.float32)
    middles = places[rng.integers(0, len(places), (len(down), len(across)))].astype(int)
    lefts, tops = (np.clip(middles[..., i] - half, 0, most - size) for i, most in ((0, columns), (1, height)))
    for i, y in enumerate(down):
        for j, x in enumerate(across):
            top, left, target = tops[i, j], lefts[i, j], np.s_[y + size : y + 2 * size, x + size : x + 2 * size]
            out[target] += fine[top : top + size, left : left + size] * window[..., None]
            power[target] += window * window
    inner = np.s_[size : size + rows, size : size + columns]
    return single(out[inner] / np.sqrt(np.maximum(power[inner], 1e-6))[..., None])
