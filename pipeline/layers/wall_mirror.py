"""The wall mirrored behind a person: its texture across the silhouette, its planks and rails along themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.image_ops import channel_max, gaussian, pixel_grid, resize, single, smoothstep, wide_gaussian
from pipeline.layers.wall_lines import follow_lines

REACH: Final = 0.30
"""Face widths: how far behind the silhouette a moving head can ever uncover."""
COLOUR: Final = 0.03
"""Face widths: blur of the wall's colours."""
_AGREEING: Final = 0.035  # face widths: blur of colours that are compared
_TEXTURE_AGREES, _LINE_AGREES, _ENDS_AGREE = 22.0, 50.0, 22.0  # of 255: see `_agreement`
_COMMON, _LEAST_DETAIL = 3.0, 8.0  # times the median of a wall's detail, and of 255: stronger is not common there


def plan_mirror(
    image: Float, smooth: Float, known: Float, nearest: tuple[Float, Float, Float], unit: float
) -> tuple[Float, Float, Float]:
    """Trust in the mirrored texture (0..1), and the step to the mirrored pixel (x, y), at working size."""
    depth, x, y = nearest
    grid_x, grid_y = pixel_grid(*known.shape[:2])
    step_x = single(2.0 * gaussian(x - grid_x, 0.02 * unit))
    step_y = single(2.0 * gaussian(y - grid_y, 0.02 * unit))
    mirrored = _mirror(image, step_x, step_y)
    visible = _look_up(known, step_x, step_y)
    agree = _agreement(mirrored, smooth, unit, _TEXTURE_AGREES) * np.exp(-((depth / 0.22) ** 2))
    weight = agree * smoothstep(gaussian(visible, 1.5), 0.6, 0.95) * (1.0 - known)
    return single(gaussian(single(weight), 1.5) * (known < 0.5)), step_x, step_y


def plan_lines(small: Pixels, image: Float, smooth: Float, known: Float, unit: float) -> tuple[Float, Float, Float]:
    """As `plan_mirror`, along the lines of the wall: their colours are those beside them, or the same at both ends."""
    depth = single(cv2.distanceTransform((known < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit)
    lines = follow_lines(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32), known, depth, unit, REACH)
    one_end = _mirror(image, lines.step_x, lines.step_y)
    trust = lines.trust * _agreement(one_end, smooth, unit, _LINE_AGREES)
    if lines.through.any():
        other_end = _mirror(image, lines.other_x, lines.other_y)
        through = lines.through * _agreement(one_end, other_end, unit, _ENDS_AGREE)
        trust = np.maximum(trust, through * _look_up(known, lines.other_x, lines.other_y))
    inside = _look_up(single(np.ones_like(known)), lines.step_x, lines.step_y)
    return gaussian(single(trust * inside), 1.5), lines.step_x, lines.step_y


def _look_up(known: Float, step_x: Float, step_y: Float) -> Float:
    """The known parts, (h, w), at mirrored places: nothing beyond the picture, whose reflection shows other things."""
    grid_x, grid_y = pixel_grid(*known.shape[:2])
    place = (grid_x + step_x, grid_y + step_y)
    return single(cv2.remap(known, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0))


def _agreement(mirrored: Float, smooth: Float, unit: float, most: float) -> Float:
    """0..1, (h, w): whether mirrored wall (h, w, 3) has the colours that are there; e⁻¹ where they are `most` off."""
    difference = channel_max(np.abs(wide_gaussian(single(mirrored - smooth), _AGREEING * unit)))
    return single(np.exp(-((difference / most) ** 2)))


def lay_mirrored(
    pixels: Pixels, fill: Float, gradient: Float, plans: Iterable[tuple[Float, Float, Float]], usual: float
) -> tuple[Float, Float]:
    """The fill with the wall's texture laid on it, (H, W, 3), and where it stays plain, (H, W, 1).

    Args:
        pixels: The photo (H, W, 3).
        fill: The fill by colours, (H, W, 3).
        gradient: The wall's, at working size (h, w, 3): it does not turn with what is mirrored.
        plans: Trust in a mirrored texture and the step to its pixel, at working size; see `plan_mirror`. The first
            is mirrored at the silhouette, the others along lines.
        usual: See `measure_detail`: what is stronger is a thing that would be seen twice, mirrored at the silhouette.
    """
    size = pixels.shape[:2]
    scale = gradient.shape[0] / size[0]
    plain = np.ones((*size, 1), np.float32)
    most = np.float32(usual)
    for weight, step_x, step_y in plans:
        mirrored = _mirror(pixels, resize(step_x, size) / scale, resize(step_y, size) / scale)
        mirrored += resize(single(gradient - _mirror(gradient, step_x, step_y)), size)
        share = resize(weight, size)[..., None]
        mirrored = fill + np.clip(mirrored - fill, -most, most)
        most = np.float32(255.0)
        fill = single(fill + (mirrored - fill) * share)
        plain *= 1.0 - share
    return fill, plain


def measure_detail(image: Float, known: Float, unit: float) -> float:
    """The most by which a wall (h, w, 3) commonly differs from its surroundings, of 255."""
    detail = channel_max(np.abs(image - wide_gaussian(image, COLOUR * unit)))[known > 0.5]
    return max(_LEAST_DETAIL, _COMMON * float(np.median(detail[:: max(1, detail.size // 20_000)])))


def _mirror(image: Pixels | Float, step_x: Float, step_y: Float) -> Float:
    """A picture sampled a step away from each pixel."""
    grid_x, grid_y = pixel_grid(*image.shape[:2])
    out = cv2.remap(image, grid_x + step_x, grid_y + step_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out.astype(np.float32)
