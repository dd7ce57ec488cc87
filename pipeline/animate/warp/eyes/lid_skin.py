"""The skin of a lid, guessed from around the eye: what a shut lid shows in place of eye and lashes."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.skin_tint import is_skin
from pipeline.arrays import Double, Float, Mask
from pipeline.image_ops import channel_max, channel_mean, gaussian, single, smoothstep, wide_gaussian
from pipeline.layers.diffusion import diffuse

_JOINED: Final = (0.025, 0.08)  # eye widths: beside the margin's line, and the height over which it is joined
_HAIR_WIDE: Final = 0.12  # eye widths around a place, in which …
_HAIR: Final = (0.35, 0.55)  # … so much of the light is missing: hair, and no end of lashes
_STILL: Final = 0.04  # eye widths of travel, from which on a lid comes down over it
_STILL_FROM: Final = (0.0, 0.08)  # … and from a corner outwards
_BEND: Final = 0.18  # eye widths: how far from its rim the filled lid still takes the colour of the skin around
_SHADE: Final = 0.25  # of the skin's colour: lashes left at the rim may not darken the filled lid by more
# The colour of a shut lid, from the skin above the open eye (its lid, the socket's shade) and from the cheek: 0.25 and
# 0.75 of them, times 0.88, is within 2.2 L* on average of 17 filmed people's lids (the cheek alone is 7.6 lighter);
# fold and lashes, which are drawn upon it, take some of that.
_CHEEK: Final = 0.75
_DIM: Final = 0.975
_BLOWN: Final = (236.0, 252.0)  # of 255: a cheek that is so bright has lost some of its tint
_DARK: Final = (0.3, 0.55)  # of the cheek's light: skin above that is so much darker does not show its tint
_LIGHTEST: Final = 1.2  # of the skin above: a lid that is painted or in deep shade does not come out paler
_TINT: Final = 0.4  # of the way from the tint above to the cheek's: bags below an eye are violet, its lid is not
_MAKEUP: Final = (0.08, 0.18)  # difference of the two tints, as shares of their brightness: what is more is painted
_PAINTED: Final = 0.45  # weight of the cheek beside a painted lid
_STRANGE: Final = (0.3, 0.5)  # … and what is still more is no skin: a scarf, a lens, a hat's brim
_ABOVE: Final = (0.32, 0.13)  # eye widths above the open margin: the skin that is asked there
_CHEEK_AT: Final = (0.16, 0.5)  # … and below the lower margin
_RING: Final = (0.75, 0.6)  # eye widths: half axes of the ring of skin around the eye
_RING_TINT: Final = 0.35  # of the way to its tint
_BY_RING: Final = (0.86, 1.0)  # of its light: least and most of a shut lid; 0.72 to 1.0 on 8 of 10 filmed people
_MOST_GAIN: Final = 1.7  # in a socket in deep shade the lid stays darker than that
# Eye widths beyond the corner at the nose, and at the temple, over which what stays is seen again: a liner's wing.
_BESIDE: Final = ((0.1, 0.3), (0.04, 0.16))
_ABOVE_LID: Final = (0.0, 0.05)  # … and above the lid, where nothing moves
_ALONG: Final = 0.3  # eye widths: the light along the eye is smoothed by so much
_FOLD: Final = (0.8, 0.97)  # of the lid's light: what is darker is a fold or hair, and not seen on a shut lid
_CALM: Final = 0.09  # eye widths: softness of the skin around it
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


def fill_skin(box: EyeBox, hole: Mask, colour: Float) -> Float:
    """Fill the hole with a colour model, bent to meet the photo at the hole's rim. float32 (h, w, 3), 1..255."""
    width = box.contour.width
    known = (~hole).astype(np.float32)
    # smoothed on the known side first: single dark grains at the rim would spread into the lid as rays
    weight = wide_gaussian(known, 0.07 * width)[..., None]
    calm = wide_gaussian((box.pixels - colour) * known[..., None], 0.07 * width) / np.maximum(weight, 1e-3)
    rest = gaussian(diffuse(single(calm), known), 0.05 * width)
    rest = np.maximum(rest, -_SHADE * colour)
    fade = fade_inwards(box, hole)[..., None]
    skin = np.where(hole[..., None], colour + rest * fade, box.pixels)
    seam = gaussian(hole.astype(np.float32), 0.03 * width)
    seam = (4.0 * seam * (1.0 - seam) * (box.v < box.upper))[..., None]
    skin = skin + (gaussian(skin, 0.04 * width) - skin) * seam
    contour = box.contour
    left, right = (contour.left_end - box.u) / width, (box.u - contour.right_end) / width
    outer, inner = (left, right) if contour.outer_is_left else (right, left)
    beside = np.maximum(smoothstep(inner, *_BESIDE[0]), smoothstep(outer, *_BESIDE[1]))
    still = np.maximum(beside, smoothstep((box.top - box.v) / width, *_ABOVE_LID))
    skin = skin + (box.pixels - skin) * still[..., None]
    return _join_below(box, np.clip(skin, 1.0, 255.0).astype(np.float32), known, colour)


