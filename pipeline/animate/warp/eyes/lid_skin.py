"""The skin of a lid, guessed from around the eye: what a shut lid shows in place of eye and lashes."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Double, Float, Mask
from pipeline.image_ops import ellipse_kernel, gaussian, single, smoothstep
from pipeline.layers.inpaint import diffuse

_BEND: Final = 0.18  # eye widths: how far from its rim the filled lid still takes the colour of the skin around
_SHADE: Final = 0.04  # of the skin's colour: lashes left at the rim may not darken the filled lid by more
# of the way to the cheek's colour, by which a shut lid is lighter than the skin above an open eye says: three filmed
# people's was by 2 to 6 L*, more the deeper the socket's shade
_LIGHTER: Final = 0.35
_STRANGE: Final = (
    0.12,
    0.35,
)  # difference of two tints, as shares of their brightness: from the second on it is no skin
_MOST: Final = 0.7  # of the way to the cheek's tint, for what is no skin: a scarf, a lens, paint above the eye
_BELOW: Final = 0.25  # weight of the skin below the eye in the lid's colour, beside 1 for that above


def fit_skin_colour(box: EyeBox, hole: Mask) -> Float:
    """Model the skin's colour around the eye, robustly and quadratically: lid above (full weight) and below.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), True where the skin is not seen.

    Returns:
        float32 (h, w, 3), 0..255, everywhere in the box.
    """
    contour, width = box.contour, box.contour.width
    between = (box.u > contour.left_end - 0.05 * width) & (box.u < contour.right_end + 0.05 * width)
    above = (box.v > box.top + 0.02 * width) & (box.v < box.upper - 0.01 * width)
    below = (box.v > box.lower + 0.09 * width) & (box.v < box.lower + 0.34 * width)
    weight = (above * 1.0 + below * _BELOW) * between * ~hole * ~box.rim * box.person
    use = weight > 0
    if use.sum() < 12:
        mean = box.pixels[~hole].mean(0) if (~hole).any() else box.pixels.mean((0, 1))
        return np.broadcast_to(mean, box.pixels.shape).astype(np.float32)
    un, vn = (box.u / width).astype(np.float64), (box.v / width).astype(np.float64)
    terms = np.stack([np.ones_like(un), un, vn, un * un, vn * vn, un * vn], -1)
    colours, start = box.pixels[use].astype(np.float64), weight[use]
    solution = _fit_robustly(terms[use], colours, start)
    model = (terms.reshape(-1, 6) @ solution).reshape(box.pixels.shape)
    low, high = np.percentile(colours, 3, 0), np.percentile(colours, 97, 0)
    return np.clip(model, low, high).astype(np.float32)


def limit_to_skin_above(box: EyeBox, hole: Mask, colour: Float) -> Float:
    """Darken a colour model (h, w, 3) to the skin just above the hole.

    Under a brow in deep shade the model, which also knows the cheek, would paint a pale lid.
    """
    contour, width = box.contour, box.contour.width
    ring = cv2.dilate(hole.astype(np.uint8), ellipse_kernel(max(2, round(0.09 * width)))) > 0
    ring &= ~hole & box.person & (box.v < box.upper)
    ring &= (box.u > contour.left_end) & (box.u < contour.right_end)
    if ring.sum() < 12:
        return colour
    most = 1.08 * float(np.percentile(gaussian(box.pixels.mean(-1), 0.03 * width)[ring], 75))
    return single(colour * np.minimum(1.0, most / np.maximum(colour.mean(-1), 1.0))[..., None])


def fill_skin(box: EyeBox, hole: Mask, colour: Float) -> Float:
    """Fill the hole with a colour model, bent to meet the photo at the hole's rim. float32 (h, w, 3), 1..255."""
    width = box.contour.width
    known = (~hole).astype(np.float32)
    # smoothed on the known side first: single dark grains at the rim would spread into the lid as rays
    weight = gaussian(known, 0.04 * width)[..., None]
    calm = gaussian((box.pixels - colour) * known[..., None], 0.04 * width) / np.maximum(weight, 1e-3)
    rest = gaussian(diffuse(single(calm), known), 0.05 * width)
    rest = np.maximum(rest, -_SHADE * colour)
    inside = np.minimum(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5) / width, 2.0)
    fade = np.exp(-((inside / _BEND) ** 1.5))[..., None]
    skin = np.where(hole[..., None], colour + rest * fade, box.pixels)
    seam = gaussian(hole.astype(np.float32), 0.02 * width)
    seam = (4.0 * seam * (1.0 - seam) * (box.v < box.upper))[..., None]
    skin = skin + (gaussian(skin, 0.025 * width) - skin) * seam
    return np.clip(skin, 1.0, 255.0).astype(np.float32)


def soften_skin(box: EyeBox, skin: Float, colour: Float) -> Float:
    """Low-pass the skin (h, w, 3) so that the brow above the lid doesn't bleed into it, and lighten it.

    It is what a lid becomes as it comes down: out of the socket's shade, and smooth.
    """
    light = skin.mean(-1) > 0.8 * colour.mean(-1)
    lid = ((box.v > box.top) & light).astype(np.float32) + 1e-3
    sigma = 0.05 * box.contour.width
    soft = gaussian(skin * lid[..., None], sigma) / gaussian(lid, sigma)[..., None]
    cheek = _cheek_colour(box)
    if cheek is None:
        return np.asarray(soft, np.float32)
    bright, cheek_bright = soft.mean(-1, keepdims=True), np.float32(max(1.0, float(cheek.mean())))
    tint, cheek_tint = soft / np.maximum(bright, 1.0), cheek / cheek_bright
    strange = smoothstep(np.abs(tint - cheek_tint).sum(-1, keepdims=True), *_STRANGE)
    tint = tint + (_LIGHTER + (_MOST - _LIGHTER) * strange) * (cheek_tint - tint)
    darker = smoothstep(1.0 - bright / cheek_bright, 0.0, 0.1)
    return np.asarray(tint * (bright + _LIGHTER * darker * (cheek_bright - bright)), np.float32)


def _cheek_colour(box: EyeBox) -> Float | None:
    """The median colour (3,) of the skin below the eye, None where too little of it is seen."""
    contour, width = box.contour, box.contour.width
    below = (box.v > box.lower + 0.16 * width) & (box.v < box.lower + 0.5 * width)
    below &= (box.u > contour.left_end) & (box.u < contour.right_end) & box.person & ~box.rim
    if below.sum() < 12:
        return None
    return np.asarray(np.median(box.pixels[below], axis=0), np.float32)


def _fit_robustly(terms: Double, colours: Double, start: Double) -> Double:
    """Least squares (6, 3) with Cauchy weights that forgive darkness less than light: lashes and creases are dark."""
    weight = start.copy()
    solution = np.zeros((6, 3))
    for _ in range(8):
        weighted = terms * weight[:, None]
        ridge = 1e-3 * weight.sum() * np.diag([0, 0.2, 0.2, 1, 1, 1])
        solution = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ colours)
        rest = (colours - terms @ solution).mean(-1)
        spread = 1.48 * float(np.median(np.abs(rest))) + 1.0
        weight = start / (1.0 + (rest / np.where(rest < 0, 1.5 * spread, 2.5 * spread)) ** 2)
    return solution
