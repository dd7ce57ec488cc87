"""Boxes of an ISO media file: the items of a HEIF or AVIF picture, and how they are made of each other."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.errors import PhotoError, Reason

MAX_BOXES: Final = 10_000
"""Boxes side by side in one place."""
MAX_TABLE_BYTES: Final = 2**15
"""Bytes of each table of items. A picture of 50 megapixels in 200 tiles has 8 KiB; libavif's time grows with the square
of the items, 1 s for those that fit, 72 s for 60,000."""


class Box(NamedTuple):
    """A box of a file."""

    name: bytes
    """Four letters."""
    start: int
    """Where its body begins, in bytes."""
    end: int
    """Where it ends."""


class Extent(NamedTuple):
    """A piece of an item's data."""

    start: int
    """Where it begins in the file, in bytes."""
    length: int
    """Bytes, 0: up to the end of the file."""


@dataclass(slots=True)
class Items:
    """The items of a picture's file, by their numbers."""

    primary: int = 0
    """Number of the item that is the picture; 0 where none is named."""
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Width and height in pixels that an item announces."""
    turned: set[int] = field(default_factory=set)
    """Items that say themselves how they are turned or mirrored."""
    sources: dict[int, list[int]] = field(default_factory=dict)
    """Items of which an item is put together: the tiles of a grid, the layers of an overlay."""
    auxiliaries: dict[int, list[int]] = field(default_factory=dict)
    """Items that belong to an item: its transparency, its depth."""
    extents: dict[int, list[Extent]] = field(default_factory=dict)
    """The data of an item that lies in the file's own bytes."""


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes from `start` to `end`, side by side; `broken_file` where they are too many."""
    count = 0
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and body + 8 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = min(end, start + size) if size else end
        if stop < body:
            return
        count += 1
        if count > MAX_BOXES:
            raise PhotoError(Reason.BROKEN_FILE, f"over {MAX_BOXES} boxes")
        yield Box(name, body, stop)
        start = stop


def read_items(data: bytes) -> Items:
    """The items that the file's first `meta` box describes.

    Args:
        data: The whole file.

    Raises:
        PhotoError: `broken_file`: a table is longer than any picture needs, or ends too soon.
    """
    items = Items()
    meta = next((box for box in boxes(data, 0, len(data)) if box.name == b"meta"), None)
    if meta is None:
        return items
    try:
        for box in boxes(data, meta.start + 4, meta.end):
            if box.name in {b"iinf", b"iloc", b"iref"}:
                _limit(box)
            match box.name:
                case b"pitm":
                    items.primary = _Table(data, box).number(wide_from=1)
                case b"iref":
                    _read_references(data, box, items)
                case b"iprp":
                    _read_properties(data, box, items)
                case b"iloc":
                    _read_extents(data, box, items)
    except struct.error:
        raise PhotoError(Reason.BROKEN_FILE, "a table of items ends too soon") from None
    return items


def _limit(box: Box) -> None:
    if box.end - box.start > MAX_TABLE_BYTES:
        raise PhotoError(Reason.BROKEN_FILE, f"{box.name.decode('latin-1')} of {box.end - box.start} bytes")


class _Table:
    """The numbers of a box with a version, read one after the other."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._body, self._at = memoryview(data)[box.start : box.end], 4
        self.version, self.flags = struct.unpack_from(">I", self._body)[0] >> 24, self._body[3]

    def read(self, size: int) -> int:
        """The next number, of so many bytes."""
        if self._at + size > len(self._body):
            raise struct.error
        value = int.from_bytes(self._body[self._at : self._at + size], "big")
        self._at += size
        return value

    def number(self, *, wide_from: int) -> int:
        """The next number of an item: 4 bytes from this version of the box on, 2 before."""
        return self.read(4 if self.version >= wide_from else 2)


def _read_references(data: bytes, box: Box, items: Items) -> None:
    wide = 4 if data[box.start] else 2
    for one in boxes(data, box.start + 4, box.end):
        numbers = struct.unpack_from(
            f">{'I' if wide == 4 else 'H'}H{(one.end - one.start - wide - 2) // wide}{'I' if wide == 4 else 'H'}",
            data,
            one.start,
        )
        if one.name == b"dimg":
            items.sources.setdefault(numbers[0], []).extend(numbers[2 : 2 + numbers[1]])
        elif one.name == b"auxl":
            for main in numbers[2 : 2 + numbers[1]]:
                items.auxiliaries.setdefault(main, []).append(numbers[0])


def _read_properties(data: bytes, properties: Box, items: Items) -> None:
    """The sizes and turns, which are properties in a list of their own, and which item has which property."""
    sizes: dict[int, tuple[int, int]] = {}
    turns: set[int] = set()
    for box in boxes(data, properties.start, properties.end):
        if box.name == b"ipco":
            for index, one in enumerate(boxes(data, box.start, box.end), start=1):
                if one.name == b"ispe":
                    sizes[index] = struct.unpack_from(">II", data, one.start + 4)
                elif one.name in {b"irot", b"imir"}:
                    turns.add(index)
        elif box.name == b"ipma":
            _limit(box)
            table = _Table(data, box)
            for _ in range(table.read(4)):
                item = table.number(wide_from=1)
                for _ in range(table.read(1)):
                    index = table.read(2) & 0x7FFF if table.flags & 1 else table.read(1) & 0x7F
                    if index in sizes:
                        items.sizes[item] = sizes[index]
                    elif index in turns:
                        items.turned.add(item)


def _read_extents(data: bytes, box: Box, items: Items) -> None:
    table = _Table(data, box)
    widths = table.read(2)
    offset_size, length_size, base_size = widths >> 12, widths >> 8 & 15, widths >> 4 & 15
    index_size = widths & 15 if table.version else 0
    for _ in range(table.number(wide_from=2)):
        item = table.number(wide_from=2)
        method = table.read(2) & 15 if table.version else 0
        table.read(2)
        base = table.read(base_size)
        for _ in range(table.read(2)):
            table.read(index_size)
            extent = Extent(base + table.read(offset_size), table.read(length_size))
            if method == 0:
                items.extents.setdefault(item, []).append(extent)
