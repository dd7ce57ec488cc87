"""Cost of a TIFF: the entries of its first directory, and the strips or tiles that it announces."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_PHOTO_PIXELS
from pipeline.photo.cost.size import check_size

MAX_ENTRIES: Final = 1_000
"""Entries of the directory; a photo has about twenty, a camera's raw file a hundred."""
MAX_PIECES: Final = 65_536
"""Strips or tiles. Pillow holds 0.5 KiB for each that is not compressed, and libtiff starts its decoder for each that
is; a picture of 50 megapixels in tiles of 64×64 has 12,200, in strips of a row at most 65,535."""
MAX_TILE_PIXELS: Final = 2 * MAX_PHOTO_PIXELS
"""Pixels of all tiles together: those at the right and the bottom edge reach beyond the picture."""
MAX_OVERLAP: Final = 16
"""Times that the file's bytes may be read: strips may share their bytes, which equal ones do."""

_WIDTH, _HEIGHT, _PLANES, _SAMPLES = 256, 257, 284, 277
_STRIP_ROWS, _STRIP_OFFSETS, _STRIP_BYTES = 278, 273, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_SEPARATE_PLANES: Final = 2
# type → format of struct, of the integers alone
_INTEGERS: Final[Mapping[int, str]] = {
    1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip


class _Layout(NamedTuple):
    """Sizes of a TIFF's numbers, by its signature."""

    order: str
    """Byte order, as struct writes it."""
    offset: str
    """Format of an offset and of an entry's count."""
    entries: str
    """Format of the number of entries."""


class _Entry(NamedTuple):
    """An entry of a directory."""

    kind: int
    """Type of its values."""
    values: int
    """Number of its values."""
    field: bytes
    """The values, or where they lie."""


def check_tiff(data: bytes) -> None:
    """Raise PhotoError where the first picture would cost far more than a photo of its size.

    The later pictures of the file are never read.

    Args:
        data: The whole file, which begins with a TIFF's signature.

    Raises:
        PhotoError: `too_large` for the picture's size, `broken_file` for any other count.
    """
    layout = _Layout("<" if data[:1] == b"I" else ">", *(("Q", "Q") if data[2:4].strip(b"\0") == b"+" else ("I", "H")))
    try:
        directory = _directory(data, layout)
        size = _number(directory, _WIDTH, layout, 0), _number(directory, _HEIGHT, layout, 0)
        check_size(size)
        pieces = _pieces(directory, layout, size)
        for offsets in (_STRIP_OFFSETS, _TILE_OFFSETS):
            if offsets in directory:
                pieces = max(pieces, directory[offsets].values)
        _limit("pieces", pieces, MAX_PIECES)
        _limit("bytes to read", _bytes_to_read(data, directory, layout), MAX_OVERLAP * len(data))
    except struct.error:
        raise PhotoError(Reason.BROKEN_FILE, "tiff: the directory lies outside of the file") from None


def _limit(name: str, value: int, most: int) -> None:
    if value > most:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: over {most} {name}")


def _directory(data: bytes, layout: _Layout) -> dict[int, _Entry]:
    """The first directory; of an entry that is there twice the first, as Pillow and libtiff take it."""
    order, wide = layout.order, layout.offset == "Q"
    (at,) = struct.unpack_from(order + layout.offset, data, 8 if wide else 4)
    (count,) = struct.unpack_from(order + layout.entries, data, at)
    _limit("entries", count, MAX_ENTRIES)
    at += struct.calcsize(order + layout.entries)
    entry = struct.Struct(f"{order}HH{layout.offset}{struct.calcsize(order + layout.offset)}s")
    found: dict[int, _Entry] = {}
    for index in range(count):
        tag, kind, values, field = entry.unpack_from(data, at + index * entry.size)
        found.setdefault(tag, _Entry(kind, values, field))
    return found


def _number(directory: Mapping[int, _Entry], tag: int, layout: _Layout, default: int) -> int:
    """The value of an entry that has one, a whole number; `broken_file` where it is another kind."""
    if tag not in directory:
        return default
    kind, count, field = directory[tag]
    if kind not in _INTEGERS or count != 1:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: tag {tag} is no number")
    return int(struct.unpack_from(layout.order + _INTEGERS[kind], field)[0])


def _pieces(directory: Mapping[int, _Entry], layout: _Layout, size: tuple[int, int]) -> int:
    """Strips or tiles of the picture, as libtiff counts them: by their size."""
    width, height = size
    planes = 1
    if _number(directory, _PLANES, layout, 1) == _SEPARATE_PLANES:
        planes = _number(directory, _SAMPLES, layout, 1)
    if _TILE_WIDTH not in directory and _TILE_HEIGHT not in directory:
        return planes * _times(height, _number(directory, _STRIP_ROWS, layout, height))
    tile = _number(directory, _TILE_WIDTH, layout, width), _number(directory, _TILE_HEIGHT, layout, height)
    tiles = _times(width, tile[0]) * _times(height, tile[1])
    _limit("pixels of tiles", tiles * tile[0] * tile[1], MAX_TILE_PIXELS)
    return planes * tiles


def _times(whole: int, part: int) -> int:
    """Parts that cover the whole."""
    if part < 1:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: pieces of {part} pixels")
    return -(-whole // part)


def _bytes_to_read(data: bytes, directory: Mapping[int, _Entry], layout: _Layout) -> int:
    """Bytes of all strips or tiles together, at most MAX_PIECES of each."""
    total = 0
    for tag in (_STRIP_BYTES, _TILE_BYTES):
        kind, count, field = directory.get(tag, _Entry(0, 0, b""))
        if kind not in _INTEGERS or count > MAX_PIECES:
            continue  # libtiff refuses the one and reckons the other anew
        values = struct.Struct(f"{layout.order}{count}{_INTEGERS[kind]}")
        if values.size > len(field):
            (at,) = struct.unpack(layout.order + layout.offset, field)
            field = data[at : at + values.size]
        total += sum(min(abs(value), len(data)) for value in values.unpack_from(field))
    return total
