"""WebPs of giant canvases and many chunks, and animations."""

from __future__ import annotations

import pytest
from PIL import Image

from pipeline.errors import Reason
from pipeline.photo.cost.webp import MAX_CHUNKS, check_webp
from tests.pipeline.photo.cost.files import outcome, webp_with
from tests.pipeline.photo.pictures import picture, reason, saved


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"xmp": b"<x/>"}])
def test_the_canvas_is_read_before_libwebp_reserves_it(options: dict[str, object]) -> None:
    """Each of its three headers: 8,000 × 7,000 in place of 120 × 80."""
    data = bytearray(saved(picture(), "WEBP", **options))
    match bytes(data[12:16]):
        case b"VP8X":
            data[24:30] = (7_999).to_bytes(3, "little") + (6_999).to_bytes(3, "little")
        case b"VP8L":
            data[21:25] = (int.from_bytes(data[21:25], "little") & 0xF0000000 | 6_999 << 14 | 7_999).to_bytes(
                4, "little"
            )
        case _:
            data[26:30] = (8_000).to_bytes(2, "little") + (7_000).to_bytes(2, "little")
    assert outcome(check_webp, bytes(data)) is Reason.TOO_LARGE


def test_many_chunks_are_broken() -> None:
    assert reason(webp_with(b"abcd\0\0\0\0" * MAX_CHUNKS)) is Reason.BROKEN_FILE


def test_an_animation_passes() -> None:
    frames = [Image.fromarray(picture()).rotate(turn) for turn in range(50)]
    assert reason(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])) is None
    assert reason(webp_with(b"abcd\0\0\0\0" * 100)) is None
