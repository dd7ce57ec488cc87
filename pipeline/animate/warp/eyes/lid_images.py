"""The pictures that a moving lid is drawn with: skin without eye and lashes, the lashes' darkness, grain of skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.brow import Brow, brow_shade, keep_shade
from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.eye_halo import halo_light
from pipeline.animate.warp.eyes.glint import lift_glints
from pipeline.animate.warp.eyes.grain import build_grain
from pipeline.animate.warp.eyes.kohl import paint_lid
from pipeline.animate.warp.eyes.lashes import add_connected_darkness, find_lash_hole, measure_lash_band
from pipeline.animate.warp.eyes.lid_crease import draw_crease, find_crease
from pipeline.animate.warp.eyes.lid_shade import lid_shade
from pipeline.animate.warp.eyes.lid_skin import (
    fill_skin,
    fit_skin_colour,
    lid_colour,
)
from pipeline.animate.warp.eyes.shut_colour import darken, predict_shut_colour, skin_around, stretch
from pipeline.animate.warp.eyes.shut_lashes import paint_shut_lashes
from pipeline.animate.warp.eyes.socket import flatten_folds, socket_shade
from pipeline.animate.warp.formula import LID_CURVES
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import channel_max, channel_mean, gaussian, single

_SHADE_TINT: Final = 0.9  # by which its shade is nearer to the skin's tint than to grey, 1 as lashes are
_LASHES: Final = 0.55  # most of the light that lashes leave below brow or fringe, beside which they look pale
_BROW_SOFT: Final = 0.045  # eye widths: the soft edge of a brow that lies over the lid


@dataclass(frozen=True)
class LidImages:
    """Pictures over an eye's box (h, w), float32."""

    skin: Float
    """(h, w, 3), 0..255: the lid without eye and lashes, seamless with the photo around it."""
    skin_soft: Float
    """(h, w, 3), 0..255: the smooth colour of the lid that has come down, see `predict_shut_colour`."""
    ratio: Float
    """(h, w, 3): the photo by the skin, which is the lashes' darkness; 1 away from them."""
    shut_lash: Float
    """(h, w, 3), -0.5..1: the share of each channel's light that lashes, shade and folds of the shut eye take."""
    grain: Float
    """(h, w, 3): the lid's crease and fine grain of skin taken from the cheek, in steps of 255 around 0."""
    grain_at: Float
    """(h, w), 0..1: where the grain is laid."""
    rim: Float
    """(h, w), 0..1: where a rim of glasses or a brow lies over everything and nothing is drawn."""
    glint: Float
    """(h, w, 3), 0..255: the light of glints, see `lift_glints`."""


def build_lid_images(
    pixels: Pixels,
    alpha: Float,
    contour: Contour,
    box: tuple[int, int, int, int],
    blur: float,
    rim: Mask,
    brow: Brow | None = None,
) -> LidImages:
    """Make the pictures of one eye.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        alpha: The person's matte, float32 (H, W), 0..1.
        contour: The eye in its pixels.
        box: Left, top, right, bottom, inside the photo.
        blur: Sigma of the photo's own softness in pixels.
        rim: bool (h, w) of the box: a rim of glasses, empty where none are worn.
        brow: The brow of a deep-set eye, see `free_brow`.
    """
    cover, rim = _cover_softly(rim, brow, contour.width)
    eye = EyeBox.look_up(pixels, alpha, contour, box, rim)
    lash_height, paleness = _measure_lashes(pixels, contour, brow)
    hole, colour = _find_hole(eye, lash_height)
    lid = lid_colour(eye, hole, colour)
    around, under = skin_around(eye, hole, lid), _shade_by_brow(eye, brow, lid)
    skin = single(np.clip(_fill_lid(eye, hole, around, lid) * under, 1.0, 255.0))
    skin, soft = paint_lid(eye, hole, skin, single(predict_shut_colour(eye, hole, around, lid) * under))
    skin = skin if brow is None else keep_shade(eye, brow, skin)
    ratio = _lash_ratio(eye, skin, hole, cover)
    return LidImages(
        skin=skin,
        skin_soft=soft,
        ratio=ratio,
        shut_lash=single(1.0 - (1.0 - darken(lid, _shut_darkness(eye, paleness, blur, ratio))) / halo_light(eye, blur)),
        grain=build_grain(eye, blur) - lid * draw_crease(eye, find_crease(eye, lash_height), blur)[..., None],
        grain_at=_flattened(eye, hole),
        rim=cover,
        glint=lift_glints(eye, rim),
    )


