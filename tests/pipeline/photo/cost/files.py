"""Files that cost more than they look, made piece by piece, and the pieces for honest ones."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import PhotoError, Reason
from tests.pipeline.photo.pictures import picture, saved

EMPTY_SCAN = b"\xff\xda\0\x08\x01\x01\x00\x01\x3f\x10"
"""A progressive scan of the first component's coefficients that has no data."""


def outcome(check: object, data: bytes) -> Reason | None:
    """The reason for which a check refuses a file; None where it passes."""
    assert callable(check)
    try:
        check(data)
    except PhotoError as error:
        return error.reason
    return None


def segment(code: int, body: bytes) -> bytes:
    """A JPEG's segment."""
    return bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body


def behind_signature(jpeg: bytes, inserted: bytes) -> bytes:
    return jpeg[:2] + inserted + jpeg[2:]


def before_end(jpeg: bytes, inserted: bytes) -> bytes:
    return jpeg[:-2] + inserted + jpeg[-2:]


def chunk(name: bytes, body: bytes = b"") -> bytes:
    """A PNG's chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def behind_header(png: bytes, inserted: bytes) -> bytes:
    return png[:33] + inserted + png[33:]


def before_first_frame(gif: bytes, inserted: bytes) -> bytes:
    head = 13 + (3 << ((gif[10] & 7) + 1) if gif[10] & 0x80 else 0)
    return gif[:head] + inserted + gif[head:]


def webp_with(inserted: bytes) -> bytes:
    """A WebP with further chunks at its end."""
    whole = saved(picture(), "WEBP", xmp=b"<x/>") + inserted
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def run_length_bmp(width: int, height: int, runs: bytes) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + len(header) + 1024
    return b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start) + header + bytes(1024) + runs


def tiff(entries: Mapping[int, tuple[int, int, int]], behind: bytes = b"") -> bytes:
    """A TIFF of one directory.

    Args:
        entries: Tag → (type, count, value or offset).
        behind: Bytes that follow the directory, from `tiff_start(entries)` on.
    """
    data = b"II*\0" + struct.pack("<IH", 8, len(entries))
    for tag in sorted(entries):
        data += struct.pack("<HHII", tag, *entries[tag])
    return data + bytes(4) + behind


def tiff_start(entries: int) -> int:
    return 8 + 2 + 12 * entries + 4


def tiled_tiff(width: int, height: int, tile: tuple[int, int], compression: int = 1) -> bytes:
    """A grey TIFF whose tiles are all the same bytes."""
    count = -(-width // tile[0]) * -(-height // tile[1])
    start, body = tiff_start(10), zlib.compress(bytes(16))
    entries = {
        256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, compression), 262: (3, 1, 1),
        277: (3, 1, 1), 322: (4, 1, tile[0]), 323: (4, 1, tile[1]),
        324: (4, count, start), 325: (4, count, start + 4 * count),
    }  # fmt: skip
    table = struct.pack("<I", start + 8 * count) * count + struct.pack("<I", len(body)) * count
    return tiff(entries, table + body)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def full_box(name: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(name, bytes([version]) + flags.to_bytes(3, "big") + body)


def reference(kind: bytes, source: int, targets: Sequence[int]) -> bytes:
    return box(kind, struct.pack(f">HH{len(targets)}H", source, len(targets), *targets))


@dataclass(frozen=True)
class Item:
    """An item of a HEIF or AVIF file."""

    kind: bytes
    """Four letters: "hvc1", "av01", "grid", …"""
    data: bytes
    """Its bytes."""
    properties: tuple[int, ...] = ()
    """Numbers of its properties, from 1."""


def boxed(kind: str, items: Mapping[int, Item], properties: Sequence[bytes], references: bytes = b"") -> bytes:
    """A HEIF or AVIF file, item 1 of which is the picture; the others are hidden."""
    brand = {"HEIF": b"heic", "AVIF": b"avif"}[kind]
    head = box(b"ftyp", brand + bytes(4) + b"mif1" + brand + b"miaf")
    start = len(head) + len(_meta(items, properties, references, 0)) + 8
    data = b"".join(item.data for item in items.values())
    return head + _meta(items, properties, references, start) + box(b"mdat", data)


def _meta(items: Mapping[int, Item], properties: Sequence[bytes], references: bytes, start: int) -> bytes:
    count, places, names, owned = struct.pack(">H", len(items)), b"", b"", b""
    for number, item in items.items():
        places += struct.pack(">HHHII", number, 0, 1, start, len(item.data))
        start += len(item.data)
        names += full_box(b"infe", struct.pack(">HH", number, 0) + item.kind + b"\0", 2, int(number != 1))
        owned += struct.pack(">HB", number, len(item.properties)) + bytes(item.properties)
    tables = full_box(b"iloc", b"\x44\0" + count + places) + full_box(b"iinf", count + names)
    owners = full_box(b"ipma", struct.pack(">I", len(items)) + owned)
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
        + full_box(b"pitm", struct.pack(">H", 1))
        + tables
        + (full_box(b"iref", references) if references else b"")
        + box(b"iprp", box(b"ipco", b"".join(properties)) + owners),
    )


def stream_of(kind: str, side: int) -> tuple[bytes, bytes]:
    """The codec's property and the stream of a square picture."""
    whole = saved(picture(side, side), kind, quality=40)
    name = {"HEIF": b"hvcC", "AVIF": b"av1C"}[kind]
    return box(name, _body(whole, name)), _body(whole, b"mdat")


def size_box(width: int, height: int) -> bytes:
    return full_box(b"ispe", struct.pack(">II", width, height))


def grid(columns: int, rows: int, width: int, height: int) -> bytes:
    return struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)


DEPTH_BOX = full_box(b"pixi", b"\3\x08\x08\x08")
"""Property: three channels of eight bits."""


def _body(data: bytes, name: bytes) -> bytes:
    at = data.index(name)
    return data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")]
