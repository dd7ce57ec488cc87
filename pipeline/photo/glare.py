"""Glare on a glossy print: a lamp's or a window's white spot, whose veil is taken off the picture around it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import AnyArray, Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, single, smoothstep
from pipeline.layers.diffusion import diffuse

_SIDE: Final = 384
"""Pixels of the longer side at which glare is looked for."""
_CLIPPED: Final = 246
"""Level of all three channels in the middle of a glare."""
_LEAST, _MOST = 0.0008, 0.1
"""Share of the print that such a middle takes."""
_ON_HEAD: Final = 0.3
"""Share of a middle that lies on a head, from which it stays."""
_DETAIL: Final = 5
"""Pixels: what is bright and narrower is part of the picture."""
_REACH: Final = 0.3
"""Share of the longer side to which a veil reaches, at most."""
_SECTORS: Final = 12
"""Directions in which a veil is followed from the middle."""
_ALIKE: Final = 0.8
"""Share of them in which it falls as a veil does."""
_SUDDEN: Final = 0.085
"""Share of white by which a veil falls from one pixel to the next, at most: a collar or a window ends at once."""
_FALL: Final = 0.3
"""Share of white by which a veil falls, at least."""
_SPREAD: Final = 0.5
"""Share of white that a veil still has beside the middle, at least."""
_HALF: Final = 5
"""Pixels at which half of it is left, at least."""
_REST: Final = 0.06
"""Share of it that is left where it ends."""
_ROUND: Final = 0.85
"""Share of its hull that a middle fills."""
_TRACE: Final = 0.002
"""Share of white, and of a fill, below which a pixel stays as it is."""
_STEEP: Final = 2.2
"""Exponent of the levels of a picture: light adds up."""


def reduce_glare(pixels: Pixels, faces: Mask, heads: Mask) -> Pixels:
    """Take the veil of a glare off a print; its white middle, in which nothing is seen, gets the colours around it.

    Args:
        pixels: The print, uint8 H×W×3 RGB.
        faces: bool H×W; glare whose middle touches one stays, since what it hides would be invented.
        heads: bool H×W; so does glare of whose middle much lies on one.

    Returns:
        The same shape; `pixels` itself where there is no glare.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    clipped = (small.min(axis=2) >= _CLIPPED).astype(np.uint8)
    clipped = cv2.morphologyEx(clipped, cv2.MORPH_OPEN, ellipse_kernel(1))
    light = single(small.min(axis=2) / np.float32(255)) ** _STEEP
    under = gaussian(cv2.morphologyEx(light, cv2.MORPH_OPEN, ellipse_kernel(_DETAIL)), _DETAIL / 2)
    face, head = (
        cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for mask in (faces, heads)
    )
    veil, lost = np.zeros_like(light), np.zeros(light.shape, np.uint8)
    count, labels = cv2.connectedComponents(clipped)
    for label in range(1, count):
        middle = labels == label
        if not _LEAST <= middle.mean() <= _MOST or face[middle].any() or head[middle].mean() > _ON_HEAD:
            continue
        found = _veil(under, middle)
        if found is not None:
            veil, lost = np.maximum(veil, found), lost | middle.astype(np.uint8)
    return _without(pixels, veil, lost) if lost.any() else pixels


def _veil(under: Float, middle: Mask) -> Float | None:
    """The light that a glare adds, 0..1 of white's, around its white middle; None where it is none.

    Args:
        under: The least light near each pixel, 0..1.
        middle: Its white middle.
    """
    contours, _ = cv2.findContours(middle.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = np.zeros(middle.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.vstack(contours)), 1)
    if middle.sum() < _ROUND * hull.sum():
        return None
    away = single(cv2.distanceTransform((~middle).astype(np.uint8), cv2.DIST_L2, 5))
    end = _end_of_veil(under, middle, away)
    if end is None:
        return None
    outside = away > end
    plain = diffuse(np.repeat(under[..., None], 3, axis=2), single(outside))[..., 0]
    fade = 1 - smoothstep(away, 0.8 * end, 1.1 * end)
    return single(np.clip(under - plain, 0, 1) * fade)


def _end_of_veil(under: Float, middle: Mask, away: Float) -> int | None:
    """Pixels from the middle at which a veil ends; None where the light does not fall as a veil does."""
    reach = int(_REACH * max(under.shape))
    rows, columns = np.nonzero((away > 0) & (away < reach))
    y, x = (values.mean() for values in np.nonzero(middle))
    sector = ((np.arctan2(rows - y, columns - x) / (2 * np.pi) + 0.5) * _SECTORS).astype(int) % _SECTORS
    place = sector * reach + (away[rows, columns] - 1).astype(int)
    counts = np.bincount(place, minlength=_SECTORS * reach)
    sums = np.bincount(place, weights=under[rows, columns], minlength=_SECTORS * reach)
    ends = []
    for seen, total in zip(counts.reshape(_SECTORS, -1), sums.reshape(_SECTORS, -1), strict=True):
        gaps = np.flatnonzero(seen == 0)
        length = int(gaps[0]) if gaps.size else reach
        if length < 2 * _HALF:  # the print ends here
            continue
        fall = total[:length] / seen[:length]
        low = int(np.argmin(fall))
        drop = fall[0] - fall[low]
        half = int(np.argmax(fall <= fall[0] - drop / 2))
        if fall[0] < _SPREAD or drop < _FALL or half < _HALF:
            ends.append(0)
        else:
            sudden = float((-np.diff(fall[: low + 1])).max(initial=0.0)) > _SUDDEN
            ends.append(0 if sudden else int(np.argmax(fall <= fall[low] + _REST * drop)))
    veiled = [end for end in ends if end]
    if len(ends) < _SECTORS / 2 or len(veiled) < _ALIKE * len(ends):
        return None
    return int(np.median(veiled)) + 2


def _without(pixels: Pixels, veil: Float, lost: AnyArray) -> Pixels:
    """The picture without a veil; in what is lost it has the colours around."""
    size = pixels.shape[1], pixels.shape[0]
    veil = single(cv2.resize(veil, size, interpolation=cv2.INTER_CUBIC))[..., None]
    wide = cv2.dilate(lost, ellipse_kernel(2)).astype(np.float32)
    blank = single(cv2.resize(wide, size, interpolation=cv2.INTER_LINEAR))
    light = single(pixels / np.float32(255)) ** _STEEP
    cleared = single(255 * np.clip(light - veil, 0, 1) ** (1 / _STEEP))
    filled = diffuse(cleared, single(blank < _TRACE))
    weight = gaussian(single(blank), 1.0)[..., None]
    out = cleared + (filled - cleared) * weight
    touched = (veil > _TRACE) | (weight > _TRACE)
    return np.where(touched, np.clip(np.rint(out), 0, 255).astype(np.uint8), pixels)
