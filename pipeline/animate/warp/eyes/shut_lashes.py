"""The lashes of a shut eye: a soft, uneven band that hangs from the margin, down and out, with single lashes in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Double, Float
from pipeline.image_ops import gaussian, sample, single, smoothstep

# Lengths are in eye widths, places x along the eye 0 at the outer and 1 at the inner corner.
_ALONG: Final = ((-0.12, 0.0), (-0.04, 0.5), (0.05, 0.85), (0.16, 1.0), (0.68, 1.0), (0.88, 0.62), (1.03, 0.0))
# Share of the band's thickness: it tapers to both corners, sooner to the nose.
_THICKNESS: Final = ((-0.12, 0.4), (0.0, 0.65), (0.18, 1.0), (0.6, 1.0), (0.85, 0.8), (1.05, 0.45))
# The light that the band leaves, by what the open eye's lashes leave of it: factor and power, of 32 eyes of 16 people.
_LEFT: Final = (1.55, 1.55)
_MOST: Final = 0.74  # … and the most that is left: where pale lashes or a soft photo show none, both lids still meet
_ABOVE: Final = 0.038  # half width of the band above its middle
_BELOW: Final = (0.07, 0.02)  # … below it, and by how much more at the temple under heavy lashes
_LOWER: Final = (0.004, 0.03)  # middle of the band below the margin, and how much more at the temple
_UNEVEN: Final = ((0.21, 0.16, 0.7), (0.083, 0.2, 2.1), (0.037, 0.2, 4.4))  # length, height and phase of its waves
_OWN: Final = 0.5  # of the photo's own lashes, mirrored, that are seen below the margin
_OWN_FLAT: Final = 0.55  # of their height
_SOFT: Final = (0.03, 0.07)  # softness by the eye's width, over which single lashes disappear
_BLURRED: Final = (0.035, 0.06)  # … and over which the photo does not tell any more where they are dark
_DARKER: Final = 40  # percentile of their paleness that stands for all
_HAIRS: Final = 60
_FINE: Final = 3  # pixels of the canvas a pixel, so that lashes may be thinner than one
_HEAVY: Final = (0.35, 0.62)  # darkness of the open eye's lashes: from light ones to painted ones


def paint_shut_lashes(box: EyeBox, paleness: Double, softness: float, lash: Float) -> Float:
    """Paint the lashes of an eye that is quite shut, where its margin lies then.

    Args:
        box: The eye's box (h, w).
        paleness: The open eye's lashes along the eye, see `measure_lash_band`: 0 black … 1 none, (LID_SAMPLES,).
        softness: Sigma of the photo's blur in pixels: nothing sharper is painted.
        lash: The open eye's lashes above its margin, (h, w), 0 black … 1 none.

    Returns:
        float32 (h, w), the share of the light that they take, 0..1.
    """
    contour, width = box.contour, box.contour.width
    margin = single(box.upper + box.travel)
    factor, power = _LEFT
    paleness = _even_out(contour, paleness, softness / width)
    dark = 1.0 - np.minimum(factor * contour.curve(paleness, _inside(contour, box.u)) ** power, _MOST)
    x = _from_outer(contour, box.u)
    heavy = float(smoothstep(_mean_darkness(contour, paleness), *_HEAVY))
    along = np.interp(x, [at for at, _ in _ALONG], [share for _, share in _ALONG])
    peak = dark * along
    band = _band(x, (box.v - margin) / width, heavy, softness / width)
    own, hairs = _own_lashes(box, margin, lash), np.zeros_like(box.u)
    sharp = 1.0 - float(smoothstep(softness / width, *_SOFT))
    if sharp > 0.0:
        hairs = _hairs(box, heavy, softness) * sharp
    out = 1.0 - (1.0 - peak * band) * (1.0 - sharp * along * own) * (1.0 - (0.15 + 0.3 * heavy) * hairs)
    return single(np.clip(out, 0.0, 0.92))


def _from_outer(contour: Contour, u: Float) -> Float:
    """Places along the eye: 0 at the outer, 1 at the inner corner."""
    share = (u - contour.left_end) / (contour.right_end - contour.left_end)
    return single(share if contour.outer_is_left else 1.0 - share)


def _inside(contour: Contour, u: Float) -> Float:
    """Places u drawn in between the corners, where lashes grow: the paleness fades past them."""
    edge = 0.14 * contour.width
    return single(np.clip(u, contour.left_end + edge, contour.right_end - edge))


def _even_out(contour: Contour, paleness: Double, softness: float) -> Double:
    """The lashes' paleness along an eye; on a soft photo, where the white shines through them, that of darker ones."""
    middle = np.abs(contour.at) < 0.3 * contour.width
    usual = float(np.percentile(paleness[middle], _DARKER))
    return paleness + smoothstep(softness, *_BLURRED) * (usual - paleness)


