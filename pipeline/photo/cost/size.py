"""Size of a picture against the limits of a photo."""

from __future__ import annotations

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE


def check_size(size: tuple[int, int]) -> None:
    """Raise PhotoError: `too_large` over MAX_PHOTO_PIXELS or MAX_PHOTO_SIDE, `broken_file` for an empty picture.

    Args:
        size: Width and height in pixels.
    """
    width, height = size
    if min(size) < 1:
        raise PhotoError(Reason.BROKEN_FILE, f"{width}×{height} pixels")
    if width * height > MAX_PHOTO_PIXELS or max(size) > MAX_PHOTO_SIDE:
        raise PhotoError(Reason.TOO_LARGE, f"{width}×{height} pixels")
