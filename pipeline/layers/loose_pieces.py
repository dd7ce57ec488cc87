"""Thin things beside a head that its matte has missed: hoops in the ears, loose strands of hair.

Such a piece is the person's and moves with the head. Left with the wall it would break where the matte ends: a hoop in
two, one half at rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EARLOBES, LEFT_EYE_OUTER, OVAL, RIGHT_EYE_OUTER
from pipeline.image_ops import ellipse_kernel, gaussian, resize, single, wide_gaussian

_UNIT: Final = 150  # pixels a face width at most, at which pieces are looked for
# Lengths in face widths.
_WINDOW: Final = 1.5  # half the side of the square around the face in which they are
_CLEAR: Final = 0.016  # of the silhouette, whose pixels are mixed
_CALM: Final = (0.05, 0.09)  # blur of the wall, at first and without what is not the wall's
_BESIDE: Final = 0.40  # a piece lies nearer to the person; what reaches farther is a line of the wall
_WALL: Final = (0.30, 0.10)  # from the person, from where on the wall's own detail is measured; the second if need be
_GAP: Final = 0.05  # between a piece and the person, or the next piece
_RIM: Final = 0.025  # from the person: mixed pixels
_THICK: Final = 0.09  # what is thicker is a thing by itself
_AROUND: Final = 0.014  # of the wall that goes along with a piece
_SOFT: Final = 0.008
_HOOP: Final = ((-0.08, 0.30), (-0.06, 0.45))  # from an ear-lobe outwards and down: where an ear-ring hangs …
_FROM_LOBE: Final = 0.19  # … and how near to the lobe it begins
_EVEN: Final = 10.0  # of 255, the strongest detail of an even wall: on others only ear-rings are looked for
_UNUSUAL: Final = 1.5  # times the strongest detail of the wall farther away …
_LEAST: Final = 6.0  # … and so many of 255 more: stronger detail is not the wall's
_LEAST_WALL: Final = 200  # pixels of it, below which nothing is known of it
_ASKED: Final = 20_000  # pixels of the wall by which its detail is measured


def add_loose_pieces(pixels: Pixels, alpha: Float, face: Face, face_width: float) -> Float:
    """Add to a matte the thin things beside the head that the wall has nowhere else.

    On a wall that is full of detail itself only those below an ear-lobe.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        alpha: The person's matte, float32 H×W, 0..1.
        face: The person's face, in pixels of the photo.
        face_width: Its width in pixels.

    Returns:
        float32 H×W, 0..1, nowhere less than `alpha`.
    """
    x, y = face.landmarks[list(OVAL), :2].mean(0).tolist()
    reach = _WINDOW * face_width
    rows, columns = (
        slice(max(0, round(at - reach)), min(end, round(at + reach)))
        for at, end in zip((y, x), alpha.shape, strict=True)
    )
    part = alpha[rows, columns]
    if min(part.shape) < 8:
        return alpha
    scale = min(1.0, _UNIT / face_width)
    size = (max(8, round(part.shape[0] * scale)), max(8, round(part.shape[1] * scale)))
    unit = face_width * scale
    points = (face.landmarks[:, :2] - (columns.start, rows.start) + 0.5) * scale - 0.5
    image = _opponent(np.asarray(resize(pixels[rows, columns], size), np.uint8))
    pieces = _find_pieces(image, resize(part, size), _look_below_lobes(single(points), size, unit), unit)
    if not pieces.any():
        return alpha
    grown = cv2.dilate(pieces.view(np.uint8), _disc(_AROUND * unit))
    soft = resize(gaussian(single(grown), max(0.7, _SOFT * unit)), part.shape)
    out = alpha.copy()
    out[rows, columns] = np.maximum(part, np.clip(soft, 0.0, 1.0))
    return out


def _opponent(pixels: Pixels) -> Float:
    """Light, red against green and blue against both, float32 (h, w, 3)."""
    third = 1.0 / 3.0
    return single(cv2.transform(single(pixels), np.array([[third] * 3, [0.7, -0.7, 0.0], [-0.35, -0.35, 0.7]])))


@dataclass(frozen=True)
class _Lobes:
    """The surroundings of both ear-lobes on an image."""

    below: Mask
    """bool (h, w), where ear-rings hang."""
    near: Mask
    """bool (h, w), the lobes themselves."""


def _look_below_lobes(points: Float, size: tuple[int, int], unit: float) -> _Lobes:
    """The places where ear-rings hang; points (478, 2): the face's landmarks."""
    across = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    across /= max(float(np.linalg.norm(across)), 1e-6)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    below, beside = np.zeros(size, bool), np.zeros(size, bool)
    for lobe, sign in zip(EARLOBES, (-1.0, 1.0), strict=True):
        right, lower = (x - points[lobe, 0]) / unit, (y - points[lobe, 1]) / unit
        out, down = sign * (right * across[0] + lower * across[1]), lower * across[0] - right * across[1]
        (near, far), (top, bottom) = _HOOP
        below |= (out > near) & (out < far) & (down > top) & (down < bottom)
        beside |= np.hypot(right, lower) < _FROM_LOBE
    return _Lobes(below, beside)


