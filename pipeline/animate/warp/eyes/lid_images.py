"""The pictures that a moving lid is drawn with: skin without eye and lashes, the lashes' darkness, grain of skin."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.lashes import add_connected_darkness, find_lash_hole, measure_lash_band
from pipeline.animate.warp.eyes.lid_skin import fill_skin, fit_skin_colour, limit_to_skin_above, soften_skin
from pipeline.animate.warp.formula import LID_CURVES, LID_SAMPLES
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import gaussian


@dataclass(frozen=True)
class LidImages:
    """Pictures over an eye's box (h, w), float32."""

    skin: Float
    """(h, w, 3), 0..255: the lid without eye and lashes, seamless with the photo around it."""
    skin_soft: Float
    """(h, w, 3), 0..255: the same, low-passed."""
    ratio: Float
    """(h, w, 3): the photo by the skin, which is the lashes' darkness; 1 away from them."""
    lash: Float
    """(h, w), 0..1: the ratio above the margin only."""
    grain: Float
    """(h, w, 3): fine grain of skin taken from the cheek, in steps of 255 around 0."""
    grain_at: Float
    """(h, w), 0..1: where the grain is laid."""
    rim: Float
    """(h, w), 0..1: where a rim of glasses lies over everything and nothing is drawn."""
    strength: Double
    """(LID_SAMPLES,): how dark the photo's own lash line is along the eye, 0 black … 1 none."""


def build_lid_images(
    pixels: Pixels,
    alpha: Float,
    contour: Contour,
    box: tuple[int, int, int, int],
    blur: float,
    rim: Mask,
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
    lash_height, strength = measure_lash_band(pixels, contour)
    hole = find_lash_hole(eye, lash_height) & ~rim
    colour = fit_skin_colour(eye, hole)
    hole = add_connected_darkness(eye, hole, colour)
    skin = fill_skin(eye, hole | rim, limit_to_skin_above(eye, hole, colour))
    grain, grain_at = _cheek_grain(pixels, contour, box, hole, blur)
    near = np.clip(gaussian(cv2.dilate(hole.astype(np.float32), np.ones((5, 5))), 1.0) * 1.2, 0.0, 1.0)[..., None]
    near = near * ~rim[..., None]
    ratio = np.clip(eye.pixels / skin, 0.05, 2.0) * near + (1.0 - near)
    above = (eye.v < eye.upper + 0.012 * contour.width).astype(np.float32)
    lash = 1.0 - (1.0 - np.clip(ratio.mean(-1), 0.0, 1.0)) * above
    return LidImages(
        skin=skin,
        skin_soft=soften_skin(eye, skin, colour),
        ratio=ratio.astype(np.float32),
        lash=lash.astype(np.float32),
        grain=grain,
        grain_at=grain_at,
        rim=gaussian(rim.astype(np.float32), 0.6),
        strength=strength,
    )


def build_curve_table(contour: Contour, strength: Double) -> Float:
    """The curves that the renderers look up, float32 (7, LID_SAMPLES) in the order of `formula.LID_CURVES`.

    `strength`: see `LidImages`. Raises ValueError when it has not LID_SAMPLES values.
    """
    rows = [strength if name == "strength" else getattr(contour, name) for name in LID_CURVES]
    table = np.stack(rows).astype(np.float32)
    if table.shape != (len(LID_CURVES), LID_SAMPLES):
        raise ValueError(f"seven curves of {LID_SAMPLES} samples expected, got {table.shape}")
    return table


def _cheek_grain(
    pixels: Pixels, contour: Contour, box: tuple[int, int, int, int], hole: Mask, blur: float
) -> tuple[Float, Float]:
    """High-pass of the cheek below the eye, moved up, and where it is laid (0..1)."""
    left, top, right, bottom = box
    shift = round(0.62 * contour.width)
    rows = np.clip(np.arange(top, bottom) + shift, 0, pixels.shape[0] - 1)
    below = pixels[rows, left:right].astype(np.float32)
    fine = below - gaussian(below, max(1.0, 0.028 * contour.width, 0.9 * blur))
    limit = 2.2 * (1.48 * float(np.median(np.abs(fine))) + 1e-3)
    where = gaussian(hole.astype(np.float32), 0.03 * contour.width) * hole
    return np.clip(fine, -limit, limit), where.astype(np.float32)
