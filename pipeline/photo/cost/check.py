"""Check of a file's cost before anything is decoded: by its structure, which is cheap to walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.photo.cost.bmp import check_bmp
from pipeline.photo.cost.gif import check_gif
from pipeline.photo.cost.heif import check_avif, check_heif
from pipeline.photo.cost.jpeg import check_jpeg
from pipeline.photo.cost.png import check_png
from pipeline.photo.cost.tiff import check_tiff
from pipeline.photo.cost.webp import check_webp

_CHECKS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "jpeg": check_jpeg,
    "png": check_png,
    "webp": check_webp,
    "heif": check_heif,
    "avif": check_avif,
    "tiff": check_tiff,
    "bmp": check_bmp,
    "gif": check_gif,
}


def check_cost(kind: str, data: bytes) -> None:
    """Refuse a file that would cost far more to decode than a photo of its size does.

    Each walk is bounded itself: below 0.5 s for the largest file.

    Args:
        kind: The format that the file's first bytes claim, one of `pipeline.photo.decode.sniff`.
        data: The whole file.

    Raises:
        PhotoError: `too_large` for a size that is announced, `broken_file` for a structure that no program writes.
    """
    _CHECKS[kind](data)
