"""Boxes of HEIF and AVIF: the items that are read, tables that are too long, boxes that never end."""

from __future__ import annotations

import struct

import pytest

from pipeline.errors import Reason
from pipeline.photo.cost.boxes import MAX_BOXES, MAX_TABLE_BYTES, Extent, boxes, read_items
from tests.pipeline.photo.cost.files import Item, box, boxed, full_box, outcome, reference, size_box


def test_items_are_read_with_sizes_sources_and_places() -> None:
    references = reference(b"dimg", 1, [2, 2, 3]) + reference(b"auxl", 4, [1])
    items = {
        1: Item(b"grid", b"12345678", (2,)),
        2: Item(b"hvc1", b"abc", (1,)),
        3: Item(b"hvc1", b"defg", (1,)),
        4: Item(b"hvc1", b"", ()),
    }
    data = boxed("HEIF", items, [size_box(64, 48), size_box(128, 96)], references)
    read = read_items(data)
    assert read.primary == 1
    assert read.sizes == {1: (128, 96), 2: (64, 48), 3: (64, 48)}
    assert read.sources == {1: [2, 2, 3]}
    assert read.auxiliaries == {1: [4]}
    start = data.index(b"12345678")
    assert read.extents[2] == [Extent(start + 8, 3)]
    assert data[start + 11 :][:4] == b"defg"


def test_the_wide_forms_are_read() -> None:
    """Item numbers of 4 bytes, property numbers of 2, places with a base and with the whole rest of the file."""
    places = full_box(b"iloc", b"\x44\x40" + struct.pack(">IIHHIHII", 1, 70_000, 0, 0, 100, 1, 20, 0), version=2)
    names = full_box(b"iref", box(b"dimg", struct.pack(">IHI", 70_000, 1, 70_001)), version=1)
    owners = full_box(b"ipma", struct.pack(">IIBH", 1, 70_001, 1, 0x8001), version=1, flags=1)
    meta = full_box(
        b"meta",
        full_box(b"pitm", struct.pack(">I", 70_000), version=1)
        + places
        + names
        + box(b"iprp", box(b"ipco", size_box(5, 6)) + owners),
    )
    read = read_items(meta)
    assert (read.primary, read.sources, read.sizes) == (70_000, {70_000: [70_001]}, {70_001: (5, 6)})
    assert read.extents == {70_000: [Extent(120, 0)]}


HOSTILE = {
    "items": full_box(b"meta", full_box(b"iinf", bytes(MAX_TABLE_BYTES))),
    "places": full_box(b"meta", full_box(b"iloc", bytes(MAX_TABLE_BYTES))),
    "references": full_box(b"meta", full_box(b"iref", bytes(MAX_TABLE_BYTES))),
    "owners": full_box(b"meta", box(b"iprp", full_box(b"ipma", bytes(MAX_TABLE_BYTES)))),
    "boxes": box(b"free", b"") * (MAX_BOXES + 1),
    "properties": full_box(b"meta", box(b"iprp", box(b"ipco", box(b"free", b"") * (MAX_BOXES + 1)))),
    "a table that ends too soon": full_box(b"meta", full_box(b"iloc", b"\x44\0\0\5\0\1")),
    "no room for a version": full_box(b"meta", box(b"pitm", b"")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_long_tables_and_many_boxes_are_broken(name: str) -> None:
    assert outcome(read_items, HOSTILE[name]) is Reason.BROKEN_FILE


def test_a_box_of_no_length_goes_up_to_the_end() -> None:
    data = b"\0\0\0\0free" + bytes(9)
    assert [(one.name, one.end) for one in boxes(data, 0, len(data))] == [(b"free", len(data))]
    long = struct.pack(">I4sQ", 1, b"free", 20) + b"1234"
    assert [(one.name, long[one.start : one.end]) for one in boxes(long, 0, len(long))] == [(b"free", b"1234")]
    assert list(boxes(b"\0\0\0\4free", 0, 8)) == []
    assert read_items(b"").primary == 0
