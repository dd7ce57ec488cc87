"""Torn corners of a print: where the scanner's lid shows, whiter or blacker than anything on the print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask
from pipeline.image_ops import ellipse_kernel, gaussian

if TYPE_CHECKING:
    from pipeline.faces.finder import Face

_SOFT: Final = 1.0  # pixels, σ of the grain that is overlooked
_SPREAD: Final = 14.0  # levels by which the lid's tone may be off that of the corner itself
# Levels by which the lid is whiter, or blacker, than the print: 45 on a torn scan, 10 at most where a bright wall or a
# black coat of 131 photos reaches a corner
_BEYOND: Final = 15.0
_EVEN: Final = 4.0  # levels, deviation of the lid's tone
_RIM: Final = 4  # pixels of torn paper beside it, which is neither lid nor picture
_PRINT: Final = (0.5, 99.5)  # percentiles of the print between which its tones lie
_AREA: Final = (0.0004, 0.05)  # of the picture
_ALONG: Final = 0.4  # most of a side that a tear takes
_STEP: Final = 30.0  # levels, median over its edge, between a tear and the print
_EDGE: Final = 3  # pixels on both sides of a tear's edge that are compared
_AWAY: Final = 0.15  # widths of a face around it in which nothing is a corner


def find_torn_corners(grey: Float, faces: Sequence[Face], scale: Float) -> Mask:
    """Find the corners that are torn off, or rounded by wear.

    Args:
        grey: The picture, float32 h×w, 0..255.
        faces: All its faces, in pixels of the photo: a tear that reaches one is left.
        scale: Pixels of `grey` by those of the photo, across and down, float32 (2,).

    Returns:
        bool h×w.
    """
    soft = gaussian(grey, _SOFT)
    corners = [_grow_from(soft, row, column) for row in (0, -1) for column in (0, -1)]
    seen = np.any(corners, axis=0)
    found = np.zeros(grey.shape, bool)
    if seen.mean() > 0.5:
        return found
    darkest, lightest = np.percentile(soft[~seen], _PRINT)
    for corner, (row, column) in zip(corners, ((0, 0), (0, -1), (-1, 0), (-1, -1)), strict=True):
        tone = float(soft[row, column])
        is_lid = tone > lightest + _BEYOND or tone < darkest - _BEYOND
        is_even = float(grey[corner].std()) < _EVEN
        if is_lid and is_even and _is_tear(soft, corner) and not _is_at_face(corner, faces, scale):
            found |= cv2.dilate(corner.astype(np.uint8), ellipse_kernel(_RIM)) > 0
    return found


def _grow_from(soft: Float, row: int, column: int) -> Mask:
    """The pixels that hang together with a corner and have its tone, bool h×w."""
    alike = (np.abs(soft - soft[row, column]) < _SPREAD).astype(np.uint8)
    _, labels = cv2.connectedComponents(alike)
    return np.asarray(labels == labels[row, column], bool)


def _is_tear(soft: Float, corner: Mask) -> bool:
    """Whether a corner's part is as small as a tear, and ends with a step all along its edge."""
    if not _AREA[0] < corner.mean() < _AREA[1]:
        return False
    down, across = corner.any(axis=1).mean(), corner.any(axis=0).mean()
    if max(down, across) > _ALONG:
        return False
    mask = corner.astype(np.uint8)
    outside = cv2.dilate(mask, ellipse_kernel(_EDGE)) - mask
    beyond = cv2.dilate(mask, ellipse_kernel(2 * _EDGE)) - mask - outside
    return bool(beyond.any() and abs(float(np.median(soft[beyond > 0]) - np.median(soft[corner]))) > _STEP)


def _is_at_face(corner: Mask, faces: Sequence[Face], scale: Float) -> bool:
    for face in faces:
        width = float(face.box[2] - face.box[0])
        x0, y0 = np.floor((face.box[:2] - _AWAY * width) * scale).astype(int)
        x1, y1 = np.ceil((face.box[2:] + _AWAY * width) * scale).astype(int)
        if corner[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)].any():
            return True
    return False
