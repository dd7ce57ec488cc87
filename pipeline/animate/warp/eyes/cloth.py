"""A scarf or a hat that comes down to an eye: the lid moves behind it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.skin_colour import log_colours
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, single

_CHEEK: Final = (0.25, 0.60)  # eye widths below the lower margin: skin
_ABOVE: Final = (0.30, 0.60)  # eye widths above the curve `top`: the forehead, or what covers it
_LEAST: Final = 0.85  # share of that strip
# Differences of the logarithms of two quotients of colours (r/g, g/b): of the cloth from skin, and from grey. Hair and
# shade are nearer to grey.
_FROM_SKIN: Final = 0.35
_FROM_GREY: Final = 0.50
_SOFT: Final = 0.02  # eye widths: the cloth's soft edge


def find_cloth(pixels: Pixels, contour: Contour, box: tuple[int, int, int, int]) -> Mask:
    """Find coloured cloth that covers the forehead down to an eye.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.
        box: Left, top, right, bottom around it.

    Returns:
        bool (h, w) of the box: no pixel where the forehead above the eye is not covered by one colour of its own.
    """
    width = contour.width
    at_u = np.linspace(contour.left_end, contour.right_end, 24)
    cheek, above = (
        _quotients(pixels, contour, along, at_u, between)
        for along, between in ((contour.lower, _CHEEK), (contour.top, (-_ABOVE[1], -_ABOVE[0])))
    )
    skin, cloth = single(np.median(cheek, 0)), single(np.median(above, 0))
    left, top, right, bottom = box
    if np.hypot(*(cloth - skin)) < _FROM_SKIN or np.hypot(*cloth) < _FROM_GREY:
        return np.zeros((bottom - top, right - left), bool)
    if np.mean(_nearer(above, cloth, skin)) < _LEAST:
        return np.zeros((bottom - top, right - left), bool)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    covered = _nearer(log_colours(pixels[top:bottom, left:right])[..., 1:], cloth, skin)
    covered &= v < contour.curve(contour.upper, u)
    _, labels = cv2.connectedComponents(covered.astype(np.uint8))
    covered &= np.isin(labels, labels[covered & (v < contour.curve(contour.top, u) - _ABOVE[0] * width)])
    return cv2.dilate(covered.astype(np.uint8), ellipse_kernel(max(1, round(_SOFT * width)))) > 0


def _quotients(pixels: Pixels, contour: Contour, along: Double, at_u: Double, between: tuple[float, float]) -> Float:
    """Quotients of colours (n, 2) of a strip beside a curve, as of `log_colours`."""
    distances = np.linspace(*between, 12) * contour.width
    channels = [contour.unroll(single(pixels[..., one]), along, at_u, distances) for one in range(3)]
    return log_colours(np.dstack(channels).astype(np.uint8))[..., 1:].reshape(-1, 2)


def _nearer(quotients: Float, cloth: Float, skin: Float) -> Mask:
    """Whether quotients (…, 2) are nearer to the cloth's than to the skin's."""
    return np.asarray(np.linalg.norm(quotients - cloth, axis=-1) < np.linalg.norm(quotients - skin, axis=-1))
