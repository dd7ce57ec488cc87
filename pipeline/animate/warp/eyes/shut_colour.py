"""The smooth colour of a shut lid, by a regression from the open eye that was fitted to real people's blinks.

The look of a blinking lid follows from the skin all around the eye, which a lid without an outline must meet, from
the lid's own colour, and from the open eye's narrow lid, whose make-up and shade stretch along with it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.lid_skin import fade_inwards
from pipeline.animate.warp.eyes.skin_tint import tint_by_light
from pipeline.arrays import Float, Mask
from pipeline.image_ops import channel_max, channel_mean, ellipse_kernel, gaussian, single, smoothstep, wide_gaussian
from pipeline.layers.diffusion import diffuse

# Weights of the logarithms of the lid's guessed colour and of the open eye's picture; the rest is the skin around.
# Fitted to 26 eyes of 13 filmed people; docs/figures.md has the errors on people who were left out.
# The light's were (0.43, 0.33) by that fit; these are by the pixels of rendered lids of ten people, beside real ones.
_LIGHT: Final = (0.65, 0.25)
_TINT: Final = (0.18, 0.22)
_DARK: Final = (
    0.7  # logarithm: where the skin around is darker than the lid by that it is brow, and has no tint of skin
)
_SOFT: Final = 0.048  # eye widths: nothing finer is predicted
_OWN: Final = (-0.24, 0.4)  # logarithm of the open eye's picture by the skin around: the least and the most that counts
_LIGHTER: Final = 0.02  # logarithm: by more a lid is not lighter than the skin around it, before it is lit
_PAINT: Final = 0.12  # logarithm: of the open lid's tint no more counts, a red crease is no red lid
_SKIN: Final = (0.62, 0.9)  # of the lid's light: darker places around the eye are brow, lashes or a fold …
_LEAST: Final = 0.06  # … and count for that much only
_THIN: Final = 0.03  # eye widths: half the thickness of the thickest remains of lashes around the eye
_USUAL: Final = 0.12  # of the light: what is less dark than that is skin
_BROWN: Final = 0.88  # by which what lashes leave of the light is nearer to the skin's tint
_EVEN: Final = 0.2  # eye widths, over which a lid's tint is evened out …
_LIT: Final = (3.7, 4.2)  # … by that of places of so much light, a logarithm: 40 to 67 of 255
_BRIGHT, _WHITE = 180.0, 245.0  # between them a lid's light has less and less room to shine


def skin_around(box: EyeBox, hole: Mask, lid: Float) -> Float:
    """The photo (h, w, 3) with the hole filled smoothly from the skin at its rim: brow and lashes count for little.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), True where the skin is not seen.
        lid: The lid's colour, see `lid_colour`.
    """
    sigma = _SOFT * box.contour.width
    light = gaussian(box.grey, 0.5 * sigma) / np.maximum(channel_mean(lid), 1.0)
    skin = _LEAST + (1.0 - _LEAST) * smoothstep(light, *_SKIN)
    known = single((~hole & ~box.rim & box.person) * skin)
    around = gaussian(diffuse(box.pixels, known), sigma)
    return single(around * (1.0 - _broad_shade(box, hole, around)))


def _broad_shade(box: EyeBox, hole: Mask, around: Float) -> Float:
    """The share of each channel's light, (h, w, 3), that hair, brow and socket take; it fades into the hole.

    Lashes are too thin to count.
    """
    width = box.contour.width
    light = np.maximum(around, 8.0)
    seen = ~hole & ~box.rim & box.person
    closed = np.where(seen[..., None], np.minimum(box.pixels, light), light)
    closed = cv2.morphologyEx(closed, cv2.MORPH_CLOSE, ellipse_kernel(max(1, round(_THIN * width))))
    dark = np.maximum(1.0 - closed / light - _USUAL, 0.0)
    spread = gaussian(diffuse(single(dark), single(~hole)), 0.05 * width)
    return single(spread * fade_inwards(box, hole)[..., None])


def predict_shut_colour(box: EyeBox, hole: Mask, around: Float, lid: Float) -> Float:
    """The colour that each place of the open eye's lid has when the eye is shut, without the shade and the lashes.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), True where the skin is not seen.
        around: The skin around the eye, see `skin_around`.
        lid: The lid's colour, see `lid_colour`.

    Returns:
        float32 (h, w, 3), 0..255, in the open eye's places: a renderer moves them.
    """
    contour, sigma = box.contour, _SOFT * box.contour.width
    around, guess = np.log(np.maximum(box.sample_at(around, shut_place(box)), 4.0)), np.log(np.maximum(lid, 4.0))
    own = np.log(np.maximum(box.sample_at(gaussian(box.pixels, sigma), np.minimum(box.v, box.upper)), 4.0))
    beside = np.maximum(contour.left_end - box.u, box.u - contour.right_end) / contour.width
    inside = gaussian((1.0 - smoothstep(beside, 0.1, 0.3)) * box.person * ~box.rim, sigma)
    own = around + (own - around) * inside[..., None]
    parts = [around, guess - around, np.clip(own - around, *_OWN)]
    lights = [channel_mean(part)[..., None] for part in parts]
    tints = [part - light for part, light in zip(parts, lights, strict=True)]
    light = lights[0] + np.minimum(_LIGHT[0] * lights[1] + _LIGHT[1] * lights[2], _LIGHTER)
    by_lid = _TINT[0] + (1.0 - _TINT[0]) * np.clip(lights[1] / _DARK, 0.0, 1.0)
    own_tint = np.clip(tints[2], -_PAINT, _PAINT)
    tint = tint_by_light(
        box, hole, lid, single(tints[0] + tints[2]), single(light), single(tints[0] + by_lid * tints[1])
    )
    tint = _even_out(box, tint, single(light + tint))
    return single(np.exp(light + tint + _TINT[1] * own_tint).clip(1.0, 255.0))


def _even_out(box: EyeBox, tint: Float, light: Float) -> Float:
    """A tint (h, w, 3) evened out along the lid: a bare lid is of one skin, though what is around it is not."""
    width = box.contour.width
    lid = single((np.abs(box.u) < 0.6 * width) & (box.v > box.top) & (box.v < box.upper) & box.person & ~box.rim)
    weight = lid * smoothstep(channel_mean(light), *_LIT) + np.float32(1e-4)
    even = wide_gaussian(tint * weight[..., None], _EVEN * width) / wide_gaussian(weight, _EVEN * width)[..., None]
    return single(tint + (even - tint) * gaussian(lid, 0.05 * width)[..., None])


def shut_place(box: EyeBox) -> Float:
    """Heights v (h, w) to which the skin at each place of the open eye's lid has moved when the eye is shut."""
    travel = box.travel
    height = np.maximum(box.upper + travel - box.top, 1e-3)
    v = box.v + travel * (box.v > box.upper)
    for _ in range(6):
        way, rate = stretch((v - box.top) / height)
        v = v - (v - travel * way - box.v) / np.maximum(1.0 - travel * rate / height, 0.1)
        v = np.clip(v, box.v, box.v + travel)
    return single(v)


