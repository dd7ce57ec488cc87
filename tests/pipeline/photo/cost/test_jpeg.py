"""JPEGs of markers and scans that cost more than a photo, and photos with many of both."""

from __future__ import annotations

import struct
from time import thread_time
from typing import Any

import pytest

from pipeline.errors import Reason
from pipeline.photo.cost.jpeg import MAX_JUNK, MAX_MARKERS, MAX_SCANS, check_jpeg
from tests.pipeline.photo.cost.files import EMPTY_SCAN, before_end, behind_signature, outcome, segment
from tests.pipeline.photo.pictures import picture, reason, saved

PROGRESSIVE = saved(picture(), "JPEG", progressive=True)
PLAIN = saved(picture(), "JPEG")


def sized(jpeg: bytes, width: int, height: int) -> bytes:
    """The same file with another size in its frame header."""
    at = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2"), jpeg.find(b"\xff\xca")) + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


ARITHMETIC = PROGRESSIVE.replace(b"\xff\xc2", b"\xff\xca", 1)
SHORT_TABLE = segment(0xDB, b"\0" + bytes(range(1, 65)))
HOSTILE = {
    "scans of nothing": before_end(PROGRESSIVE, EMPTY_SCAN * MAX_SCANS),
    "scans of a large picture": before_end(sized(PROGRESSIVE, 7_000, 7_000), EMPTY_SCAN * 60),
    "arithmetic scans": before_end(sized(ARITHMETIC, 5_000, 5_000), EMPTY_SCAN * 60),
    "application segments": behind_signature(PLAIN, segment(0xE0, b"") * MAX_MARKERS),
    "application segments behind an end": behind_signature(PLAIN, b"\xff\xd9" + segment(0xE5, b"") * MAX_MARKERS),
    "application segments between scans": before_end(PROGRESSIVE, segment(0xE1, b"") * MAX_MARKERS),
    "comments": behind_signature(PLAIN, segment(0xFE, b"") * MAX_MARKERS),
    "restarts without a scan": behind_signature(PLAIN, b"\xff\xd0" * MAX_MARKERS),
    "starts": behind_signature(PLAIN, b"\xff\xd8" * MAX_MARKERS),
    "junk": PLAIN[:20] + bytes(MAX_JUNK + 1) + PLAIN[20:],
    "fill bytes": behind_signature(PLAIN, b"\xff" * (MAX_JUNK + 2)),
    "EXIF of many segments": behind_signature(PLAIN, segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 20),
    "tables": behind_signature(PLAIN, SHORT_TABLE * 1_990),
    "resources of Photoshop": behind_signature(PLAIN, segment(0xED, b"Photoshop 3.0\0" + bytes(65_000)) * 70),
    "a segment that Pillow does not pass over": behind_signature(PLAIN, segment(0xF0, segment(0xE0, b"") * 900)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_more_than_a_photo_needs_is_broken(name: str) -> None:
    assert reason(HOSTILE[name]) is Reason.BROKEN_FILE
    assert outcome(check_jpeg, HOSTILE[name]) is Reason.BROKEN_FILE


def test_a_claimed_giant_is_too_large() -> None:
    assert outcome(check_jpeg, sized(PLAIN, 9_000, 9_000)) is Reason.TOO_LARGE


ORDINARY: dict[str, dict[str, Any]] = {
    "progressive of libjpeg": {"progressive": True},
    "progressive with tables of its own": {"progressive": True, "optimize": True},
    "a restart after each block": {"restart_marker_blocks": 1},
    "a restart after each row, progressive": {"restart_marker_rows": 1, "progressive": True},
    "a large profile": {"icc_profile": b"p" * 4_000_000},
    "a long comment": {"comment": b"c" * 65_000},
    "EXIF of a full segment": {"exif": b"Exif\0\0" + bytes(65_000)},
    "one channel for all colours": {"subsampling": "4:4:4", "quality": 100},
}


@pytest.mark.parametrize("name", ORDINARY)
def test_photos_of_cameras_and_programs_pass(name: str) -> None:
    assert reason(saved(picture(1_000, 750), "JPEG", **ORDINARY[name])) is None


def test_a_progressive_photo_of_50_megapixels_passes() -> None:
    assert (
        outcome(check_jpeg, sized(saved(picture(), "JPEG", progressive=True, subsampling="4:4:4"), 7_071, 7_071))
        is None
    )


def test_as_many_scans_as_any_program_writes_pass() -> None:
    assert outcome(check_jpeg, before_end(PROGRESSIVE, EMPTY_SCAN * (MAX_SCANS - 10))) is None


def test_segments_of_extended_metadata_pass() -> None:
    extended = segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * 300
    assert reason(behind_signature(PLAIN, extended)) is None


def test_a_film_behind_the_photo_is_not_read() -> None:
    assert reason(PLAIN + b"\0\0\0\x18ftypmp42" + EMPTY_SCAN * 5_000 + b"\xff\xf3\0\1" * 99) is None


def test_photos_of_several_pictures_pass() -> None:
    """The first one counts: phones put a gain map behind it."""
    pictures = [picture(), picture(60, 40)]
    assert reason(PLAIN + saved(pictures[1], "JPEG") * 2_000) is None


@pytest.mark.parametrize("body", [b"\xff\0", b"\xff\xd0", b"\xff", b"\0"])
def test_the_walk_is_short_however_the_bytes_lie(body: bytes) -> None:
    begun = thread_time()
    check_jpeg(PLAIN[:-2] + body * (20 * 2**20 // len(body)))
    assert thread_time() - begun < 2
