"""Cost of a WebP: its canvas, for which libwebp takes memory before Pillow knows the size, and its chunks."""

from __future__ import annotations

from typing import Final

from pipeline.errors import PhotoError, Reason
from pipeline.photo.cost.size import check_size

MAX_CHUNKS: Final = 10_000
"""Chunks of a file, one a frame and a few more."""


def check_webp(data: bytes) -> None:
    """Raise PhotoError: `too_large` for the canvas's size, `broken_file` where there are too many chunks.

    Args:
        data: The whole file, which begins with a WebP's signature.
    """
    size = _canvas(data)
    if size is not None:
        check_size(size)
    at, chunks = 12, 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
        chunks += 1
        if chunks > MAX_CHUNKS:
            raise PhotoError(Reason.BROKEN_FILE, f"webp: over {MAX_CHUNKS} chunks")


def _canvas(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels by the file's first chunk; None where it has none."""
    little = int.from_bytes
    match data[12:16]:
        case b"VP8X" if len(data) >= 30:
            return little(data[24:27], "little") + 1, little(data[27:30], "little") + 1
        case b"VP8 " if len(data) >= 30:
            return little(data[26:28], "little") & 0x3FFF, little(data[28:30], "little") & 0x3FFF
        case b"VP8L" if len(data) >= 25:
            bits = little(data[21:25], "little")
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    return None
