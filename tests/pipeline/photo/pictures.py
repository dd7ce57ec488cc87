"""Test pictures, and files of them in every format."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image
from skimage.data import astronaut

from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.photo.load import read_photo

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP", "GIF")


ASTRONAUT: Pixels = astronaut()  # type: ignore[no-untyped-call]


BEST: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "WEBP": {"lossless": True},
    "HEIF": {"quality": 95},
    "AVIF": {"quality": 95},
}


def picture(width: int = 120, height: int = 80) -> Pixels:
    """A colourful piece of a real photo."""
    return resized(ASTRONAUT[:340, :510], width, height)


def resized(pixels: Pixels, width: int, height: int, how: int = cv2.INTER_AREA) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), dtype=np.uint8)


def saved(image: Image.Image | Pixels, kind: str, **options: Any) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, kind, **(BEST.get(kind, {}) | options))
    return buffer.getvalue()


def distance(first: Pixels, second: Pixels) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())


def reason(data: bytes) -> Reason | None:
    """Why a file is refused; None when it is read. Anything but a `PhotoError` fails the test."""
    try:
        pixels = read_photo(data)
    except PhotoError as error:
        return error.reason
    assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    return None
