"""Any picture file → one upright photo in sRGB, with every limit checked before a pixel is decoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.limits import DEFAULT_LONG_SIDE, TURNS
from pipeline.photo.borders import trim_bed
from pipeline.photo.colour import eight_bit, to_srgb
from pipeline.photo.decode import count_pages, decode, read_bytes, upright
from pipeline.photo.memory_limit import limit_memory

MAX_MEMORY: Final = 3 * 2**29
"""Bytes that a photo may take while it is read; one of 49 megapixels takes 0.3 to 0.7 GiB in each format."""

_BLANK_SIDE: Final = 256  # pixels of a page that is only looked at
_BLANK_LEVELS: Final = 24
_BLANK_SHARE: Final = 0.01

# degrees clockwise; Pillow counts the other way
_TRANSPOSES: Mapping[int, Image.Transpose] = MappingProxyType(
    {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
)


MAX_PAGES: Final = 8
"""Pages of a TIFF or a PDF that are looked at."""


def read_photo(
    source: Path | bytes, *, long_side: int = DEFAULT_LONG_SIDE, turn: int = 0, page: int | None = None
) -> Pixels:
    """Read a JPEG, PNG, WebP, HEIC/HEIF, AVIF, TIFF, BMP, GIF (its first frame) or a picture of a PDF.

    The picture is turned upright, laid on white where it is transparent, converted to sRGB and scaled down (never up).
    A scanner's bed around it is cut away.
    Nothing else of the file is kept: no EXIF, no place, no name.

    Args:
        source: The file, or its bytes.
        long_side: Most pixels of the longer side, at least 1.
        turn: Degrees clockwise to turn it further, one of TURNS: scans lie on their side, and say nothing of it.
        page: Number of the page from 0; None: the first that is not blank.

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
            if page is None:
                page = _first_page(data)
            return _read(data, long_side, turn, page)
    except MemoryError:
        raise PhotoError(Reason.TOO_LARGE, f"over {MAX_MEMORY >> 20} MiB to decode") from None


def read_pages(source: Path | bytes, long_side: int) -> Iterator[tuple[int, Pixels]]:
    """Read the pages of a file that are not blank, MAX_PAGES at most.

    Args:
        source: The file, or its bytes.
        long_side: Most pixels of a page's longer side, at least 1.

    Returns:
        Numbers from 0 with the pictures, as of `read_photo`. A page that can't be read is left out; nothing at all is
        read of a file that has one page alone.

    Raises:
        PhotoError: As `read_photo` does for the file itself.
    """
    data = read_bytes(source)
    count = count_pages(data, MAX_PAGES)
    for number in range(count if count > 1 else 0):
        try:
            pixels = read_photo(data, long_side=long_side, page=number)
        except PhotoError:
            continue
        if not is_blank(pixels):
            yield number, pixels


def is_blank(pixels: Pixels) -> bool:
    """Whether a picture, uint8 H×W×3 RGB, is an empty page: dust and the edge of a sheet are all that is on it."""
    height, width = pixels.shape[:2]
    share = min(1.0, _BLANK_SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY).astype(np.int16)
    return float(np.mean(np.abs(grey - np.median(grey)) > _BLANK_LEVELS)) < _BLANK_SHARE


def _first_page(data: bytes) -> int:
    """The number of the first page that is not blank; 0 where there is no other."""
    return next((number for number, _ in read_pages(data, _BLANK_SIDE)), 0)


def _read(data: bytes, long_side: int, turn: int, page: int) -> Pixels:
    image, orientation = decode(data, long_side, page)
    profile = image.info.get("icc_profile")
    image = _scale_down(eight_bit(image), long_side)
    image = upright(to_srgb(image, profile if isinstance(profile, bytes) else None), orientation)
    if turn in _TRANSPOSES:
        image = image.transpose(_TRANSPOSES[turn])
    pixels = np.ascontiguousarray(trim_bed(np.array(image, dtype=np.uint8, order="C")))
    pixels.setflags(write=False)
    return pixels


def _scale_down(image: Image.Image, long_side: int) -> Image.Image:
    share = long_side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    # reducing_gap: a whole-number box reduction first, Lanczos for the last 2–4×.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
