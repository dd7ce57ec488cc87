"""Kohl all around an eye, soot or a bruise: a lid that comes down over it is as dark as the skin below the eye."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float, Mask
from pipeline.image_ops import gaussian, single, smoothstep

# Lengths in eye widths.
_BELOW: Final = (0.08, 0.2)  # below the lower margin, beyond its lashes: painted, where an eye is painted all around
_CHEEK: Final = (0.4, 0.75)  # … and the bare cheek
_CHEEK_LIGHT: Final = 40.0  # of 255: on a darker one nothing is told from shade
_ALONG: Final = 0.35  # of the eye's middle
_LEAST: Final = 12  # pixels of either
_DARK: Final = (0.28, 0.4)  # of the cheek's light: all of the paint … none; 0.46 and more with bags and lower lashes
_SOFT: Final = 0.04
_HIGH: Final = 0.6  # of the open lid's height, which is painted, even where the paint was taken for something before it
_WIDE: Final = 0.5
_CALM: Final = 0.6  # of the strip that must be about as dark: lashes leave skin between them
_LIGHTER: Final = 1.25  # of its light, up to which a pixel is about as dark


def paint_lid(box: EyeBox, hole: Mask, *pictures: Float) -> tuple[Float, ...]:
    """Lay the paint around an eye on pictures of its lid; without paint they come back as they are.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), where eye, lashes and paint hide the skin.
        pictures: Each float32 (h, w, 3), 1..255, the lid in the open eye's places.
    """
    painted, strength = _find_paint(box)
    if strength == 0.0:
        return pictures
    width = box.contour.width
    lid = (box.v > box.upper - _HIGH * (box.upper - box.top)) & (np.abs(box.u) < _WIDE * width)
    share = np.float32(strength) * gaussian((hole | lid).astype(np.float32), max(0.8, _SOFT * width))[..., None]
    return tuple(single(one + (np.minimum(painted, one) - one) * share) for one in pictures)


def _find_paint(box: EyeBox) -> tuple[Float, float]:
    """The colour of the skin below an eye, (3,), and how surely it is painted, 0..1."""
    width = box.contour.width
    middle = (np.abs(box.u) < _ALONG * width) & box.person  # dark paint may have been taken for hair before the eye
    below, cheek = (
        box.pixels[middle & (box.v > box.lower + begin * width) & (box.v < box.lower + end * width)]
        for begin, end in (_BELOW, _CHEEK)
    )
    if min(len(below), len(cheek)) < _LEAST:
        return np.zeros(3, np.float32), 0.0
    colour = single(np.maximum(np.percentile(below, 60, axis=0), 1.0))
    light, usual = below.mean(-1), float(np.median(cheek.mean(-1)))
    calm = float(np.mean(light < _LIGHTER * max(float(np.median(light)), 8.0)))
    if calm < _CALM or usual < _CHEEK_LIGHT:
        return colour, 0.0
    return colour, 1.0 - float(smoothstep(float(np.median(light)) / usual, *_DARK))
