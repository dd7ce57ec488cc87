"""Any picture file → one upright sRGB photo, with every limit checked before a pixel is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.limits import DEFAULT_LONG_SIDE, TURNS
from pipeline.photo.colour import eight_bit, is_monochrome, to_srgb
from pipeline.photo.decode import decode, read_bytes, upright


@dataclass(frozen=True, slots=True)
class Photo:
    """An upright photo.

    `pixels`: uint8, H×W×3, RGB, sRGB, C-contiguous, read-only. `format`: the file's format in lower case
    ("jpeg"). `source_size`: (width, height) upright, before any scaling. `monochrome`: black and white or
    toned (one hue).
    """

    pixels: NDArray[np.uint8]
    format: str
    source_size: tuple[int, int]
    monochrome: bool

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


_TURNED: Mapping[int, Image.Transpose | None] = MappingProxyType(
    {0: None, 90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
)  # degrees clockwise; Pillow counts the other way


def read_photo(source: Path | bytes, *, long_side: int = DEFAULT_LONG_SIDE, turn: int = 0) -> Photo:
    """Read a JPEG, PNG, WebP, HEIC/HEIF, AVIF, TIFF, BMP or GIF (its first frame).

    The picture is turned upright, laid on white where it is transparent, converted to sRGB and scaled down to
    `long_side` pixels (never up). Nothing else of the file is kept: no EXIF, no place, no name. `turn`: degrees
    clockwise (0, 90, 180, 270) to turn it further, as the person saw fit: scans lie on their side, and say nothing
    of it.

    Raises `PhotoError`: `not_an_image`, `broken_file` (truncated ones too: a face half grey is no gift),
    `too_large` (over 50 megapixels or 40 MiB).
    """
    if long_side < 1:
        raise ValueError(f"long_side must be at least 1, not {long_side}")
    if turn not in TURNS:
        raise ValueError(f"turn must be 0, 90, 180 or 270, not {turn}")
    image, name, stored, orientation = decode(read_bytes(source), long_side)
    profile = image.info.get("icc_profile")
    image = _scale_down(eight_bit(image), long_side)
    image = upright(to_srgb(image, profile if isinstance(profile, bytes) else None), orientation)
    across = _TURNED[turn]
    image = image.transpose(across) if across is not None else image
    pixels = np.array(image, dtype=np.uint8, order="C")
    pixels.setflags(write=False)
    size = stored[::-1] if (orientation >= 5) != (turn in {90, 270}) else stored
    return Photo(pixels, name, (size[0], size[1]), is_monochrome(pixels))


def _scale_down(image: Image.Image, long_side: int) -> Image.Image:
    share = long_side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    # reducing_gap: a whole-number box reduction first, Lanczos for the last 2–4×.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