def _measure_lashes(pixels: Pixels, contour: Contour, brow: Brow | None) -> tuple[Double, Double]:
    """See `measure_lash_band`; below a brow all lashes are as dark."""
    height, paleness = measure_lash_band(pixels, contour)
    return height, paleness if brow is None else np.full_like(paleness, _LASHES)


def _cover_softly(rim: Mask, brow: Brow | None, width: float) -> tuple[Float, Mask]:
    """The share of each pixel that lies over the lid, (h, w), 0..1, and its mask: rims have sharp edges, brows none."""
    sharp = gaussian(rim.astype(np.float32), 0.6)
    if brow is None:
        return sharp, rim
    soft = gaussian(brow.mask.astype(np.float32), max(0.6, _BROW_SOFT * width))
    return single(np.maximum(sharp, soft)), rim | brow.mask


def _shade_by_brow(eye: EyeBox, brow: Brow | None, lid: Float) -> Float | np.float32:
    """The light that a brow above leaves of each channel on a shut lid, (h, w, 3); 1 where there is none."""
    if brow is None:
        return np.float32(1.0)
    shade = brow_shade(eye, brow, lid)
    return single(1.0 - (shade[..., None] + _SHADE_TINT * (darken(lid, shade) - shade[..., None])))


def _find_hole(eye: EyeBox, lash_height: Double) -> tuple[Mask, Float]:
    """The pixels in which eye, lashes and liner hide the skin, (h, w), and the colour of that around, (h, w, 3)."""
    lashes = find_lash_hole(eye, lash_height) & ~eye.rim
    colour = fit_skin_colour(eye, lashes)
    return add_connected_darkness(eye, lashes, colour), colour


def _fill_lid(eye: EyeBox, hole: Mask, around: Float, lid: Float) -> Float:
    """The skin with the hole filled, (h, w, 3), without the folds and the shade of an open eye's lid."""
    skin = flatten_folds(eye, fill_skin(eye, hole | eye.rim, around), hole, lid)
    return single(skin / np.sqrt(channel_mean(socket_shade(eye, skin, lid))[..., None]))


def _lash_ratio(eye: EyeBox, skin: Float, hole: Mask, cover: Float) -> Float:
    """See `LidImages.ratio`; cover: (h, w), 0..1, how much lies over the lid."""
    near = _near_darkness(eye, skin, hole) * (1.0 - cover[..., None]) * ~eye.rim[..., None]
    return single(np.clip(eye.pixels / skin, 0.05, 2.0) * near + (1.0 - near))


def _near_darkness(eye: EyeBox, skin: Float, hole: Mask) -> Float:
    """The places that differ from the skin without eye and lashes, (h, w, 1): around the hole and where it is flat."""
    near = np.clip(gaussian(cv2.dilate(hole.astype(np.float32), np.ones((5, 5))), 1.0) * 1.2, 0.0, 1.0)[..., None]
    return single(np.maximum(near, (channel_max(np.abs(skin - eye.pixels)) > 2.0)[..., None]))


def _shut_darkness(eye: EyeBox, paleness: Double, blur: float, ratio: Float) -> Float:
    """The share of the light that lashes, shade and folds of the shut eye take, (h, w)."""
    above = (eye.v < eye.upper + 0.012 * eye.contour.width).astype(np.float32)
    lash = 1.0 - (1.0 - np.clip(channel_mean(ratio), 0.0, 1.0)) * above
    lashes = paint_shut_lashes(eye, paleness, blur, single(lash))
    return single(1.0 - (1.0 - lashes) * (1.0 - lid_shade(eye, blur)))


def build_curve_table(contour: Contour) -> Float:
    """The curves that the renderers look up, float32 (6, LID_SAMPLES) in the order of `formula.LID_CURVES`."""
    return np.stack([getattr(contour, name) for name in LID_CURVES]).astype(np.float32)


def _flattened(eye: EyeBox, hole: Mask) -> Float:
    """The smoothness with which the lid is drawn there, (h, w), 0..1, in the open eye's places: see `formula.FLAT`."""
    width = eye.contour.width
    low, high = (one * (eye.upper + eye.travel - eye.top) - eye.travel * stretch(one)[0] for one in formula.FLAT_BEGIN)
    share = np.clip((eye.v - eye.top - low) / np.maximum(high - low, 1e-3), 0.0, 1.0)
    flat = np.minimum(eye.travel / (formula.FLAT_TRAVEL * width), 1.0) * share * share * (3.0 - 2.0 * share)
    inner = gaussian(hole.astype(np.float32), 0.03 * width) * hole
    return single(np.maximum(flat, inner) * gaussian(single(eye.person & ~eye.rim), 0.01 * width))
