"""Cost of a BMP: a run-length coded one is unpacked in Python, byte by byte."""

from __future__ import annotations

from typing import Final

from pipeline.errors import PhotoError, Reason

MAX_RUN_LENGTH_PIXELS: Final = 6_000_000
"""Pixels of a run-length coded picture: 0.1 µs each at worst. They have 256 colours, which no photo has."""
MAX_RUN_LENGTH_BYTES: Final = 4 * 2**20
"""Bytes of a run-length coded file: a pair that draws nothing costs as much as one that does."""

_FIRST_HEADER_WITH_COMPRESSION: Final = 40
_RUN_LENGTH: Final = frozenset({1, 2})


def check_bmp(data: bytes) -> None:
    """Raise PhotoError `too_large` for a large run-length coded file.

    Args:
        data: The whole file, which begins with a BMP's signature.
    """
    if int.from_bytes(data[14:18], "little") < _FIRST_HEADER_WITH_COMPRESSION:
        return
    width = int.from_bytes(data[18:22], "little", signed=True)
    height = int.from_bytes(data[22:26], "little", signed=True)
    if int.from_bytes(data[30:34], "little") in _RUN_LENGTH and (
        abs(width * height) > MAX_RUN_LENGTH_PIXELS or len(data) > MAX_RUN_LENGTH_BYTES
    ):
        raise PhotoError(Reason.TOO_LARGE, f"bmp: {width}×{height} pixels in runs")
