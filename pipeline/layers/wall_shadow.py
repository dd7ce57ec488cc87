"""The shadow that a person casts on the wall beside them, of which a matte takes a part for the person.

Such a shadow moves with its head as a whole, as shadows do. A part of it alone would be torn off the rest.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, resize, single, wide_gaussian

_UNIT: Final = 120  # pixels a face width at most, at which shadows are looked for
# Lengths in face widths.
_CLEAR: Final = 0.02  # of the silhouette, whose pixels are mixed
_AROUND: Final = 0.22  # blur of the wall beside a shadow
_THIN: Final = 0.016  # half the width of hair that the matte has missed, which is no shadow
_FARTHEST: Final = 0.45  # from the person: what reaches farther is no shadow of the head, or has no end to be seen
_EDGE: Final = 0.025  # around a shadow's core, where it passes into light
_PERSON: Final = 0.65  # of the matte, from which on it is no shadow
_DARK: Final = 0.75  # of the wall's light: less is left in a shadow
_GREY: Final = 0.12  # by which the shares of red, green and blue that are left may differ: hair and cloth are coloured
_TAKEN: Final = (0.05, 0.2)  # the matte took a part of a shadow where it is so much on such a share of it
_LEAST_WALL: Final = 200  # pixels of it, below which nothing is known of it


def complete_shadow(pixels: Pixels, alpha: Float, face_width: float) -> Float:
    """Add to a matte the rest of a shadow of which it has taken a part.

    A shadow is as grey as shade is, thick, ends beside the head, and covers the lit wall by as much as it takes of its
    light.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        alpha: The person's matte, float32 H×W, 0..1.
        face_width: Width of the person's face in pixels.

    Returns:
        float32 H×W, 0..1, nowhere less than `alpha`.
    """
    scale = min(1.0, _UNIT / face_width)
    size = (max(8, round(alpha.shape[0] * scale)), max(8, round(alpha.shape[1] * scale)))
    unit = face_width * scale
    matte, image = resize(alpha, size), single(resize(pixels, size))
    wall = cv2.erode((matte < 0.02).view(np.uint8), ellipse_kernel(round(_CLEAR * unit)), borderValue=1) > 0
    if np.count_nonzero(wall) < _LEAST_WALL:
        return alpha
    dark = np.zeros(size, bool)
    left = image
    for _ in range(2):
        left = single(image / np.maximum(_blur(image, single(wall & ~dark), _AROUND * unit), 1.0))
        dark = left.max(-1) < _DARK
    core = _choose(dark & (left.max(-1) - left.min(-1) < _GREY) & (matte < _PERSON), matte, unit)
    if not core.any():
        return alpha
    grown = cv2.dilate(core.view(np.uint8), ellipse_kernel(max(1, round(_EDGE * unit))))
    cover = gaussian(single(grown), max(0.7, 0.5 * _EDGE * unit)) * np.clip(1.0 - left.max(-1), 0.0, 1.0)
    return single(np.maximum(alpha, resize(single(cover), alpha.shape)))


def _choose(shadow: Mask, matte: Float, unit: float) -> Mask:
    """The shadows (h, w) that are thick, end beside the person, and were taken for the person in part."""
    kernel = ellipse_kernel(max(1, round(_THIN * unit)))
    thick = cv2.morphologyEx(shadow.view(np.uint8), cv2.MORPH_OPEN, kernel)
    away = cv2.distanceTransform((matte <= 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit
    count, labels = cv2.connectedComponents(thick)
    area = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    taken = np.bincount(labels[matte > _TAKEN[0]], minlength=count) / area > _TAKEN[1]
    taken[0] = False
    taken[labels[away > _FARTHEST]] = False
    return np.asarray(taken[labels], np.bool_)


def _blur(image: Float, share: Float, sigma: float) -> Float:
    """An image (h, w, 3) blurred with what counts of it, (h, w)."""
    return single(
        wide_gaussian(image * share[..., None], sigma) / np.maximum(wide_gaussian(share, sigma), 1e-3)[..., None]
    )