def fade_inwards(box: EyeBox, hole: Mask) -> Float:
    """1 at the hole's rim and outside, falling inwards to 0 where the skin around has no say, (h, w)."""
    inside = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5) / box.contour.width
    return single(np.exp(-((np.minimum(inside, 2.0) / _BEND) ** 1.5)))


def _join_below(box: EyeBox, skin: Float, known: Float, colour: Float) -> Float:
    """The skin (h, w, 3) where no lid comes down, before hair as dark as what is below the margin's line: no edge."""
    width = box.contour.width
    usual = max(float(np.median(channel_mean(colour))), 8.0)
    missing = np.maximum(1.0 - box.grey / usual, 0.0) * known
    sigma = _HAIR_WIDE * width
    hair = smoothstep(wide_gaussian(missing, sigma) / np.maximum(wide_gaussian(known, sigma), 1e-3), *_HAIR)
    near = _JOINED[0] * width
    seen = box.sample_at(gaussian(box.pixels, 0.5 * near), box.upper + near)
    own = box.sample_at(skin, box.upper - near)
    dark = np.clip(np.log(np.maximum(seen, 4.0)) - np.log(np.maximum(own, 4.0)), -1.5, 0.0)
    beyond = np.maximum(box.contour.left_end - box.u, box.u - box.contour.right_end) / width
    still = (1.0 - np.minimum(box.travel / (_STILL * width), 1.0)) * smoothstep(beyond, *_STILL_FROM) * hair
    share = still * np.exp(-(((box.upper - box.v) / (_JOINED[1] * width)) ** 2)) * ~box.rim
    return single(skin * np.exp(dark * share[..., None]))


def calm_skin(box: EyeBox, skin: Float, lid: Float) -> Float:
    """The skin (h, w, 3) low-passed without all that is darker than skin: brow, fold and lashes of the open eye.

    Args:
        box: The eye's box (h, w).
        skin: The skin with the hole filled, see `fill_skin`.
        lid: The lid's colour, see `lid_colour`.
    """
    share = gaussian(channel_mean(skin), 0.02 * box.contour.width) / np.maximum(channel_mean(lid), 1.0)
    weight = single(smoothstep(share, *_FOLD) * box.person + 1e-3)
    sigma = _CALM * box.contour.width
    return single(wide_gaussian(skin * weight[..., None], sigma) / wide_gaussian(weight, sigma)[..., None])


