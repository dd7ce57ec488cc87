"""Bands of a TIFF: some of its strips, or rows of its tiles, as a TIFF of their own, which any decoder reads."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from pipeline.errors import PhotoError, Reason
from pipeline.photo.bands import Band, plan_bands
from pipeline.photo.cost.tiff import MAX_PIECES
from pipeline.photo.tiff_directory import NOT_COMPRESSED, SEPARATE_PLANES, Directory, Tag

_KEPT: Final = (
    Tag.BITS, Tag.COMPRESSION, Tag.PHOTOMETRIC, Tag.FILL_ORDER, Tag.SAMPLES, Tag.PLANES, Tag.FAX3_OPTIONS,
    Tag.FAX4_OPTIONS, Tag.PREDICTOR, Tag.PALETTE, Tag.EXTRA_SAMPLES, Tag.SAMPLE_FORMAT, Tag.JPEG_TABLES,
    Tag.YCC_SUBSAMPLING, Tag.YCC_POSITION, Tag.BLACK_WHITE,
)  # fmt: skip
_OLD_JPEG: Final = 6  # its tables lie anywhere in the file
_LONG: Final = 4


class Pieces(NamedTuple):
    """Strips or tiles of a picture, those of the first plane first."""

    width: int
    """Columns of each; a strip has all of the picture's."""
    rows: int
    """Rows of each."""
    across: int
    """Number of them side by side."""
    down: int
    """Number of them below each other."""
    planes: int
    """Number of planes."""
    offsets: Sequence[int]
    """Byte at which each begins."""
    lengths: Sequence[int]
    """Bytes of each."""
    tiled: bool
    """Whether they are tiles."""

    @property
    def places(self) -> tuple[Tag, Tag]:
        """The entries that say where they lie and how long they are."""
        return (Tag.TILE_OFFSETS, Tag.TILE_BYTES) if self.tiled else (Tag.STRIP_OFFSETS, Tag.STRIP_BYTES)

    def shape(self, wider: int = 1) -> dict[Tag, int]:
        """The entries that say how large each is, `wider` times as wide as it is."""
        if self.tiled:
            return {Tag.TILE_WIDTH: wider * self.width, Tag.TILE_HEIGHT: self.rows}
        return {Tag.STRIP_ROWS: self.rows}

    def bodies(self, data: bytes, chosen: Iterable[int]) -> list[bytes]:
        """The bytes of some of them."""
        return [data[self.offsets[one] : self.offsets[one] + self.lengths[one]] for one in chosen]


def tiff_bands(directory: Directory, factor: int) -> Iterator[Band]:
    """Divide a TIFF's picture into bands.

    Args:
        directory: Of the picture, checked by `check_tiff`.
        factor: Of `pipeline.photo.bands.find_factor`.

    Raises:
        PhotoError: `too_large`: it is stored in pieces that are too large; `broken_file`: pieces are missing.
    """
    size = directory.number(Tag.WIDTH, 0), directory.number(Tag.HEIGHT, 0)
    if directory.number(Tag.COMPRESSION, NOT_COMPRESSED) == _OLD_JPEG:
        raise PhotoError(Reason.TOO_LARGE, "tiff: a large picture in JPEG of the old kind")
    try:
        pieces = _cut_up(directory, size, factor, read_pieces(directory, size))
    except struct.error:
        raise PhotoError(Reason.BROKEN_FILE, "tiff: strips or tiles lie outside of the file") from None
    _, rows = plan_bands(size, factor, pieces.rows)
    step = rows // pieces.rows
    for first in range(0, pieces.down, step):
        last = min(first + step, pieces.down)
        height = min(last * pieces.rows, size[1]) - first * pieces.rows
        each = pieces.across * pieces.down
        chosen = chain.from_iterable(
            range(plane * each + first * pieces.across, plane * each + last * pieces.across)
            for plane in range(pieces.planes)
        )
        yield Band(_write_band(directory, pieces, (size[0], height), list(chosen)))


