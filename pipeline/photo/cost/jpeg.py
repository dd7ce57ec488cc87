"""Cost of a JPEG: its markers and scans are counted as Pillow and libjpeg are going to meet them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple

from pipeline.errors import PhotoError, Reason
from pipeline.photo.cost.size import check_scan_size

MAX_MARKERS: Final = 2_000
"""Markers of a file: 40 MiB of full segments are 640, and each of MAX_SCANS may have four tables of its own."""
MAX_JUNK: Final = 2**16
"""Bytes between the segments before the first scan, which Pillow passes one by one in Python."""
MAX_SEGMENT_BYTES: Final = {"tables": 2**17, "EXIF": 2**20, "Photoshop": 2**22}
"""Bytes of segments that Pillow takes apart in Python, by their kind: all tables of MAX_SCANS are 80 KiB, and EXIF
beyond one segment of 64 KiB is rare."""
MAX_SCANS: Final = 100
"""Scans of a file: libjpeg's own progressive script has 10, mozjpeg's longest are below 20."""
MAX_BLOCK_VISITS: Final = 40_000_000
"""Blocks of 8×8 samples that all scans together go through. libjpeg's script needs 14 times the blocks of a component,
11 million at 50 megapixels in 4:4:4. A scan of nothing visits each block nevertheless."""
MAX_COEFFICIENT_BYTES: Final = 800 * 2**20
"""Bytes of the coefficients that libjpeg holds, whatever the scale, where a picture comes in several scans: of 250
megapixels in 4:2:0 they take 715 MiB, in 4:4:4 those of 140 do."""
ARITHMETIC_WEIGHT: Final = 4
"""Times the cost of a visit where the coding is arithmetic: it goes on to decode when the data has ended."""

# before the first scan restarts count as markers: Pillow reads them one by one
_MARKER: Final = re.compile(rb"\xff[\x01-\xfe]")
_MARKER_AFTER_SCAN: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA})
_ARITHMETIC_FRAMES: Final = frozenset({0xC9, 0xCA})
_PROGRESSIVE_FRAMES: Final = frozenset({0xC2, 0xCA})
_COEFFICIENTS: Final = 128  # bytes of those of a block
_SCAN, _END = 0xDA, 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xDA)})
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDB})
# DNL, DRI, APPn and comments; whatever is none of all these, libjpeg refuses
_SEGMENTS: Final = frozenset({0xDC, 0xDD, *range(0xE0, 0xF0), 0xFE})
_KNOWN: Final = _FRAMES | _WITHOUT_LENGTH | _TABLES | _SEGMENTS | {_SCAN}


class _Frame(NamedTuple):
    """The blocks that a frame header announces."""

    blocks: dict[int, int]
    """Blocks of 8×8 samples by the component's number."""
    weight: int
    """Cost of a visit of one block, 1 for Huffman coding."""
    progressive: bool
    """Whether it comes in several scans, each of which makes the whole picture better."""


def check_jpeg(data: bytes) -> None:
    """Raise PhotoError: `too_large` for the size, `broken_file` where decoding costs far more than the pixels need.

    The walk ends with the first end marker behind a scan, as libjpeg's does: nothing reads what follows it.

    Args:
        data: The whole file, which begins with a JPEG's signature.
    """
    at, frame, counts = 2, _Frame({}, 1, False), Counter[str]()
    while marker := (_MARKER_AFTER_SCAN if counts["scans"] else _MARKER).search(data, at):
        code = data[marker.start() + 1]
        if counts["scans"] and (code == _END or code not in _KNOWN):
            return
        if code not in _KNOWN:
            raise PhotoError(Reason.BROKEN_FILE, f"jpeg: marker {code:02X}")
        counts["markers"] += 1
        if not counts["scans"]:
            counts["junk"] += marker.start() - at
        at = marker.end()
        size = 0 if code in _WITHOUT_LENGTH else max(2, int.from_bytes(data[at : at + 2], "big"))
        if code in _FRAMES:
            frame = _frame(data[at : at + size], code, len(data))
        elif code == _SCAN:
            counts["scans"] += 1
            counts["visits"] += _visits(data[at : at + size], frame)
            _check_coefficients(frame, counts["scans"])
        elif kind := _kind(data, at, code):
            counts[kind] += size
        at += size
        _check(counts)


def _kind(data: bytes, at: int, code: int) -> str | None:
    """Key of MAX_SEGMENT_BYTES; `at`: of the segment's length."""
    if code in _TABLES:
        return "tables"
    if code == 0xE1 and data.startswith(b"Exif\0\0", at + 2):
        return "EXIF"
    return "Photoshop" if code == 0xED else None


_LIMITS: Final = {
    "markers": MAX_MARKERS,
    "junk": MAX_JUNK,
    "scans": MAX_SCANS,
    "visits": MAX_BLOCK_VISITS,
    **MAX_SEGMENT_BYTES,
}


def _check(counts: Counter[str]) -> None:
    for name, most in _LIMITS.items():
        if counts[name] > most:
            raise PhotoError(Reason.BROKEN_FILE, f"jpeg: {name} over {most}")


def _check_coefficients(frame: _Frame, scans: int) -> None:
    if (scans > 1 or frame.progressive) and _COEFFICIENTS * sum(frame.blocks.values()) > MAX_COEFFICIENT_BYTES:
        raise PhotoError(Reason.TOO_LARGE, f"jpeg: over {MAX_COEFFICIENT_BYTES >> 20} MiB of coefficients")


def _frame(segment: bytes, code: int, length: int) -> _Frame:
    """The frame of a header, from its length on, in a file of `length` bytes; `too_large` for its size."""
    height, width = int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[5:7], "big")
    check_scan_size((width, height), length)
    sampling = {segment[at]: (segment[at + 1] >> 4, segment[at + 1] & 15) for at in range(8, len(segment) - 2, 3)}
    across = max((horizontal for horizontal, _ in sampling.values()), default=1) or 1
    down = max((vertical for _, vertical in sampling.values()), default=1) or 1
    blocks = {
        component: -(-width * horizontal // (8 * across)) * -(-height * vertical // (8 * down))
        for component, (horizontal, vertical) in sampling.items()
    }
    return _Frame(blocks, ARITHMETIC_WEIGHT if code in _ARITHMETIC_FRAMES else 1, code in _PROGRESSIVE_FRAMES)


def _visits(segment: bytes, frame: _Frame) -> int:
    """Blocks that the scan of a header goes through, weighed; from the header's length on."""
    count = segment[2] if len(segment) > 2 else 0
    return frame.weight * sum(frame.blocks.get(component, 0) for component in segment[3 : 3 + 2 * count : 2])
