"""A still picture beside a clip: the restored photo, which says what was done, or the photo as it came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.arrays import Pixels
from pipeline.output import provenance

# what is printed and kept: nothing that can be seen is lost, so no colour at half size either
_QUALITY, _COLOUR = 95, 0


def write_still(pixels: Pixels, file: Path, restored: Sequence[str]) -> None:
    """Write a picture, with nothing in its head but what was done.

    Args:
        pixels: uint8 H×W×3 RGB.
        file: The file to write, of `pipeline.limits.STILL_FORMATS` by its ending.
        restored: What was restored, of `pipeline.limits.RESTORE_PARTS`; empty for a photo as it came, which bears no
            mark.

    Raises:
        OSError: The disk's.
    """
    picture = Image.fromarray(pixels)
    comment, kind = provenance.describe_restoration(restored), provenance.restoration_type(restored)
    marks: dict[str, Any] = {}
    if file.suffix.lower() == ".png":
        if restored:
            text = PngInfo()
            text.add_itxt("Comment", comment)
            text.add_itxt("XML:com.adobe.xmp", provenance.xmp_bytes(comment, kind).decode())
            marks = {"pnginfo": text, "exif": provenance.exif_bytes(comment)}
        picture.save(file, "PNG", optimize=True, **marks)
        return
    if restored:
        exif, xmp = provenance.exif_bytes(comment), provenance.xmp_bytes(comment, kind)
        marks = {"comment": comment.encode(), "exif": exif, "xmp": xmp}
    picture.save(file, "JPEG", quality=_QUALITY, subsampling=_COLOUR, optimize=True, **marks)
