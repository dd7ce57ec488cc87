"""Inpainting of the background behind a person, for the places where the head moves away."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import (
    channel_max,
    ellipse_kernel,
    gaussian,
    pixel_grid,
    resize,
    sample,
    single,
    smoothstep,
    wide_gaussian,
)  # fmt: skip
from pipeline.layers.diffusion import diffuse
from pipeline.layers.fill_grain import draw_grain
from pipeline.layers.wall_gradient import fit_gradient
from pipeline.layers.wall_mirror import COLOUR, REACH, lay_mirrored, measure_detail, plan_lines, plan_mirror

_MOST_GRAIN: Final = 6.0  # levels
_WORK: Final = 640  # long side at which the fill is computed; texture is mirrored at full size
_SEAM: Final = 0.015  # face widths: blur by which the fill's colour is compared with that of the wall beside it …
_SEAM_DEPTH: Final = 0.10  # … face widths from the wall, over which the difference fades …
_STEP: Final = 40.0  # … and the most of it, of 255
_RISE: Final = 5.0  # of 255 over that blur: the most by which a glow that grows towards the person goes on behind it
_ONE_SIDED: Final = 0.8  # of that blur: how far from the rim the mean of one side lies
_HALO: Final = 0.006  # face widths: half the width of a line along the silhouette that is no part of the wall
_THICK: Final = 0.09  # face widths: nothing thicker is a loose piece
_BESIDE: Final = 0.30  # face widths from the silhouette, where thin things may be the person's
_UNUSUAL: Final = 1.5  # times the strongest detail of the wall farther away …
_LEAST_PIECE: Final = 10.0  # … and so many of 255 more: stronger detail is not the wall's


def fill_background(pixels: Pixels, alpha: Float, face_width: float) -> Float:
    """Fill the background behind a person.

    Three fills, each where it is best: colours spread deep behind the person; texture mirrored across the silhouette
    where it agrees with them (mirroring alone copies lettering); and where the wall has lines, the wall mirrored along
    these, so that planks and rails go on straight. On an even wall all three leave its gradient as it is.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        alpha: The person's matte, float32 H×W, 0..1.
        face_width: Width of the person's face in pixels.

    Returns:
        float32 H×W×3 RGB, 0..255, equal to the photo where the matte is certainly background.
    """
    height, width = alpha.shape
    scale = min(1.0, _WORK / max(height, width))
    size = (max(8, round(height * scale)), max(8, round(width * scale)))
    small = resize(pixels, size)
    unit = face_width * scale
    known = _surely_background(resize(alpha, size), unit)
    if not known.any():
        return pixels.astype(np.float32)
    known = known * (1.0 - _find_pieces(small, known, unit))
    nearest = _nearest_wall(known, unit)
    if nearest is None:
        return pixels.astype(np.float32)
    gradient = fit_gradient(small.astype(np.float32), known, unit)
    level = single(small - gradient)
    smooth = _spread_colours(level, known, nearest, unit)
    lines = plan_lines(small, level, smooth, known, unit)
    plans = (plan_mirror(level, smooth, known, nearest, unit), lines)
    usual = measure_detail(level, known, unit)
    full, plain = lay_mirrored(pixels, resize(single(smooth + gradient), (height, width)), gradient, plans, usual)
    seam = _close_seam(small, full, known, nearest, unit)
    full += resize(single(seam * (1.0 - resize(lines[0], seam.shape[:2]))[..., None]), (height, width))
    full += draw_grain(pixels, resize(known, (height, width)) > 0.5, _MOST_GRAIN)[..., None] * plain
    return _keep_known(pixels, full, alpha, face_width)


def _surely_background(alpha: Float, unit: float) -> Float:
    """1 where the matte is certain, kept clear of the silhouette, whose pixels are mixed and ring."""
    radius = max(2, round(0.016 * unit))
    return single(cv2.erode((alpha < 0.02).view(np.uint8), ellipse_kernel(radius + 1), borderValue=1))


def _find_pieces(small: Pixels, known: Float, unit: float) -> Float:
    """1 at thin things beside the person that an otherwise even wall has nowhere else: ear-rings, loose strands.

    They belong to the person, whatever the matte says. Continued or mirrored behind the head they would be doubled.
    """
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    away = cv2.distanceTransform((known > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit
    detail = np.abs(grey - wide_gaussian(grey, 0.04 * unit))
    wall = detail[(known > 0.5) & (away > _BESIDE)]
    if wall.size < 100:
        return np.zeros_like(known)
    usual = _UNUSUAL * float(np.percentile(wall, 95)) + _LEAST_PIECE
    strong = (detail > usual) & (known > 0.5)
    if not strong.any():
        return np.zeros_like(known)
    strong &= _slenderness(grey, single((known > 0.5) & (away > _THICK)), known, unit) > usual
    count, labels = cv2.connectedComponents(strong.astype(np.uint8))
    goes_on = np.zeros(count, bool)
    goes_on[np.unique(labels[away >= _BESIDE])] = True  # a line of the wall, which begins farther away
    piece = single(strong & ~goes_on[labels])
    return single(cv2.dilate(piece, ellipse_kernel(max(1, round(0.012 * unit)))))


def _slenderness(grey: Float, calm: Float, known: Float, unit: float) -> Float:
    """By how much a picture (h, w) is lighter or darker than on both sides: nothing at the edge of a wide shadow.

    The person counts as the wall that is `calm`, (h, w), farther away.
    """
    sigma = 2.0 * _THICK * unit
    wall = wide_gaussian(grey * calm, sigma) / np.maximum(wide_gaussian(calm, sigma), 1e-3)
    behind = single(np.where(known > 0.5, grey, wall))
    kernel = ellipse_kernel(max(1, round(0.5 * _THICK * unit)))
    light, dark = (cv2.morphologyEx(behind, way, kernel) for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    return single(np.maximum(light, dark))


def _nearest_wall(known: Float, unit: float) -> tuple[Float, Float, Float] | None:
    """Distance from the wall (face widths) and its nearest pixel (x, y), (h, w) each; None where there is no wall."""
    silhouette = (gaussian(known, 0.03 * unit) > 0.5).astype(np.uint8)
    if not silhouette.any():
        return None
    depth, labels = cv2.distanceTransformWithLabels(1 - silhouette, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(silhouette)
    owner = np.zeros(int(labels.max()) + 1, np.int64)
    owner[labels[rows, columns]] = np.arange(len(rows))
    nearest = owner[labels]
    return single(depth / unit), single(columns[nearest]), single(rows[nearest])


def _spread_colours(image: Float, known: Float, nearest: tuple[Float, Float, Float], unit: float) -> Float:
    """The wall's colours behind the person: those of the nearest wall, deeper those of all around."""
    depth, x, y = nearest
    sigma = COLOUR * unit
    share = wide_gaussian(known, sigma)
    beside = wide_gaussian(image * known[..., None], sigma) / np.maximum(share, 1e-3)[..., None]
    near = wide_gaussian(sample(single(beside), x, y), sigma)
    deep = diffuse(image, known)
    trust = np.exp(-((depth / REACH) ** 2))[..., None]
    return np.where(known[..., None] > 0.5, image, single(deep + (near - deep) * trust))