def read_pieces(directory: Directory, size: tuple[int, int]) -> Pieces:
    """Find the strips or tiles of a picture.

    Args:
        directory: Of the picture.
        size: Its width and height in pixels.

    Raises:
        PhotoError: `broken_file`: pieces are missing.
        struct.error: What is said of them lies outside of the file.
    """
    tiled = Tag.TILE_OFFSETS in directory.entries
    width = directory.number(Tag.TILE_WIDTH, size[0]) if tiled else size[0]
    rows = directory.number(Tag.TILE_HEIGHT, size[1]) if tiled else directory.number(Tag.STRIP_ROWS, size[1])
    planes = directory.number(Tag.SAMPLES, 1) if directory.number(Tag.PLANES, 1) == SEPARATE_PLANES else 1
    rows = rows if tiled else min(rows, size[1])
    if min(width, rows) < 1:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: pieces of {width}×{rows} pixels")
    found = Pieces(width, rows, -(-size[0] // width), -(-size[1] // rows), planes, (), (), tiled)
    offsets, lengths = (directory.numbers(tag, MAX_PIECES) for tag in found.places)
    if not len(offsets) == len(lengths) == found.across * found.down * planes:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: {len(offsets)} pieces of {found.across * found.down * planes}")
    return found._replace(offsets=offsets, lengths=lengths)


def _cut_up(directory: Directory, size: tuple[int, int], factor: int, pieces: Pieces) -> Pieces:
    """One strip for everything, where it is not compressed, as strips of a band's rows."""
    alone = not pieces.tiled and pieces.down == 1 and pieces.planes == 1
    if not alone or directory.number(Tag.COMPRESSION, NOT_COMPRESSED) != NOT_COMPRESSED:
        return pieces
    bits = sum(directory.numbers(Tag.BITS, 16)) or 1
    if len(directory.numbers(Tag.BITS, 16)) == 1:
        bits *= directory.number(Tag.SAMPLES, 1)
    row_bytes = math.ceil(size[0] * bits / 8)
    rows = plan_bands(size, factor).rows
    tops = range(0, size[1], rows)
    return pieces._replace(
        rows=rows,
        down=len(tops),
        offsets=[pieces.offsets[0] + top * row_bytes for top in tops],
        lengths=[(min(top + rows, size[1]) - top) * row_bytes for top in tops],
    )


def _write_band(directory: Directory, pieces: Pieces, size: tuple[int, int], chosen: Sequence[int]) -> bytes:
    kept = {tag: directory.copy(tag) for tag in _KEPT if tag in directory.entries}
    numbers = {Tag.WIDTH: size[0], Tag.HEIGHT: size[1], **pieces.shape()}
    return write_tiff(directory.layout.order, kept, numbers, pieces.places, pieces.bodies(directory.data, chosen))


def write_tiff(
    order: str,
    kept: Mapping[Tag, tuple[int, int, bytes]],
    numbers: Mapping[Tag, int],
    places: tuple[Tag, Tag],
    bodies: Sequence[bytes],
) -> bytes:
    """Write a TIFF of one directory.

    Args:
        order: Byte order, as struct writes it.
        kept: Type, number of values, and the values' bytes of entries.
        numbers: Values of further entries, which take the place of equal ones in `kept`.
        places: The entries that say where the pieces lie and how long they are.
        bodies: The strips or tiles.
    """
    entries = dict(kept) | {tag: (_LONG, 1, struct.pack(f"{order}I", value)) for tag, value in numbers.items()}
    offsets, at = [], 8
    for body in bodies:
        offsets.append(at)
        at += len(body)
    lengths = [len(body) for body in bodies]
    for tag, values in zip(places, (offsets, lengths), strict=True):
        entries[tag] = (_LONG, len(bodies), struct.pack(f"{order}{len(bodies)}I", *values))
    start = at + at % 2
    behind = start + 2 + 12 * len(entries) + 4
    table, rest = struct.pack(f"{order}H", len(entries)), b""
    for tag in sorted(entries):
        kind, count, value = entries[tag]
        if len(value) > 4:
            field, rest = struct.pack(f"{order}I", behind + len(rest)), rest + value + b"\0" * (len(value) % 2)
        else:
            field = value.ljust(4, b"\0")
        table += struct.pack(f"{order}HHI", tag, kind, count) + field
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    return head + b"".join(bodies) + bytes(at % 2) + table + bytes(4) + rest
