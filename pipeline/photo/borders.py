"""The scanner's bed around a print: cut away where it can be told surely, the print's own frame is left."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels

_SIDE: Final = 512
"""Pixels of the longer side at which a bed is looked for."""
_WHITE, _BLACK = 236.0, 18.0
"""Mean level of a bed: the lid above, or no lid."""
_CALM: Final = 4.0
"""Standard deviation of a bed's levels, at most."""
_NEAR: Final = 14.0
"""Levels by which a pixel of the bed differs from it, at most."""
_FAR: Final = 28.0
"""Levels by which a print differs from the bed."""
_BED_SHARE: Final = 0.99
"""Share of such pixels in a row of the bed."""
_EDGE_SHARE: Final = 0.92
"""Share of the print's pixels along an edge that differ from the bed: a person before a white wall has fewer."""
_INSIDE: Final = 3
"""Pixels inside the print at which its edge is looked at."""
_LEAST, _MOST = 0.1, 0.94
"""Share of the picture that a print takes."""
_ASKEW: Final = 0.06
"""Share of the width by which two opposite margins of a bed differ; those of a print's own frame are alike."""


class _Margins(NamedTuple):
    """Pixels of the bed at each side."""

    top: int
    """Above the print."""
    bottom: int
    """Below it."""
    left: int
    """To its left."""
    right: int
    """To its right."""


def trim_bed(pixels: Pixels) -> Pixels:
    """Cut away an even white or black bed around a print that lies straight in it.

    A white bed is told from a print's own white frame by its margins: it is broader at one side than at the other.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.

    Returns:
        The print, a view; or `pixels` themselves, where there is no bed or any doubt.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    if min(size) < 16 * _INSIDE:
        return pixels
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    for bed in _beds(small):
        distance = np.abs(small - bed).max(axis=2)
        margins = _find_margins(distance <= _NEAR)
        if margins and _is_print(distance, margins) and (bed[0] < _BLACK or _is_askew(margins, size)):
            return _cut(pixels, margins, share)
    return pixels


def _beds(small: Float) -> list[Float]:
    """Colours of the picture's four edges that a bed may have."""
    found = []
    for edge in (small[:4], small[-4:], small[:, :4], small[:, -4:]):
        level = edge.reshape(-1, 3)
        mean = np.median(level, axis=0).astype(np.float32)
        even = float(level.std(axis=0).max()) <= _CALM
        if even and (float(mean.min()) >= _WHITE or float(mean.max()) <= _BLACK):
            found.append(mean)
    return found


def _find_margins(near: Mask) -> _Margins | None:
    """Rows and columns of the bed around the rest; None where there is no rest."""
    rows = near.mean(axis=1) < _BED_SHARE
    if not rows.any():
        return None
    top, bottom = int(np.argmax(rows)), int(np.argmax(rows[::-1]))
    columns = near[top : near.shape[0] - bottom].mean(axis=0) < _BED_SHARE
    if not columns.any():
        return None
    return _Margins(top, bottom, int(np.argmax(columns)), int(np.argmax(columns[::-1])))


def _is_print(distance: Float, margins: _Margins) -> bool:
    """Whether what lies in the bed is a rectangle up to its edges, and large enough."""
    height, width = distance.shape
    inner = distance[margins.top : height - margins.bottom, margins.left : width - margins.right]
    if not _LEAST <= inner.size / distance.size <= _MOST or min(inner.shape) < 16 * _INSIDE:
        return False
    edges = (inner[_INSIDE], inner[-1 - _INSIDE], inner[:, _INSIDE], inner[:, -1 - _INSIDE])
    return all(
        float(np.mean(edge > _FAR)) >= _EDGE_SHARE for edge, margin in zip(edges, margins, strict=True) if margin
    )


def _is_askew(margins: _Margins, size: tuple[int, int]) -> bool:
    """Whether the margins are those of a bed: a frame's left and right ones are alike, its lower one may be broader."""
    across = abs(margins.left - margins.right) >= _ASKEW * size[0]
    return across or margins.top - margins.bottom >= _ASKEW * size[1]


def _cut(pixels: Pixels, margins: _Margins, share: float) -> Pixels:
    """The print without the bed's last pixels, into which its edge is blurred."""
    height, width = pixels.shape[:2]
    top, bottom, left, right = (round((margin + 1) / share) if margin else 0 for margin in margins)
    return pixels[top : height - bottom, left : width - right]
