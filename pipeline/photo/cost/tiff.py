"""Cost of a TIFF: the entries of its first directory, and the strips or tiles that it announces."""

from __future__ import annotations

import struct
from typing import Final

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.cost.size import check_scan_size
from pipeline.photo.tiff_directory import SEPARATE_PLANES, Directory, Tag, read_directory

MAX_PIECES: Final = 65_536
"""Strips or tiles. Pillow holds 0.5 KiB for each that is not compressed, and libtiff starts its decoder for each that
is; a picture of 250 megapixels in tiles of 64×64 has 61,000, in strips of a row at most 65,535."""
MAX_TILE_SHARE: Final = 1.5
"""Pixels of all tiles by those of a large picture: the last ones of a row and a column reach beyond the edge."""
MAX_TILE_PIXELS: Final = 2 * MAX_WHOLE_PIXELS
"""Pixels of all tiles of a small one."""
MAX_OVERLAP: Final = 16
"""Times that the file's bytes may be read: strips may share their bytes, which equal ones do."""


def check_tiff(data: bytes) -> None:
    """Raise PhotoError where the first picture would cost far more than a photo of its size.

    The later pictures of the file are not looked at: whoever reads another one checks `select_page` of it.

    Args:
        data: The whole file, which begins with a TIFF's signature.

    Raises:
        PhotoError: `too_large` for the picture's size, `broken_file` for any other count.
    """
    try:
        directory = read_directory(data)
        size = directory.number(Tag.WIDTH, 0), directory.number(Tag.HEIGHT, 0)
        check_scan_size(size, len(data))
        pieces = _pieces(directory, size)
        for offsets in (Tag.STRIP_OFFSETS, Tag.TILE_OFFSETS):
            if offsets in directory.entries:
                pieces = max(pieces, directory.entries[offsets].values)
        _limit("pieces", pieces, MAX_PIECES)
        _limit("bytes to read", _bytes_to_read(directory), MAX_OVERLAP * len(data))
    except struct.error:
        raise PhotoError(Reason.BROKEN_FILE, "tiff: the directory lies outside of the file") from None


def _limit(name: str, value: float, most: float) -> None:
    if value > most:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: over {most:.0f} {name}")


def _pieces(directory: Directory, size: tuple[int, int]) -> int:
    """Strips or tiles of the picture, as libtiff counts them: by their size."""
    width, height = size
    planes = 1
    if directory.number(Tag.PLANES, 1) == SEPARATE_PLANES:
        planes = directory.number(Tag.SAMPLES, 1)
    if Tag.TILE_WIDTH not in directory.entries and Tag.TILE_HEIGHT not in directory.entries:
        return planes * _times(height, directory.number(Tag.STRIP_ROWS, height))
    tile = directory.number(Tag.TILE_WIDTH, width), directory.number(Tag.TILE_HEIGHT, height)
    tiles = _times(width, tile[0]) * _times(height, tile[1])
    _limit("pixels of tiles", tiles * tile[0] * tile[1], max(MAX_TILE_PIXELS, MAX_TILE_SHARE * width * height))
    return planes * tiles


def _times(whole: int, part: int) -> int:
    """Parts that cover the whole."""
    if part < 1:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: pieces of {part} pixels")
    return -(-whole // part)


def _bytes_to_read(directory: Directory) -> int:
    """Bytes of all strips or tiles together, at most MAX_PIECES of each: libtiff refuses more, or reckons them anew."""
    most = len(directory.data)
    return sum(
        min(abs(value), most)
        for tag in (Tag.STRIP_BYTES, Tag.TILE_BYTES)
        for value in directory.numbers(tag, MAX_PIECES)
    )
