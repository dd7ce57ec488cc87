"""TIFFs as scanners and programs write them."""

from __future__ import annotations

import io
from typing import Any

import tifffile


def written(pixels: Any, **options: Any) -> bytes:
    """A TIFF of one picture."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()
