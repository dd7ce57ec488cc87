"""The brow of a deep-set eye, right above the lid: it stays as it is, and the lid comes out from below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.shut_colour import shut_place
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import channel_mean, gaussian, single, smoothstep

# Lengths in eye widths, heights above the open upper margin.
_COLUMNS: Final = 48
_ROWS: Final = 100
_HIGHEST: Final = 0.85  # from here down a brow is looked for
_LOWEST: Final = 0.06  # nothing lower is a brow: lashes
_FOREHEAD: Final = 0.4  # so far down the light of the forehead is looked for
_DARK: Final = 0.8  # of the forehead's light: what is darker may be brow
_ENDS: Final = 0.15  # of the way from the brow's darkest to the skin's light, by which it is lighter where it ends …
_ENDS_LIGHT: Final = 0.03  # … and of the skin's light
_THICK: Final = 0.28  # a brow that does not end before the lid is as thick as that: below it is the lid
_SEEN: Final = 0.4  # share of the columns in which a brow is found
_FARTHEST: Final = 0.3  # of the curve `top`: where it is higher no brow is in the way
_FITS: Final = 6
_AWAY: Final = 0.04  # by which an edge may lie beside its arc
_SMOOTH: Final = 2.5  # columns
_NEAR: Final = 0.01  # below the curve `top`, from which on a brow is in the lid's way …
_CLOSE: Final = 0.2  # … and no higher above the margin …
_SHARE: Final = 0.5  # … where it is along so much of the eye
_ROLLS: Final = 0.06  # the lid's skin begins to stretch so far above the brow's edge: it rolls out from below it
_ENDS_SOFT: Final = 0.06  # softness along the eye of the ends of its shade
_BESIDE: Final = 0.15  # beyond the corners
_HIGH: Final = 0.5  # the brow's height
_SHADE: Final = (0.42, 0.1)  # below its edge: the most of the light that it takes from the shut lid, and how far down
_EDGE: Final = 0.06  # around the edge its light is looked for
_ABOVE: Final = (-0.15, -0.1)  # beside it, over which it sets in, below the brow
_ALONG: Final = 0.08  # its shade is smoothed along the eye
_SOFT: Final = 0.02  # softness: the lid's stretch would make steps of finer ones
_FADE: Final = (-0.18, 0.08)  # beyond the corners, over which it ends
# Of the dark of an open lid below a brow: the share that is shade, no lashes, its softness, its end above the margin.
_STAYS: Final = (0.85, 0.05, 0.05)


@dataclass(frozen=True)
class Brow:
    """A brow that is in the way of a blink."""

    mask: Mask
    """(h, w) of the eye's box, True where it lies over the lid."""
    edge: Double
    """A curve: v of its lower edge."""
    share: Double
    """A curve: 1 where it is in the way, 0 elsewhere, with soft ends."""


def free_brow(pixels: Pixels, contour: Contour, box: tuple[int, int, int, int]) -> tuple[Contour, Brow | None]:
    """Keep a brow that is in the way of a blink out of it.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.
        box: Left, top, right, bottom around it.

    Returns:
        The contour, whose curve `top` is brought down to the brow, and the brow; None where it ends above `top`.
    """
    edge, width = find_brow_edge(pixels, contour), contour.width
    near = (edge > np.maximum(contour.top + _NEAR * width, contour.upper - _CLOSE * width)).astype(np.float64)
    if near[(contour.at > contour.left_end) & (contour.at < contour.right_end)].mean() < _SHARE:
        return contour, None
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    height = contour.curve(edge, u) - v
    mask = (contour.curve(near, u) > 0.5) & (height > 0.0) & (height < _HIGH * width)
    mask &= (u > contour.left_end - _BESIDE * width) & (u < contour.right_end + _BESIDE * width)
    share = gaussian(near[None], _ENDS_SOFT * len(near) / 2.0)[0]
    lowered = np.maximum(contour.top, edge - _ROLLS * width)
    return replace(contour, top=lowered), Brow(np.asarray(mask), edge, np.asarray(share, np.float64))