def lid_colour(box: EyeBox, hole: Mask, colour: Float) -> Float:
    """Guess the colour of a shut lid, (h, w, 3), 0..255.

    It changes along the eye with the light, and not across it: that is drawn, see `formula.LID_LIGHT`.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), True where the skin is not seen.
        colour: Taken where no skin is seen, see `fit_skin_colour`.
    """
    width = box.contour.width
    seen = ~hole & ~box.rim & box.person
    above = (box.v > box.upper - _ABOVE[0] * width) & (box.v < box.upper - _ABOVE[1] * width) & seen
    cheek = (box.v > box.lower + _CHEEK_AT[0] * width) & (box.v < box.lower + _CHEEK_AT[1] * width) & seen
    upper, lower = _colour_along(box, above), _colour_along(box, cheek)
    if upper is None or lower is None:
        return (colour if upper is None else upper) if lower is None else single(_DIM * lower)
    upper_light, lower_light = (np.maximum(channel_mean(one)[..., None], 1.0) for one in (upper, lower))
    apart = np.abs(upper / upper_light - lower / lower_light).sum(-1, keepdims=True)
    strange = smoothstep(apart, *_STRANGE)
    share = _CHEEK + (_PAINTED - _CHEEK) * smoothstep(apart, *_MAKEUP)
    share = share + (1.0 - share) * strange
    tint = upper / upper_light
    unsure = np.maximum(strange, smoothstep(1.0 - upper_light / lower_light, *_DARK))
    by_cheek = (_TINT + (1.0 - _TINT) * unsure) * (1.0 - 0.3 * smoothstep(channel_max(lower)[..., None], *_BLOWN))
    tint = tint + by_cheek * (lower / lower_light - tint)
    light = _DIM * (upper_light + (lower_light - upper_light) * share)
    lightest = _LIGHTEST * upper_light
    light = light + (np.minimum(light, lightest) - light) * (1.0 - strange)
    return _bound_to_ring(box, hole, single(light * tint), lower)


def _bound_to_ring(box: EyeBox, hole: Mask, lid: Float, cheek: Float) -> Float:
    """A lid's colour (h, w, 3) brought between the bounds that the skin all around the eye sets, nearer to its tint.

    Of the ring around the eye those pixels count that are skin by the cheek's colour (h, w, 3): no hair, no scarf.
    """
    contour, width = box.contour, box.contour.width
    away = np.hypot(box.u / (_RING[0] * width), box.v / (_RING[1] * width))
    ring = (away > 0.8) & (away < 1.15) & ~hole & box.person & is_skin(box.pixels, cheek)
    inside = (box.u > contour.left_end) & (box.u < contour.right_end)
    if ring.sum() < 24 or not inside.any():
        return lid
    around, usual = np.median(box.pixels[ring], 0), np.median(lid[inside], 0)
    light = float(usual.mean()) / max(float(around.mean()), 1.0)
    tint = (around / max(float(around.mean()), 1.0)) / (usual / max(float(usual.mean()), 1.0) + 1e-3)
    gain = min(float(np.clip(light, *_BY_RING)) / max(light, 1e-3), _MOST_GAIN)
    return single(lid * gain * (1.0 + _RING_TINT * (np.clip(tint, 0.5, 2.0) - 1.0)))


def _colour_along(box: EyeBox, where: Mask) -> Float | None:
    """The usual colour of the skin at `where` along the eye, (h, w, 3); None where too little of it is seen.

    Of its pixels those count that are near the median in brightness and tint: no lash, no hair, no light on a lens.
    """
    contour, width = box.contour, box.contour.width
    near = (box.u > contour.left_end - 0.1 * width) & (box.u < contour.right_end + 0.1 * width)
    chosen = where & near
    if chosen.sum() < 12:
        return None
    pixels, places = box.pixels[chosen], box.u[chosen]
    middle = np.median(pixels, axis=0)
    off = np.abs(pixels - middle).mean(-1)
    weight = 1.0 / (1.0 + (off / (1.5 * float(np.median(off)) + 2.0)) ** 2)
    at = np.linspace(contour.left_end, contour.right_end, 9)
    kernel = np.exp(-0.5 * ((at[:, None] - places) / (_ALONG * width)) ** 2) * weight + 1e-6 * weight
    along = kernel @ pixels / kernel.sum(1, keepdims=True)
    return np.stack([np.interp(box.u, at, along[:, channel]) for channel in range(3)], -1).astype(np.float32)


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