def _find_pieces(image: Float, alpha: Float, lobes: _Lobes, unit: float) -> Mask:
    """The pieces on an image (h, w, 3) with its matte (h, w), bool (h, w)."""
    person = alpha > 0.5
    wall = cv2.erode((alpha < 0.02).astype(np.uint8), _disc(_CLEAR * unit), borderValue=1) > 0
    away = single(cv2.distanceTransform((~person).view(np.uint8), cv2.DIST_L2, 5) / unit)
    far = np.flatnonzero(wall & (away > _WALL[0]))
    if far.size < _LEAST_WALL:
        far = np.flatnonzero(wall & (away > _WALL[1]))
    if far.size < _LEAST_WALL:
        return np.zeros(alpha.shape, bool)
    far = far[:: max(1, far.size // _ASKED)]
    strong = np.zeros(alpha.shape, bool)
    strongest, calm = np.zeros(3), image
    for sigma in _CALM:
        calm = _blur(image, single(wall & ~strong), sigma * unit)
        detail = cv2.absdiff(image, calm)
        strongest = np.percentile(detail.reshape(-1, 3)[far], 95, axis=0)
        strong = (detail > single(_UNUSUAL * strongest + _LEAST)).any(-1) & (away < 2.0 * _BESIDE)
    pieces = _choose(strong & ~person, away, lobes, unit, only_rings=float(strongest.max()) > _EVEN)
    if not (pieces & ~lobes.below).any():
        return pieces
    behind = np.where(cv2.dilate(person.view(np.uint8), _disc(_RIM * unit))[..., None] > 0, calm, image)
    slender = (_slenderness(behind, 0.5 * _THICK * unit) > single(_UNUSUAL * strongest + _LEAST)).any(-1)
    return pieces & (slender | lobes.below)


def _slenderness(image: Float, radius: float) -> Float:
    """By how much an image (h, w, 3) is lighter or darker than on both sides: nothing at the edge of a wide thing."""
    kernel = _disc(radius)
    light, dark = (cv2.morphologyEx(image, way, kernel) for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    return single(np.maximum(light, dark))


def _choose(strong: Mask, away: Float, lobes: _Lobes, unit: float, only_rings: bool) -> Mask:
    """The strong detail (h, w) that hangs together with the person, is thin or an ear-ring, and ends beside it."""
    clear = strong & (away > _RIM)  # of the silhouette's own pixels, through which all hangs together
    count, labels = cv2.connectedComponents(clear.view(np.uint8))
    bad = np.zeros(count, bool)
    bad[labels[clear & (away >= _BESIDE)]] = True
    if only_rings:
        bad[labels[clear & ~lobes.below]] = True
    thick = cv2.morphologyEx(clear.view(np.uint8), cv2.MORPH_OPEN, _disc(0.5 * _THICK * unit)) > 0
    hangs = np.zeros(count, bool)
    hangs[labels[clear & lobes.near]] = True
    bad[labels[thick & ~lobes.below]] = True
    bad |= ~hangs & (only_rings | (np.bincount(labels[thick], minlength=count) > 0))
    clear &= ~bad[labels]
    count, labels = cv2.connectedComponents(cv2.dilate(clear.view(np.uint8), _disc(0.5 * _GAP * unit)))
    near = np.zeros(count, bool)
    near[labels[clear & (away < _RIM + _GAP)]] = True
    pieces = clear & near[labels]
    return np.asarray(strong & (cv2.dilate(pieces.view(np.uint8), _disc(1.5 * _RIM * unit)) > 0), np.bool_)


def _blur(image: Float, share: Float, sigma: float) -> Float:
    """An image (h, w, 3) blurred with what counts of it, (h, w)."""
    return single(
        wide_gaussian(image * share[..., None], sigma) / np.maximum(wide_gaussian(share, sigma), 1e-3)[..., None]
    )


def _disc(radius: float) -> Pixels:
    return ellipse_kernel(max(1, round(radius)))
