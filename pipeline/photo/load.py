"""Any picture file → one upright photo in sRGB, with every limit checked before a pixel is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.limits import DEFAULT_LONG_SIDE, TURNS
from pipeline.photo.colour import eight_bit, to_srgb
from pipeline.photo.decode import decode, read_bytes, upright
from pipeline.photo.memory_limit import limit_memory

MAX_MEMORY: Final = 3 * 2**29
"""Bytes that a photo may take while it is read; one of 49 megapixels takes 0.3 to 0.7 GiB in each format."""

# degrees clockwise; Pillow counts the other way
_TRANSPOSES: Mapping[int, Image.Transpose] = MappingProxyType(
    {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
)


def read_photo(source: Path | bytes, *, long_side: int = DEFAULT_LONG_SIDE, turn: int = 0) -> Pixels:
    """Read a JPEG, PNG, WebP, HEIC/HEIF, AVIF, TIFF, BMP or GIF (its first frame).

    The picture is turned upright, laid on white where it is transparent, converted to sRGB and scaled down (never up).
    Nothing else of the file is kept: no EXIF, no place, no name.

    Args:
        source: The file, or its bytes.
        long_side: Most pixels of the longer side, at least 1.
        turn: Degrees clockwise to turn it further, one of TURNS: scans lie on their side, and say nothing of it.

    Returns:
        uint8 H×W×3 RGB, C-contiguous, read-only.

    Raises:
        PhotoError: `not_an_image`; `broken_file`, truncated ones too: a face half grey is no gift; `too_large`: over
            MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE or MAX_MEMORY.
        ValueError: `long_side` or `turn` is out of range.
    """
    if long_side < 1:
        raise ValueError(f"long_side must be at least 1, not {long_side}")
    if turn not in TURNS:
        raise ValueError(f"turn must be 0, 90, 180 or 270, not {turn}")
    data = read_bytes(source)
    try:
        with limit_memory(MAX_MEMORY):
            return _read(data, long_side, turn)
    except MemoryError:
        raise PhotoError(Reason.TOO_LARGE, f"over {MAX_MEMORY >> 20} MiB to decode") from None


def _read(data: bytes, long_side: int, turn: int) -> Pixels:
    image, orientation = decode(data, long_side)
    profile = image.info.get("icc_profile")
    image = _scale_down(eight_bit(image), long_side)
    image = upright(to_srgb(image, profile if isinstance(profile, bytes) else None), orientation)
    if turn in _TRANSPOSES:
        image = image.transpose(_TRANSPOSES[turn])
    pixels = np.array(image, dtype=np.uint8, order="C")
    pixels.setflags(write=False)
    return pixels


def _scale_down(image: Image.Image, long_side: int) -> Image.Image:
    share = long_side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    # reducing_gap: a whole-number box reduction first, Lanczos for the last 2–4×.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
