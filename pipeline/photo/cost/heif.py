"""Cost of a HEIF or AVIF picture: the pixels of all that it is put together of, and the frames of its streams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.cost.boxes import Extent, Items, read_items

MAX_PIXELS_OF_PARTS: Final = 2 * MAX_WHOLE_PIXELS
"""Pixels of all tiles, layers and auxiliary pictures of the picture together; a tile that is named twice counts twice,
since libheif decodes it twice."""
MAX_PARTS: Final = 5_000
"""Those tiles, layers and auxiliary pictures."""
MAX_FRAMES: Final = 16
"""Frames in the stream of an AV1 item: a picture has one, a layered one up to four, and all are decoded."""
MAX_UNITS: Final = 20_000
"""Units of all AV1 streams together: three or four for each of MAX_PARTS."""
MAX_OVERLAP: Final = 2
"""Times that the file's bytes may belong to an item."""

_DEPTH = 4  # of pictures that are put together of pictures that are put together
_FRAME_UNITS: Final = frozenset({3, 6, 7})  # frame header, frame, repeated frame header


def check_heif(data: bytes) -> None:
    """Raise PhotoError `broken_file` where the parts of the picture are far more than the picture.

    Args:
        data: The whole file of libheif's kind.
    """
    _parts(read_items(data))


def check_avif(data: bytes) -> None:
    """Raise PhotoError `broken_file` as check_heif does, and where a part holds more frames than a picture.

    Args:
        data: The whole file of libavif's kind.
    """
    items = read_items(data)
    size = units = 0
    for part in dict.fromkeys(_parts(items)):
        pieces = [_piece(data, extent) for extent in items.extents.get(part, ())]
        size += sum(map(len, pieces))
        if size > MAX_OVERLAP * len(data):
            raise PhotoError(Reason.BROKEN_FILE, f"items of over {MAX_OVERLAP * len(data)} bytes")
        frames = 0
        for kind in _units(b"".join(pieces)):
            units += 1
            frames += kind in _FRAME_UNITS
            if frames > MAX_FRAMES or units > MAX_UNITS:
                raise PhotoError(Reason.BROKEN_FILE, f"{frames} frames in a picture, {units} units")


def _parts(items: Items) -> list[int]:
    """Numbers of the items that are decoded for the picture, one as often as it is named."""
    parts: list[int] = []
    pixels, level = 0, [items.primary, *items.auxiliaries.get(items.primary, ())]
    for _ in range(_DEPTH):
        parts += level
        whole = (items.sizes.get(number, (0, 0)) for number in level if number not in items.sources)
        pixels += sum(width * height for width, height in whole)
        sources = (source for number in level for source in items.sources.get(number, ()))
        level = list(islice(sources, MAX_PARTS))
        if len(parts) + len(level) > MAX_PARTS or pixels > MAX_PIXELS_OF_PARTS:
            raise PhotoError(Reason.BROKEN_FILE, f"{len(parts) + len(level)} parts, {pixels} pixels")
    return parts


def _piece(data: bytes, extent: Extent) -> memoryview:
    return memoryview(data)[extent.start : extent.start + extent.length if extent.length else None]


def _units(stream: bytes) -> Iterator[int]:
    """The kinds of the units of an AV1 stream."""
    at = 0
    while at < len(stream):
        header = stream[at]
        at += 2 if header & 4 else 1
        size = len(stream)  # a unit without a size is the last
        if header & 2:
            size, at = _variable(stream, at)
        yield header >> 3 & 15
        at += size


def _variable(stream: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    value = 0
    for shift in range(0, 56, 7):
        if at >= len(stream):
            break
        byte, at = stream[at], at + 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, at