def _close_seam(small: Pixels, full: Float, known: Float, nearest: tuple[Float, Float, Float], unit: float) -> Float:
    """Light that the fill (H, W, 3) lacks to meet the wall beside it, fading behind the person, at half the size."""
    size = ((known.shape[0] + 1) // 2, (known.shape[1] + 1) // 2)  # it is smooth
    pixels, fill, known = (single(resize(one, size)) for one in (small, full, known))
    depth, x, y = nearest[0][::2, ::2], nearest[1][::2, ::2] / np.float32(2.0), nearest[2][::2, ::2] / np.float32(2.0)
    sigma, inside = 0.5 * _SEAM * unit, 1.0 - known

    def blur(image: Float, share: Float) -> Float:
        return single(gaussian(image * share[..., None], sigma) / np.maximum(gaussian(share, sigma), 1e-3)[..., None])

    beside = blur(pixels, known)
    grid_x, grid_y = pixel_grid(*known.shape[:2])
    away = 3.0 * sigma / np.maximum(np.hypot(x - grid_x, y - grid_y), 1.0)
    near, farther = sample(beside, x, y), sample(beside, x + (x - grid_x) * away, y + (y - grid_y) * away)
    rise = np.clip(gaussian(near - farther, 4.0 * sigma) / (3.0 - _ONE_SIDED), -_RISE, _RISE)
    step = gaussian(np.clip(near - sample(blur(fill, inside), x, y), -_STEP, _STEP), 2.0 * sigma)
    gap = step + rise * (_ONE_SIDED + depth / _SEAM)[..., None]
    return single(gap * (np.exp(-((depth / _SEAM_DEPTH) ** 2)) * inside)[..., None])


def _keep_known(pixels: Pixels, fill: Float, alpha: Float, face_width: float) -> Float:
    """The fill, but the photo itself where the matte is sure, with a soft seam, and where the fill is clearly wrong."""
    image = pixels.astype(np.float32)
    known = single(cv2.erode((alpha < 0.02).view(np.uint8), ellipse_kernel(max(2, round(0.012 * face_width)))))
    keep = np.clip(gaussian(known, 0.008 * face_width) * 2.0 - 1.0, 0.0, 1.0)[..., None]
    out = fill + (image - fill) * keep
    certain = cv2.dilate(alpha, np.ones((5, 5))) < 0.03
    wrong = smoothstep(channel_max(np.abs(out - image)), 10.0, 26.0) * certain
    thin = ellipse_kernel(max(1, round(_HALO * face_width)))  # a halo along the person, which moves with it
    wrong = np.minimum(wrong, cv2.morphologyEx(single(wrong), cv2.MORPH_OPEN, thin))
    wrong = (gaussian(wrong.astype(np.float32), 1.0) * (alpha < 0.02))[..., None]
    return single(np.clip(out + (image - out) * wrong, 0.0, 255.0))
