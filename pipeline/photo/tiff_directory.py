"""Directories of a TIFF: the entries of each of its pictures, read without a decoder and written anew."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Self

from pipeline.errors import PhotoError, Reason

MAX_ENTRIES: Final = 1_000
"""Entries of a directory; a photo has about twenty, a camera's raw file a hundred."""

SEPARATE_PLANES: Final = 2
"""The value of Tag.PLANES where each channel is stored by itself."""
NOT_COMPRESSED: Final = 1
"""The value of Tag.COMPRESSION where bytes are stored as they are."""


class Tag(IntEnum):
    """Numbers of the entries that say how a picture is stored."""

    SUBFILE_TYPE = 254
    WIDTH = 256
    HEIGHT = 257
    BITS = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIP_OFFSETS = 273
    SAMPLES = 277
    STRIP_ROWS = 278
    STRIP_BYTES = 279
    PLANES = 284
    FAX3_OPTIONS = 292
    FAX4_OPTIONS = 293
    PREDICTOR = 317
    PALETTE = 320
    TILE_WIDTH = 322
    TILE_HEIGHT = 323
    TILE_OFFSETS = 324
    TILE_BYTES = 325
    EXTRA_SAMPLES = 338
    SAMPLE_FORMAT = 339
    JPEG_TABLES = 347
    YCC_SUBSAMPLING = 530
    YCC_POSITION = 531
    BLACK_WHITE = 532


# type → bytes of a value
_SIZES: Final[Mapping[int, int]] = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip
# type → format of struct, of the integers alone
_INTEGERS: Final[Mapping[int, str]] = {
    1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip


class Layout(NamedTuple):
    """Sizes of a TIFF's numbers, by its signature."""

    order: str
    """Byte order, as struct writes it."""
    offset: str
    """Format of an offset and of an entry's count."""
    entries: str
    """Format of the number of entries."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The layout of a file that begins with a TIFF's signature."""
        wide = data[2:4].strip(b"\0") == b"+"
        return cls("<" if data[:1] == b"I" else ">", *(("Q", "Q") if wide else ("I", "H")))

    @property
    def start(self) -> int:
        """The byte at which the file says where its first directory lies."""
        return 8 if self.offset == "Q" else 4


class Entry(NamedTuple):
    """An entry of a directory."""

    kind: int
    """Type of its values."""
    values: int
    """Number of its values."""
    field: bytes
    """The values, or where they lie."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory of a file, which describes one picture."""

    data: bytes
    """The whole file."""
    layout: Layout
    """Of the file."""
    at: int
    """Byte at which it lies."""
    entries: Mapping[int, Entry]
    """By tag; of one that is there twice the first, as Pillow and libtiff take it."""
    next: int
    """Byte at which the next picture's directory lies, 0 for none."""

    def number(self, tag: int, default: int) -> int:
        """The value of an entry that has one, a whole number.

        Raises:
            PhotoError: `broken_file`: the entry is of another kind.
        """
        if tag not in self.entries:
            return default
        kind, count, field = self.entries[tag]
        if kind not in _INTEGERS or count != 1:
            raise PhotoError(Reason.BROKEN_FILE, f"tiff: tag {tag} is no number")
        return int(struct.unpack_from(self.layout.order + _INTEGERS[kind], field)[0])

    def numbers(self, tag: int, most: int) -> tuple[int, ...]:
        """The values of an entry of at most so many whole numbers; none where it has more, or other ones.

        Raises:
            struct.error: The values lie outside of the file.
        """
        kind, count, field = self.entries.get(tag, Entry(0, 0, b""))
        if kind not in _INTEGERS or count > most:
            return ()
        values = struct.Struct(f"{self.layout.order}{count}{_INTEGERS[kind]}")
        return values.unpack_from(self._bytes(field, values.size))

    def copy(self, tag: int) -> tuple[int, int, bytes]:
        """Type and number of an entry's values, and they as they lie in the file; no bytes for an unknown type."""
        kind, count, field = self.entries[tag]
        return kind, count, self._bytes(field, count * _SIZES.get(kind, 0))

    def _bytes(self, field: bytes, size: int) -> bytes:
        if size <= len(field):
            return field[:size]
        (at,) = struct.unpack(self.layout.order + self.layout.offset, field)
        return self.data[at : at + size]


def read_directory(data: bytes, at: int | None = None) -> Directory:
    """Read a directory.

    Args:
        data: The whole file, which begins with a TIFF's signature.
        at: Byte at which it lies; None for the first.

    Raises:
        PhotoError: `broken_file`: it has more than MAX_ENTRIES.
        struct.error: It lies outside of the file.
    """
    layout = Layout.of(data)
    order = layout.order
    if at is None:
        (at,) = struct.unpack_from(order + layout.offset, data, layout.start)
    place = at + struct.calcsize(order + layout.entries)
    (count,) = struct.unpack_from(order + layout.entries, data, at)
    if count > MAX_ENTRIES:
        raise PhotoError(Reason.BROKEN_FILE, f"tiff: over {MAX_ENTRIES} entries")
    entry = struct.Struct(f"{order}HH{layout.offset}{struct.calcsize(order + layout.offset)}s")
    found: dict[int, Entry] = {}
    for index in range(count):
        tag, kind, values, field = entry.unpack_from(data, place + index * entry.size)
        found.setdefault(tag, Entry(kind, values, field))
    following = place + count * entry.size
    step = struct.calcsize(order + layout.offset)
    (behind,) = struct.unpack(order + layout.offset, data[following : following + step].ljust(step, b"\0"))
    return Directory(data, layout, at, found, behind)
