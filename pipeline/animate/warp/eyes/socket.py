"""The shade in the socket of an open eye: what of it goes when the lid is stretched flat, and what stays."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.lid_skin import calm_skin
from pipeline.arrays import Float, Mask
from pipeline.image_ops import channel_mean, ellipse_kernel, gaussian, single, smoothstep, wide_gaussian

# Heights by that of the lid above the open eye, from `top` to its margin; lengths in eye widths.
_TOP: Final = (-0.2, 0.1)  # of the lid's height below `top`, over which the shade is taken
_HEIGHT: Final = (0.13, 0.19)  # of the lid: above a lower one the brow is near, and would be taken for shade
_BESIDE: Final = (0.05, 0.25)  # beyond the corners, over which it is taken no more
_DARKEST: Final = 0.55  # of the skin's light
_FLAT: Final = 0.11  # softness of what is left of the skin's folds …
_FLAT_TOP: Final = (-0.04, 0.08)  # … below `top`, over which it sets in …
_FLAT_BESIDE: Final = (0.15, 0.32)  # … and beyond the corners, over which it ends
_BROW_ENDS: Final = 0.07  # … but no farther down is it a brow
_GRAIN: Final = 0.02  # what is finer is grain, and stays as far as it is no edge
_BROW: Final = 0.78  # of the skin's light: hair, where it hangs together with the brow


def flatten_folds(box: EyeBox, skin: Float, hole: Mask, lid: Float) -> Float:
    """The skin (h, w, 3) without the folds, edges and strokes that an open lid has and a stretched one has not.

    Args:
        box: The eye's box (h, w).
        skin: The skin with the hole filled, see `fill_skin`.
        hole: (h, w), True where the skin is not seen.
        lid: The lid's colour, see `lid_colour`.
    """
    contour, width = box.contour, box.contour.width
    light = channel_mean(gaussian(skin, 0.02 * width)) / np.maximum(channel_mean(calm_skin(box, skin, lid)), 1.0)
    brow = _find_brow(box, single(light)) & (box.v < box.top + _BROW_ENDS * width)
    weight = single(box.person & ~brow) + np.float32(1e-3)
    sigma = _FLAT * width
    flat = wide_gaussian(skin * weight[..., None], sigma) / wide_gaussian(weight, sigma)[..., None]
    fine = box.pixels - gaussian(box.pixels, _GRAIN * width)
    limit = 2.0 * float(np.median(np.abs(fine[~hole]))) if not hole.all() else 0.0
    seen = 1.0 - gaussian(hole.astype(np.float32), 0.02 * width)
    flat = flat + np.clip(fine, -limit, limit) * seen[..., None]
    lowest = box.upper + box.travel
    beside = np.maximum(contour.left_end - box.u, box.u - contour.right_end) / width
    share = smoothstep((box.v - box.top) / width, *_FLAT_TOP) * smoothstep((lowest - box.v) / width, 0.0, 0.08)
    share = share * (1.0 - smoothstep(beside, *_FLAT_BESIDE)) * np.minimum(weight, 1.0)
    return single(skin + (flat - skin) * gaussian(single(share), 0.02 * width)[..., None])


def socket_shade(box: EyeBox, skin: Float, lid: Float) -> Float:
    """The light, (h, w, 3), that fold, liner and the shade around an open eye leave: a shut lid is stretched flat.

    Args:
        box: The eye's box (h, w).
        skin: The skin with the hole filled, see `fill_skin`.
        lid: The lid's colour, see `lid_colour`.
    """
    contour, width = box.contour, box.contour.width
    height = box.upper - box.top
    lowest = box.upper + box.travel
    seen = smoothstep((box.v - box.top) / height, *_TOP) * smoothstep(height / width, *_HEIGHT)
    seen = seen * smoothstep((lowest - box.v) / width, 0.0, 0.08)
    beside = np.maximum(contour.left_end - box.u, box.u - contour.right_end) / width
    seen = seen * (1.0 - smoothstep(beside, *_BESIDE)) * box.person * ~box.rim
    fine = gaussian(skin, 0.02 * width) / np.maximum(calm_skin(box, skin, lid), 1.0)
    seen = gaussian(single(seen * ~_find_brow(box, channel_mean(fine))), 0.03 * width)
    return single(1.0 + (np.clip(fine, _DARKEST, 1.0) - 1.0) * seen[..., None])


def _find_brow(box: EyeBox, light: Float) -> Mask:
    """The brow, (h, w): what is dark and hangs together with what is dark above; light: of the skin's, (h, w)."""
    dark = (light < _BROW).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    above = (box.v < box.top - 0.15 * (box.upper - box.top)) & (dark > 0)
    brow = np.isin(labels, labels[above]) & (dark > 0)
    return cv2.dilate(brow.astype(np.uint8), ellipse_kernel(max(1, round(0.05 * box.contour.width)))) > 0