def find_brow_edge(pixels: Pixels, contour: Contour) -> Double:
    """Find the lower edge of a brow.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.

    Returns:
        A curve (LID_SAMPLES,), v in pixels; -inf all along where no brow is seen.
    """
    width = contour.width
    at_u = np.linspace(contour.left_end, contour.right_end, _COLUMNS)
    at_d = np.linspace(-_HIGHEST, -_LOWEST, _ROWS) * width
    step = (_HIGHEST - _LOWEST) / (_ROWS - 1)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strip = contour.unroll(grey, contour.upper, at_u, at_d)
    smooth = single(cv2.GaussianBlur(strip, (0, 0), sigmaX=1.5, sigmaY=0.015 / step))
    lowest = np.interp(at_u, contour.at, contour.top - contour.upper) / width
    edges = np.array([_find_end(smooth[:, column], step, lowest[column]) for column in range(_COLUMNS)])
    found = np.isfinite(edges)
    if found.mean() < _SEEN or -float(np.median(lowest)) > _FARTHEST:
        return np.full_like(contour.at, -np.inf)
    line = np.interp(at_u, contour.at, contour.upper) / width
    whole = _bound_to_arc(at_u / width, np.interp(at_u, at_u[found], edges[found]) + line)
    edge = gaussian(single(whole)[None], _SMOOTH)[0].astype(np.float64)
    lowest = contour.upper - _LOWEST * width
    return np.asarray(np.minimum(np.interp(contour.at, at_u, edge) * width, lowest))


def _bound_to_arc(at_u: Double, edge: Double) -> Double:
    """An edge (n,) at places (n,), brought near to the parabola that most of it lies on: lashes and liner do not."""
    weight = np.ones_like(edge)
    for _ in range(_FITS):
        arc = np.polyval(np.polyfit(at_u, edge, 2, w=weight), at_u)
        weight = 1.0 / (1.0 + ((edge - arc) / _AWAY) ** 2)
    return np.asarray(np.clip(edge, arc - _AWAY, arc + _AWAY))


def _find_end(profile: Float, step: float, lowest: float) -> float:
    """The height, eye widths below 0, at which the first dark of a column (_ROWS,) ends.

    NaN where none begins above `lowest`.
    """
    skin = float(np.percentile(profile[: round(_FOREHEAD / step)], 85))
    light = profile > _DARK * skin
    first = int(np.argmax(light))
    first += int(np.argmin(light[first:]))
    if not light.any() or light[first] or -_HIGHEST + first * step > lowest:
        return float("nan")
    last = min(_ROWS - 1, first + round(_THICK / step))
    below = profile[first : last + 1]
    darkest = np.minimum.accumulate(below)
    lighter = np.flatnonzero(below > darkest + _ENDS * (skin - darkest) + _ENDS_LIGHT * skin)
    return -_HIGHEST + (first + int(lighter[0]) if lighter.size else last) * step


def brow_shade(box: EyeBox, brow: Brow, lid: Float) -> Float:
    """The light that a brow's shade takes from a shut lid, (h, w), 0..1, in the open eye's places.

    Args:
        box: The eye's box (h, w).
        brow: The brow of a deep-set eye.
        lid: The lid's colour (h, w, 3), see `lid_colour`.
    """
    contour, width = box.contour, box.contour.width
    most, reach = _SHADE
    edge = contour.curve(brow.edge, box.u)
    near = (np.abs(box.v - edge) < 0.5 * _EDGE * width) & box.person
    light = channel_mean(gaussian(box.pixels, 0.01 * width)) / np.maximum(channel_mean(lid), 1.0)
    at_u = np.linspace(contour.left_end, contour.right_end, _COLUMNS)
    kernel = np.exp(-0.5 * ((at_u[:, None] - box.u[near]) / (_ALONG * width)) ** 2)
    depth = np.clip(1.0 - kernel @ light[near] / (kernel.sum(1) + 1e-9), 0.0, most)
    beside = np.maximum(contour.left_end - box.u, box.u - contour.right_end) / width
    inside = contour.curve(brow.share, box.u) * (1.0 - smoothstep(beside, *_FADE))
    inside = inside * smoothstep((box.v - edge) / width, *_ABOVE)
    below = np.maximum(shut_place(box) - edge, 0.0) / (reach * width)
    shade = single(np.interp(box.u, at_u, depth) * inside * np.exp(-(below**2)))
    return gaussian(shade, max(0.8, _SOFT * width))


def keep_shade(box: EyeBox, brow: Brow, skin: Float) -> Float:
    """The skin of a lid (h, w, 3) as dark as it is below the brow: it comes out of the shade by and by.

    What is dark there would be taken for lashes, and the lid above them would be bright at once.

    Args:
        box: The eye's box (h, w).
        brow: The brow of a deep-set eye.
        skin: The skin without eye and lashes.
    """
    contour, width = box.contour, box.contour.width
    share, soft, ends = _STAYS
    dark = gaussian(np.minimum(box.pixels, skin), soft * width)
    edge = contour.curve(brow.edge, box.u)
    beside = np.maximum(contour.left_end - box.u, box.u - contour.right_end) / width
    inside = contour.curve(brow.share, box.u) * (1.0 - smoothstep(beside, *_FADE)) * box.person
    inside = inside * smoothstep((box.v - edge) / width, -soft, 0.0)
    inside = inside * (1.0 - smoothstep((box.v - box.upper) / width, -ends, 0.0))
    return single(skin + share * inside[..., None] * (np.minimum(dark, skin) - skin))