def darken(skin: Float, dark: Float) -> Float:
    """The share that lashes and shade take of each channel's light, (h, w, 3): they let through the skin's own tint.

    Args:
        skin: (h, w, 3), the skin's colour, 0..255.
        dark: (h, w), the share of the light that is taken in the mean.
    """
    room = np.clip((_WHITE - channel_max(skin)) / (_WHITE - _BRIGHT), 0.0, 1.0)
    dark = np.where(dark < 0.0, dark * room, dark)
    tint = np.log(np.maximum(skin, 4.0))
    tint = np.clip(tint - channel_mean(tint)[..., None], -0.6, 0.6)
    return single(1.0 - np.power(np.maximum(1.0 - dark, 0.02)[..., None], 1.0 - _BROWN * tint))


def stretch(s: Float | float) -> tuple[Float, Float]:
    """The share of the margin's way, 0..1, that the skin at heights s has gone, and its derivative."""
    a, b, c, d = formula.SKIN_STRETCH
    area = (c - b) + 0.5 * (b - a) + 0.5 * (d - c)
    rise, fall = np.clip(s - a, 0.0, b - a), np.clip(s - c, 0.0, d - c)
    way = rise * rise / (2 * (b - a)) + np.clip(s - b, 0.0, c - b) + fall - fall * fall / (2 * (d - c))
    rate = np.minimum(rise / (b - a), 1.0 - fall / (d - c))
    return single(way / area), single(rate / area)
