"""The pictures that a moving lid is drawn with: skin without eye and lashes, the lashes' darkness, grain of skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.glint import lift_glints
from pipeline.animate.warp.eyes.lashes import add_connected_darkness, find_lash_hole, measure_lash_band
from pipeline.animate.warp.eyes.lid_shade import lid_shade
from pipeline.animate.warp.eyes.lid_skin import (
    fill_skin,
    fit_skin_colour,
    lid_colour,
)
from pipeline.animate.warp.eyes.shut_colour import darken, predict_shut_colour, skin_around
from pipeline.animate.warp.eyes.shut_lashes import paint_shut_lashes
from pipeline.animate.warp.eyes.socket import flatten_folds, socket_shade
from pipeline.animate.warp.formula import LID_CURVES
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import channel_max, channel_mean, gaussian, single, smoothstep

# Lengths in eye widths.
_CHEEK_BEGINS: Final = (0.2, 0.34)  # below the lower margin: the lower lashes end, the cheek begins
# Of usual skin, and of skin that is wrinkled or painted all over, whose lids are so, too:
_CHEEK_SHIFT: Final = (0.68, 0.85)  # … of the cheek's grain up to the lid
_COARSEST: Final = (0.045, 0.085)  # … of the grain: what is coarser stays in the cheek
_HIGHEST: Final = (2.5, 3.0)  # … most of it, by its spread
_CREPE: Final = (1.2, 1.5)  # … its gain: a lid's skin is thinner than a cheek's, lies in finer folds, and is resampled
_ROUGH: Final = (0.05, 0.1)  # fine spread of a cheek's light from the one to the other; 0.005 to 0.05 on most photos


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
    """(h, w, 3): fine grain of skin taken from the cheek, in steps of 255 around 0."""
    grain_at: Float
    """(h, w), 0..1: where the grain is laid."""
    rim: Float
    """(h, w), 0..1: where a rim of glasses lies over everything and nothing is drawn."""
    glint: Float
    """(h, w, 3), 0..255: the light of glints, see `lift_glints`."""


def build_lid_images(
    pixels: Pixels, alpha: Float, contour: Contour, box: tuple[int, int, int, int], blur: float, rim: Mask
) -> LidImages:
    """Make the pictures of one eye.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        alpha: The person's matte, float32 (H, W), 0..1.
        contour: The eye in its pixels.
        box: Left, top, right, bottom, inside the photo.
        blur: Sigma of the photo's own softness in pixels.
        rim: bool (h, w) of the box: a rim of glasses, empty where none are worn.
    """
    eye = EyeBox.look_up(pixels, alpha, contour, box, rim)
    lash_height, paleness = measure_lash_band(pixels, contour)
    lashes = find_lash_hole(eye, lash_height) & ~rim
    colour = fit_skin_colour(eye, lashes)
    hole = add_connected_darkness(eye, lashes, colour)
    lid = lid_colour(eye, hole, colour)
    around = skin_around(eye, hole, lid)
    skin = flatten_folds(eye, fill_skin(eye, hole | rim, around), hole, lid)
    grain, grain_at = _cheek_grain(pixels, eye, box, hole, blur)
    shade = socket_shade(eye, skin, lid)
    skin = single(np.clip(skin / np.sqrt(channel_mean(shade)[..., None]), 1.0, 255.0))
    near = _near_darkness(eye, skin, hole) * ~rim[..., None]
    ratio = single(np.clip(eye.pixels / skin, 0.05, 2.0) * near + (1.0 - near))
    return LidImages(
        skin=skin,
        skin_soft=predict_shut_colour(eye, around, lid),
        ratio=ratio,
        shut_lash=darken(lid, _shut_darkness(eye, paleness, blur, ratio)),
        grain=grain,
        grain_at=grain_at,
        rim=gaussian(rim.astype(np.float32), 0.6),
        glint=lift_glints(eye, rim),
    )


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


def _cheek_grain(
    pixels: Pixels, eye: EyeBox, box: tuple[int, int, int, int], hole: Mask, blur: float
) -> tuple[Float, Float]:
    """High-pass of the cheek below the eye, moved up, and where it is laid (0..1): not where it would show the eye."""
    left, top, right, bottom = box
    width = eye.contour.width
    rough = _measure_roughness(eye)
    way, coarsest, most, gain = (
        usual + (hard - usual) * rough for usual, hard in (_CHEEK_SHIFT, _COARSEST, _HIGHEST, _CREPE)
    )
    shift = round(way * width)
    rows = np.clip(np.arange(top, bottom) + shift, 0, pixels.shape[0] - 1)
    below = pixels[rows, left:right].astype(np.float32)
    fine = below - gaussian(below, max(1.0, coarsest * width, 0.9 * blur))
    usual_light = np.median(below.reshape(-1, 3), 0)  # what is lighter has its tint, for white has none
    lighter = np.maximum(channel_mean(fine)[..., None] * usual_light / max(float(usual_light.mean()), 1.0), 0.0)
    fine += (np.where(lighter > 0.0, lighter, fine) - fine) * rough
    limit = most * (1.48 * float(np.median(np.abs(fine))) + 1e-3)
    where = gaussian(hole.astype(np.float32), 0.03 * width) * hole
    where = where * smoothstep((eye.v + shift - eye.lower) / width, *_CHEEK_BEGINS)
    return np.clip(gain * fine, -limit, limit), where.astype(np.float32)


def _measure_roughness(eye: EyeBox) -> float:
    """0 where the cheek below an eye is skin as photos have it … 1 where it is wrinkles or brush strokes all over."""
    width = eye.contour.width
    cheek = (np.abs(eye.u) < 0.4 * width) & (eye.v > eye.lower + _CHEEK_BEGINS[1] * width) & eye.person & ~eye.rim
    if cheek.sum() < 24:
        return 0.0
    fine = np.abs(eye.grey - gaussian(eye.grey, max(1.0, _COARSEST[0] * width)))
    share = 1.48 * float(np.median(fine[cheek])) / max(float(np.median(eye.grey[cheek])), 8.0)
    return float(smoothstep(share, *_ROUGH))
