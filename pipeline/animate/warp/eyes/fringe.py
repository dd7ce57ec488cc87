"""A fringe that ends right above an eye: it stays as it is, and the lid shuts below it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.brow import Brow
from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.hair import Hair, share_above, share_below
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, sample, single

# Lengths in eye widths.
_OVER: Final = 0.4  # share of hair on a strip of the forehead
_FREE: Final = 0.1  # … and at most of the cheek below the eye, where hair across it would hang, too
_IRIS: Final = 0.24  # from its middle the white begins
_COVERED: Final = 0.3  # share of the white that is dark, from which on the fringe hangs before the eye
_LASHES: Final = 0.02  # above the open margin: what is lower is lashes and iris
_ABOVE: Final = (np.float32(0.08), np.float32(0.16), np.float32(0.24), np.float32(0.32))  # places above a strand …
_DARK_ABOVE: Final = 0.6  # … of which so many are as dark
_CHEEK: Final = 0.25  # below the lower margin
_HAIR: Final = 0.5  # of the way from the hair's light to the cheek's: what is darker is hair
_NEAR: Final = 0.06  # around what has its colour
_HIGH: Final = 0.5  # above the margin, where it comes from
_GAPS: Final = 0.06  # between its strands
_SMOOTH: Final = 0.04  # of its edge along the eye
_IN_THE_WAY: Final = 0.01  # below the curve `top`
_SHARE: Final = 0.25  # of the eye's length, from which on it is in the lid's way
_ROLLS: Final = 0.06  # the lid's skin begins to stretch so far above its edge …
_LEAST: Final = 0.1  # … but so far above the margin at least
_SHADE: Final = 0.6  # of a brow's: light comes through between its ends
_SOFT: Final = 0.1  # of its shade's ends


def free_fringe(
    pixels: Pixels, contour: Contour, box: tuple[int, int, int, int], hair: Hair
) -> tuple[Contour, Brow | None]:
    """Keep a fringe out of a blink that passes below it.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.
        box: Left, top, right, bottom around it.
        hair: The person's hair, of a colour that can be told from the skin's.

    Returns:
        The contour, whose curve `top` is brought down to the fringe, and the fringe; None where there is none, or it
        hangs before the eye.
    """
    if share_above(hair, contour) < _OVER or share_below(hair, contour) > _FREE:
        return contour, None
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    grey = cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    dark = _find_dark(grey, hair.look(x, y) > 0.5, u, v, contour)
    if dark is None or _hangs_before(dark, u, v, contour):
        return contour, None
    height = contour.curve(contour.upper, u) - v
    mask = dark & (height > _LASHES * contour.width) & _comes_from_above(dark, contour)
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    mask &= np.isin(labels, labels[mask & (height > _HIGH * contour.width)])
    edge = _lower_edge(mask, u, v, contour)
    share = _blur((edge > contour.top + _IN_THE_WAY * contour.width).astype(np.float64), _SOFT)
    if share[(contour.at > contour.left_end) & (contour.at < contour.right_end)].mean() < _SHARE:
        return contour, None
    lowered = np.minimum(np.maximum(contour.top, edge - _ROLLS * contour.width), contour.upper - _LEAST * contour.width)
    return replace(contour, top=lowered), Brow(mask, edge, _SHADE * share)


def _find_dark(grey: Float, like: Mask, u: Float, v: Float, contour: Contour) -> Mask | None:
    """Pixels as dark as hair near those of its colour (like), (h, w); None where hair or cheek is not seen."""
    width = contour.width
    above = like & (v < contour.curve(contour.upper, u) - _HIGH * width)
    cheek = (v > contour.curve(contour.lower, u) + _CHEEK * width) & ~like & (np.abs(u) < 0.5 * width)
    if not above.any() or not cheek.any():
        return None
    of_hair, of_skin = (float(np.median(grey[where])) for where in (above, cheek))
    near = cv2.dilate(like.astype(np.uint8), ellipse_kernel(max(1, round(_NEAR * width)))) > 0
    return np.asarray(near & (gaussian(grey, 0.6) < of_hair + _HAIR * (of_skin - of_hair)))


def _comes_from_above(dark: Mask, contour: Contour) -> Mask:
    """Whether it is dark above each pixel, too, (h, w): lashes have a bright lid between them and the hair."""
    y, x = np.mgrid[: dark.shape[0], : dark.shape[1]].astype(np.float32)
    rise = np.float32(contour.width) * contour.axis_v.astype(np.float32)
    above = [sample(single(dark), x - way * rise[0], y - way * rise[1]) for way in _ABOVE]
    return np.asarray(np.mean(above, axis=0) > _DARK_ABOVE)


def _hangs_before(dark: Mask, u: Float, v: Float, contour: Contour) -> bool:
    """Whether hair hangs over the white beside the iris, which is as dark."""
    width = contour.width
    share = (v - contour.curve(contour.upper, u)) / np.maximum(contour.curve(contour.lower - contour.upper, u), 1.0)
    white = (share > 0.25) & (share < 0.75) & (np.abs(u - np.float32(contour.iris[0])) > _IRIS * width)
    white &= (u > contour.left_end + 0.1 * width) & (u < contour.right_end - 0.1 * width)
    return bool(white.any() and dark[white].mean() > _COVERED)


def _lower_edge(mask: Mask, u: Float, v: Float, contour: Contour) -> Double:
    """A curve of the lowest v of a mask (h, w), never above the curve `top`, smoothed along the eye."""
    edge = contour.top.copy()
    np.maximum.at(edge, np.clip(np.digitize(u[mask], contour.at), 0, len(edge) - 1), v[mask].astype(np.float64))
    reach = round(_GAPS * len(edge) / 2.0) | 1
    return _blur(cv2.dilate(edge[None], np.ones((1, reach)))[0], _SMOOTH)


def _blur(curve: Double, widths: float) -> Double:
    """A curve blurred by a Gaussian of `widths` eye widths; its samples span two of them."""
    return np.asarray(gaussian(curve[None], widths * len(curve) / 2.0)[0], np.float64)
