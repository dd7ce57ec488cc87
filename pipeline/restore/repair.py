"""Repair of a photo's surface: what a defect hides is filled from around it, along its width."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Mask, Pixels
from pipeline.image_ops import dilate_within, ellipse_kernel, gaussian, single
from pipeline.layers.diffusion import diffuse
from pipeline.layers.fill_grain import draw_grain, measure_fine_grain

_WIDE: Final = 9.0
"""Pixels from its edge, of 1000 of the longer side, from which a defect is filled by colours alone: lines that are
continued over a torn corner would be invented."""
_RIM: Final = 1.6  # pixels of 1000: a defect's soft edge
_MOST_GRAIN: Final = 8.0  # levels
_HALO: Final = 4.0
"""Pixels of 1000 on each side of a defect over which what it still brightens or darkens belongs to it: emulsion is worn
thin beside a crack, and its shade is left as a ghost where the crack alone is filled."""
_LEAST_HALO: Final = 6.0
"""Levels by which a halo differs from what is around, at least; and by so many times the grain:"""
_HALO_GRAINS: Final = 3.0


def repair_defects(pixels: Pixels, mask: Mask) -> Pixels:
    """Fill the defects of a photo.

    Args:
        pixels: uint8 H×W×3 RGB.
        mask: bool H×W, what is hidden.

    Returns:
        The same shape; outside the defects and their soft edge every pixel is as it was.
    """
    if not mask.any():
        return pixels
    unit = max(pixels.shape[:2]) / 1000
    core = cv2.dilate(mask.astype(np.uint8), ellipse_kernel(max(1, round(_RIM * unit))))
    hidden = _with_halo(pixels, np.asarray(core, np.uint8), max(2, round(_HALO * unit)))
    filled = cv2.inpaint(pixels, hidden, max(3.0, 3 * unit), cv2.INPAINT_TELEA).astype(np.float32)
    depth = cv2.distanceTransform(hidden, cv2.DIST_L2, 5)
    if depth.max() > _WIDE * unit:
        even = diffuse(pixels.astype(np.float32), single(1 - hidden))
        share = np.clip(depth / (_WIDE * unit) - 1, 0, 1)[..., None]
        filled += (even - filled) * share
    filled += draw_grain(pixels, hidden == 0, _MOST_GRAIN)[..., None]
    seam = gaussian(hidden.astype(np.float32), 0.7)[..., None] * hidden[..., None]
    out = pixels + (filled - pixels) * np.maximum(seam, cv2.erode(hidden, np.ones((3, 3), np.uint8))[..., None])
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def _with_halo(pixels: Pixels, core: Pixels, reach: int) -> Pixels:
    """The defects with what they brighten or darken beside them.

    Args:
        pixels: uint8 H×W×3 RGB.
        core: 0 or 1, uint8 H×W, the defects.
        reach: Pixels from a defect that its halo may reach.

    Returns:
        As `core`, with the pixels that join a defect without a gap and differ from the picture farther off as it does.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    band = cv2.dilate(core, ellipse_kernel(reach))
    difference = grey.astype(np.float32) - cv2.inpaint(grey, band, float(reach), cv2.INPAINT_TELEA)
    count, labels = cv2.connectedComponents(core)
    sign = np.sign(np.bincount(labels.ravel(), (difference * core).ravel(), count))
    _, nearest = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    own = np.zeros(int(nearest.max()) + 1)
    own[nearest[core > 0]] = sign[labels[core > 0]]
    least = max(_LEAST_HALO, _HALO_GRAINS * measure_fine_grain(grey.astype(np.float32), core == 0))
    allowed = ((difference * own[nearest] > least) & (band > 0)).astype(np.uint8) | core
    return dilate_within(core, np.asarray(allowed, np.uint8), reach)