def _mean_darkness(contour: Contour, paleness: Double) -> float:
    middle = np.abs(contour.at) < 0.3 * contour.width
    return float(1.0 - paleness[middle].mean())


def _band(x: Float, d: Float, heavy: float, softness: float) -> Float:
    """The band's profile, 0..1; d: eye widths below the margin. On a soft photo it is wider and paler."""
    temple = 1.0 - smoothstep(x, 0.3, 0.85)
    wave = np.zeros_like(x)
    for length, height, phase in _UNEVEN:
        blurred = np.exp(-2.0 * (np.pi * softness / length) ** 2)
        wave += np.float32(height * blurred) * np.sin(2.0 * np.pi * x / length + phase)
    below = (_BELOW[0] + _BELOW[1] * temple * (0.4 + 0.6 * heavy)) * (1.0 + wave)
    beside = d - (_LOWER[0] + _LOWER[1] * (1.0 - smoothstep(x, 0.1, 0.5)))
    sigma = np.where(beside > 0, below, _ABOVE)
    sigma = sigma * np.interp(x, [at for at, _ in _THICKNESS], [share for _, share in _THICKNESS])
    wide = np.hypot(sigma, softness)
    pale = min(1.0, 1.4 * _BELOW[0] / float(np.hypot(_BELOW[0], softness)))
    return single(np.exp(-((beside / wide) ** 2)) * (1.0 + 0.4 * wave) * pale)


def _own_lashes(box: EyeBox, margin: Float, lash: Float) -> Float:
    """The photo's own lashes turned down: a flattened mirror image below the margin, darkness 0..1."""
    contour, width = box.contour, box.contour.width
    d = box.v - margin
    out = -1.0 if contour.outer_is_left else 1.0
    u = box.u - 0.25 * out * np.maximum(d, 0.0)  # they point outwards, too
    v = contour.curve(contour.upper, single(u)) - np.maximum(d, 0.0) / _OWN_FLAT
    x = contour.centre[0] + u * contour.axis_u[0] + v * contour.axis_v[0] - box.left
    y = contour.centre[1] + u * contour.axis_u[1] + v * contour.axis_v[1] - box.top_edge
    dark = 1.0 - sample(lash, single(x), single(y))
    return single(_OWN * dark * smoothstep(d / width, -0.005, 0.015))


def _hairs(box: EyeBox, heavy: float, softness: float) -> Float:
    """Single lashes, darkness 0..1: longest at the temple, bent outwards, never two alike."""
    contour, width = box.contour, box.contour.width
    rng = np.random.default_rng(11)
    canvas = np.zeros((box.u.shape[0] * _FINE, box.u.shape[1] * _FINE), np.uint8)
    out = -1.0 if contour.outer_is_left else 1.0
    for place in (np.arange(_HAIRS) + rng.uniform(0.1, 0.9, _HAIRS)) / _HAIRS * 0.9 - 0.01:
        share = place if contour.outer_is_left else 1.0 - place
        u = contour.left_end + share * (contour.right_end - contour.left_end)
        temple = 1.0 - float(smoothstep(place, 0.25, 0.9))
        length = width * (0.035 + 0.075 * temple) * (0.55 + 0.6 * heavy) * rng.uniform(0.6, 1.2)
        lean = out * (0.15 + 0.9 * temple) + rng.uniform(-0.35, 0.35)
        v = float(np.interp(u, contour.at, contour.upper + contour.travel))
        t = np.linspace(0.0, 1.0, 5)
        us, vs = u + length * lean * t * (0.6 + 0.4 * t), v + length * t * (1.0 - 0.25 * t)
        x = contour.centre[0] + us * contour.axis_u[0] + vs * contour.axis_v[0] - box.left
        y = contour.centre[1] + us * contour.axis_u[1] + vs * contour.axis_v[1] - box.top_edge
        points = np.round((np.stack([x, y], -1) + 0.5) * _FINE * 16).astype(np.int32)
        thick = max(1, round(0.010 * width * _FINE * rng.uniform(0.7, 1.2)))
        cv2.polylines(canvas, [points], False, int(rng.uniform(150, 255)), thick, cv2.LINE_AA, 4)
    fine = cv2.resize(canvas, (box.u.shape[1], box.u.shape[0]), interpolation=cv2.INTER_AREA)
    return gaussian(fine.astype(np.float32) / 255.0, max(0.4, 0.8 * softness))
