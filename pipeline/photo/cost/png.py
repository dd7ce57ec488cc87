"""Cost of a PNG: its chunks are counted, which Pillow reads one by one in Python."""

from __future__ import annotations

from typing import Final

from pipeline.errors import PhotoError, Reason
from pipeline.photo.cost.size import check_scan_size

MAX_CHUNKS: Final = 100_000
"""Chunks of a file: pixels and frames of 40 MiB in pieces of 8 KiB, which is what libpng writes, are 5,000."""
MAX_ANCILLARY_CHUNKS: Final = 1_000
"""Chunks that hold neither pixels nor frames; a photo has about ten."""

_PIXELS: Final = frozenset({b"IDAT", b"fcTL", b"fdAT"})
_PROFILE: Final = b"iCCP"
_HEADER: Final = b"IHDR"


def check_png(data: bytes) -> None:
    """Raise PhotoError: `too_large` for the size, `broken_file` for more chunks than any program writes, two profiles.

    A profile is inflated when it is met, to 1 MiB at most: the standard allows one, 37,000 would fit.

    Args:
        data: The whole file, which begins with a PNG's signature.
    """
    if data[12:16] == _HEADER and len(data) >= 24:
        check_scan_size((int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")), len(data))
    at, chunks, ancillary, profiles = 8, 0, 0, 0
    while at + 8 <= len(data):
        name = data[at + 4 : at + 8]
        chunks += 1
        ancillary += name not in _PIXELS
        profiles += name == _PROFILE
        if chunks > MAX_CHUNKS or ancillary > MAX_ANCILLARY_CHUNKS or profiles > 1:
            raise PhotoError(Reason.BROKEN_FILE, f"png: {chunks} chunks, {ancillary} ancillary, {profiles} profiles")
        if name == b"IEND":
            return
        at += 12 + int.from_bytes(data[at : at + 4], "big")
