"""Size of a picture against the limits of a photo."""

from __future__ import annotations

from typing import Final

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE, MAX_WHOLE_PIXELS

MAX_PIXELS_OF_BYTE: Final = 200
"""Pixels over MAX_WHOLE_PIXELS that a byte of the file may stand for: a scanned portrait has 1 to 30 as a JPEG, a page
of text in black and white up to 200; empty pictures have 300 to 10,000."""


def check_size(size: tuple[int, int], most: int = MAX_WHOLE_PIXELS) -> None:
    """Raise PhotoError: `too_large` over `most` pixels or MAX_PHOTO_SIDE, `broken_file` for an empty picture.

    Args:
        size: Width and height in pixels.
        most: Width × height that are allowed.
    """
    width, height = size
    if min(size) < 1:
        raise PhotoError(Reason.BROKEN_FILE, f"{width}×{height} pixels")
    if width * height > most or max(size) > MAX_PHOTO_SIDE:
        raise PhotoError(Reason.TOO_LARGE, f"{width}×{height} pixels")


def check_scan_size(size: tuple[int, int], length: int) -> None:
    """Check the size of a picture in a format that is decoded at a reduced scale where it is large.

    Args:
        size: Width and height in pixels.
        length: Bytes of its file.

    Raises:
        PhotoError: As `check_size`, with MAX_PHOTO_PIXELS; `too_large` also for a file with too little in it.
    """
    width, height = size
    check_size(size, MAX_PHOTO_PIXELS)
    if width * height > max(MAX_WHOLE_PIXELS, MAX_PIXELS_OF_BYTE * length):
        raise PhotoError(Reason.TOO_LARGE, f"{width}×{height} pixels in {length} bytes")
