"""Large pictures at a reduced scale: one band of rows after the other is decoded and made small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from PIL import Image

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.colour import eight_bit

BAND_PIXELS: Final = 8_000_000
"""Pixels of a band, about: many bands cost time, large ones memory."""


class Band(NamedTuple):
    """A piece of a large picture, as a small file of the same format."""

    file: bytes
    """The whole file."""
    skip: int = 0
    """Rows at its top that belong to the band before."""


class Plan(NamedTuple):
    """The rows of which a large picture's bands consist."""

    factor: int
    """Pixels of the picture, across and down, that become one."""
    rows: int
    """Rows of a band, a multiple of the factor; the last band may have fewer."""


def find_factor(size: tuple[int, int], long_side: int) -> int:
    """The whole number by which a large picture is made smaller while it is decoded.

    Args:
        size: Width and height in pixels.
        long_side: Pixels of the longer side that are needed.

    Returns:
        2 or more, so that at least twice the needed side is left, unless that were more than MAX_WHOLE_PIXELS: the last
        step is the caller's, by a better filter.
    """
    least = math.ceil(math.sqrt(size[0] * size[1] / MAX_WHOLE_PIXELS))
    return max(2, least, max(size) // (2 * long_side))


def plan_bands(size: tuple[int, int], factor: int, unit: int = 1) -> Plan:
    """Divide a large picture into bands.

    Args:
        size: Width and height in pixels.
        factor: Of `find_factor`.
        unit: Rows that are stored together.

    Raises:
        PhotoError: `too_large`: a band would be no smaller than a whole picture may be.
    """
    step = math.lcm(unit, factor)
    rows = max(1, BAND_PIXELS // (size[0] * step)) * step
    if size[0] * min(rows, size[1]) > MAX_WHOLE_PIXELS:
        raise PhotoError(Reason.TOO_LARGE, f"{size[0]}×{size[1]} pixels in pieces of {unit} rows")
    return Plan(factor, rows)


def put_together(bands: Iterable[Image.Image], size: tuple[int, int], factor: int) -> Image.Image:
    """Make each band small, and lay them below each other.

    Args:
        bands: Loaded pictures of the same width, of a multiple of `factor` rows each but the last.
        size: Width and height of the whole in pixels.
        factor: Of `find_factor`.

    Returns:
        The whole, in a mode of 8 bits a channel, or "I" for 16 bits of grey; its last row and column may stand for
        fewer pixels.

    Raises:
        PhotoError: `broken_file`: the bands are not the whole.
    """
    canvas: Image.Image | None = None
    top = 0
    for small in _reduce(bands, factor):
        if canvas is None:
            canvas = Image.new(small.mode, (-(-size[0] // factor), -(-size[1] // factor)))
        canvas.paste(small, (0, top))
        top += small.height
    if canvas is None or top != canvas.height:
        raise PhotoError(Reason.BROKEN_FILE, f"{top} rows of bands")
    return canvas


def _reduce(bands: Iterable[Image.Image], factor: int) -> Iterator[Image.Image]:
    for band in bands:
        # 16 bits of grey: which of them are in use is told by the whole alone
        even = band.convert("I") if band.mode.startswith("I;16") else eight_bit(band)
        yield even.reduce(factor)
