"""TIFFs of many or of giant pieces, and those that scanners and programs write."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import Reason
from pipeline.photo.cost.tiff import MAX_PIECES, check_tiff
from pipeline.photo.tiff_directory import MAX_ENTRIES
from tests.pipeline.photo.cost.files import outcome, tiff, tiff_start, tiled_tiff
from tests.pipeline.photo.pictures import picture, reason, saved
from tests.pipeline.photo.tiffs import written

GREY = {258: (3, 1, 8), 262: (3, 1, 1), 277: (3, 1, 1)}


def shared_strips(count: int, size: int) -> bytes:
    """Strips of a row each, all of the same `size` bytes."""
    start = tiff_start(9)
    entries = GREY | {
        256: (4, 1, 5_000), 257: (4, 1, count), 259: (3, 1, 8), 278: (4, 1, 1),
        273: (4, count, start), 279: (4, count, start + 4 * count),
    }  # fmt: skip
    body = zlib.compress(bytes(5_000)).ljust(size, b"\0")
    return tiff(entries, struct.pack("<I", start + 8 * count) * count + struct.pack("<I", size) * count + body)


def many_offsets(count: int) -> bytes:
    """More strips than the picture has rows."""
    entries = GREY | {256: (4, 1, 500), 257: (4, 1, 500), 259: (3, 1, 1), 278: (4, 1, 1), 273: (4, count, 200)}
    return tiff(entries, struct.pack("<I", 8) * count)


HOSTILE = {
    "tiles of a pixel": tiled_tiff(300, 300, (1, 1)),
    "compressed tiles of a pixel": tiled_tiff(300, 300, (1, 1), compression=8),
    "tiles of no pixel": tiled_tiff(300, 300, (16, 16)).replace(
        struct.pack("<HHII", 322, 4, 1, 16), struct.pack("<HHII", 322, 4, 1, 0)
    ),
    "a giant tile": tiled_tiff(100, 100, (60_000, 60_000), compression=8),
    "strips that share their bytes": shared_strips(5_000, 200_000),
    "more strips than rows": many_offsets(MAX_PIECES + 1),
    "entries": tiff(dict.fromkeys(range(1000, 1001 + MAX_ENTRIES), (4, 1, 0))),
    "a width that is a text": tiff(GREY | {256: (2, 1, 65), 257: (4, 1, 9)}),
    "a directory outside": b"II*\0" + struct.pack("<I", 10_000) + bytes(50),
    "a giant directory of a BigTIFF": b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60) + bytes(200),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_more_than_a_photo_needs_is_broken(name: str) -> None:
    assert outcome(check_tiff, HOSTILE[name]) is Reason.BROKEN_FILE
    assert reason(HOSTILE[name]) is Reason.BROKEN_FILE


LARGE = np.asarray(picture(2_000, 1_500))
PLANES = np.moveaxis(LARGE, 2, 0)
ORDINARY = {
    "tiles": written(LARGE, tile=(256, 256), photometric="rgb"),
    "small tiles": written(LARGE, tile=(16, 16), photometric="rgb"),
    "a strip for each row": written(LARGE, rowsperstrip=1, photometric="rgb"),
    "planes by themselves": written(
        np.moveaxis(LARGE, 2, 0), rowsperstrip=1, photometric="rgb", planarconfig="separate"
    ),
    "of the other byte order": written(LARGE, byteorder=">", tile=(128, 128), photometric="rgb"),
    "big": written(LARGE, bigtiff=True, tile=(128, 128), photometric="rgb"),
    "deflated tiles": tiled_tiff(1_000, 800, (64, 64), compression=8),
    "several pages": saved(Image.fromarray(LARGE), "TIFF", save_all=True, append_images=[Image.fromarray(LARGE)] * 3),
    **{
        name: saved(LARGE, "TIFF", compression=name)
        for name in ("tiff_lzw", "packbits", "jpeg", "tiff_adobe_deflate", "zstd", "raw")
    },
}


@pytest.mark.parametrize("name", ORDINARY)
def test_those_of_scanners_and_programs_pass(name: str) -> None:
    assert outcome(check_tiff, ORDINARY[name]) is None
    if name != "deflated tiles":  # whose tiles are too short to decode
        assert reason(ORDINARY[name]) is None


def test_a_claimed_giant_is_too_large() -> None:
    assert outcome(check_tiff, tiff(GREY | {256: (4, 1, 16_000), 257: (4, 1, 16_000)})) is Reason.TOO_LARGE
