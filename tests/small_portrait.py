"""A small portrait, for tests to which the size of a photo is nothing."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image

from skill.demo_portrait import astronaut

SIDE: Final = 256
"""Width and height in pixels: the longer side of the smallest clip."""


@cache
def small_portrait() -> bytes:
    """Head and shoulders of the demo portrait, PNG."""
    file = BytesIO()
    Image.open(BytesIO(astronaut())).convert("RGB").crop((96, 0, 96 + SIDE, SIDE)).save(file, format="PNG")
    return file.getvalue()
