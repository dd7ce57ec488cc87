"""HEIF and AVIF pictures of more tiles, layers, frames or items than a picture has, and those of phones."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from pipeline.errors import Reason
from pipeline.photo.cost.heif import check_avif, check_heif
from tests.pipeline.photo.cost.files import (
    DEPTH_BOX,
    Item,
    boxed,
    grid,
    outcome,
    reference,
    size_box,
    stream_of,
)
from tests.pipeline.photo.pictures import picture, reason, saved

CHECKS = {"HEIF": check_heif, "AVIF": check_avif}
CODES = {"HEIF": b"hvc1", "AVIF": b"av01"}


def tiled(kind: str, columns: int, side: int, *, announced: int | None = None) -> bytes:
    """A square grid of the same tile, of `side` pixels; `announced`: pixels of the tile by its property."""
    codec, stream = stream_of(kind, side)
    whole = columns * side
    items = {
        1: Item(b"grid", grid(columns, columns, whole, whole), (2, 3)),
        2: Item(CODES[kind], stream, (1, 4, 3)),
    }
    sizes = size_box(whole, whole), DEPTH_BOX, size_box(announced or side, announced or side)
    return boxed(kind, items, [codec, *sizes], reference(b"dimg", 1, [2] * columns**2))


def plain(kind: str, stream: bytes, codec: bytes, side: int, more: dict[int, Item] | None = None) -> bytes:
    items = {1: Item(CODES[kind], stream, (1, 2, 3))} | (more or {})
    return boxed(kind, items, [codec, size_box(side, side), DEPTH_BOX])


@pytest.mark.parametrize("kind", CHECKS)
def test_a_tile_that_is_named_again_and_again_is_broken(kind: str) -> None:
    """16 × 16 tiles of 2048 × 2048 pixels are 22 s for libheif; 400 bytes name them."""
    assert outcome(CHECKS[kind], tiled(kind, 16, 64, announced=2_048)) is Reason.BROKEN_FILE


def test_grids_of_grids_and_circles_are_broken() -> None:
    items = {number: Item(b"grid", grid(9, 9, 64, 64), (1,)) for number in (1, 2, 3)}
    references = reference(b"dimg", 1, [2] * 81) + reference(b"dimg", 2, [3] * 81) + reference(b"dimg", 3, [1] * 81)
    assert outcome(check_heif, boxed("HEIF", items, [size_box(64, 64)], references)) is Reason.BROKEN_FILE


def test_layers_and_auxiliary_pictures_count() -> None:
    codec, stream = stream_of("HEIF", 64)
    properties = [codec, size_box(7_000, 7_000)]
    items = {number: Item(b"hvc1", stream, (1, 2)) for number in (1, 2, 3)}
    auxiliaries = reference(b"auxl", 2, [1]) + reference(b"auxl", 3, [1])
    assert outcome(check_heif, boxed("HEIF", items, properties)) is None
    assert outcome(check_heif, boxed("HEIF", items, properties, auxiliaries)) is Reason.BROKEN_FILE


def test_frames_in_an_avif_picture_count() -> None:
    codec, stream = stream_of("AVIF", 64)
    assert reason(plain("AVIF", stream, codec, 64)) is None
    assert reason(plain("AVIF", stream * 20, codec, 64)) is Reason.BROKEN_FILE


def test_empty_units_in_an_avif_picture_count() -> None:
    codec, stream = stream_of("AVIF", 64)
    assert reason(plain("AVIF", b"\x12\0" * 30_000 + stream, codec, 64)) is Reason.BROKEN_FILE


def test_items_with_the_whole_file_as_their_bytes_are_broken() -> None:
    codec, stream = stream_of("AVIF", 64)
    data = plain("AVIF", stream + bytes(10_000), codec, 64)
    place = data.index(b"iloc") + 8
    assert struct.unpack_from(">HH", data, place + 2) == (1, 1)
    many = struct.pack(">HHHH", 1, 1, 0, 2_000) + struct.pack(">II", 0, 0) * 2_000
    longer = len(many) - 16
    assert reason(_replaced(data, place + 2, 16, many, longer)) is Reason.BROKEN_FILE


def _replaced(data: bytes, start: int, length: int, new: bytes, longer: int) -> bytes:
    """The file with other bytes in its table of places, and the lengths of the boxes around them."""
    result = bytearray(data[:start] + new + data[start + length :])
    for name in (b"meta", b"iloc"):
        at = data.index(name) - 4
        result[at : at + 4] = struct.pack(">I", struct.unpack_from(">I", data, at)[0] + longer)
    return bytes(result)


def test_thousands_of_items_are_broken() -> None:
    """60,000 of them, 2 MiB, kept libavif busy for 72 s."""
    codec, stream = stream_of("AVIF", 64)
    more = {number: Item(b"Exif", b"", ()) for number in range(2, 5_000)}
    assert reason(plain("AVIF", stream, codec, 64, more)) is Reason.BROKEN_FILE


@pytest.mark.parametrize("kind", CHECKS)
def test_pictures_of_phones_pass(kind: str) -> None:
    """Tiles of 512 pixels, an animation, hundreds of items, a burst of several pictures."""
    codec, stream = stream_of(kind, 64)
    more = {number: Item(b"Exif", b"", ()) for number in range(2, 400)}
    assert reason(plain(kind, stream, codec, 64, more)) is None
    frames = [Image.fromarray(picture(200, 150)).rotate(turn) for turn in range(12)]
    assert reason(saved(frames[0], kind, save_all=True, append_images=frames[1:])) is None
    if kind == "HEIF":
        assert reason(tiled(kind, 4, 512)) is None


def test_48_megapixels_in_tiles_pass() -> None:
    assert outcome(check_heif, tiled("HEIF", 13, 64, announced=512)) is None
