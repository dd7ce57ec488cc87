"""The light that an eye sheds around itself on a soft photo: of a shut eye neither iris nor white is seen."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float
from pipeline.image_ops import ellipse_kernel, gaussian, single, smoothstep
from pipeline.layers.diffusion import diffuse

_SOFT: Final = (0.035, 0.055)  # softness by the eye's width, from none to all of it
_REACH: Final = 2.5  # of the softness
_MOST: Final = (-0.2, 0.45)  # logarithm of light
_TINT: Final = 0.7  # of its tint; it lies on the white of an eye that is not yet shut, too
_CORNERS: Final = (0.02, 0.22)  # from either corner on; beside it the photo's shade stays
_BELOW: Final = (0.0, 0.05)  # the shut margin, over which it sets in


def halo_light(box: EyeBox, softness: float) -> Float | np.float32:
    """The light of the halo below a shut eye's margin, (h, w, 3), by that of the skin; 1 on a sharp photo.

    Args:
        box: The eye's box (h, w).
        softness: Sigma of the photo's blur in pixels.
    """
    width = box.contour.width
    strength = float(smoothstep(softness / width, *_SOFT))
    if strength == 0.0:
        return np.float32(1.0)
    eye = (box.v > box.upper) & (box.v < box.lower) & (np.abs(box.u) < 0.6 * width)
    near = cv2.dilate(eye.astype(np.uint8), ellipse_kernel(max(1, round(_REACH * softness)))) > 0
    skin = diffuse(box.pixels, single(~near & ~box.rim & box.person))
    halo = (
        np.log(np.maximum(box.pixels, 8.0) / np.maximum(skin, 8.0)) * gaussian(single(near), 0.5 * softness)[..., None]
    )
    rise = box.contour.curve(box.contour.rise, box.u)
    below = np.clip((box.v - box.lower + rise) / (formula.LOWER_LID_REACH * width), 0.0, 1.0)
    halo = _TINT * halo + (1.0 - _TINT) * halo.mean(-1, keepdims=True)
    seen = box.sample_at(single(halo), single(box.v + rise * (1.0 - smoothstep(below, 0.0, 1.0))))
    inside = np.minimum(box.u - box.contour.left_end, box.contour.right_end - box.u) / width
    shown = smoothstep((box.v - box.upper - box.travel) / width, *_BELOW) * smoothstep(inside, *_CORNERS)
    return single(np.exp(np.clip(seen, *_MOST) * (strength * shown)[..., None]))
