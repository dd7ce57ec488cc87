"""A clip of a few frames of one picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.output.encode import encode


def write_clip(out: Path, photo: bytes) -> Path:
    """Write an MP4 of five frames of a photo, 240 pixels wide, with its poster beside; the MP4."""
    with Image.open(BytesIO(photo)) as opened:
        small = opened.convert("RGB").resize((240, 240))
    frames = [np.asarray(small, dtype=np.uint8)] * 5
    return encode(frames, out, fps=25, formats=("mp4", "jpg")).files["mp4"]
