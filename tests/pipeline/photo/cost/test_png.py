"""PNGs of many chunks, and photos with many pieces."""

from __future__ import annotations

import zlib

import pytest
from PIL import Image

from pipeline.errors import Reason
from pipeline.photo.cost.png import MAX_ANCILLARY_CHUNKS, MAX_CHUNKS
from tests.pipeline.photo.cost.files import behind_header, chunk
from tests.pipeline.photo.icc_profiles import DISPLAY_P3
from tests.pipeline.photo.pictures import picture, reason, saved

PLAIN = saved(picture(), "PNG")
PROFILE = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**20 - 64)))
HOSTILE = {
    "private chunks": behind_header(PLAIN, chunk(b"abCd") * MAX_ANCILLARY_CHUNKS),
    "private chunks at the end": PLAIN[:-12] + chunk(b"abCd") * MAX_ANCILLARY_CHUNKS + PLAIN[-12:],
    "texts": behind_header(PLAIN, chunk(b"tEXt", b"a\0b") * MAX_ANCILLARY_CHUNKS),
    "empty pieces of pixels": behind_header(PLAIN, chunk(b"IDAT") * MAX_CHUNKS),
    "empty frames": PLAIN[:-12] + chunk(b"fdAT", bytes(4)) * MAX_CHUNKS + PLAIN[-12:],
    "profiles to inflate": behind_header(PLAIN, PROFILE * 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_more_than_any_program_writes_is_broken(name: str) -> None:
    assert reason(HOSTILE[name]) is Reason.BROKEN_FILE


def test_pixels_in_small_pieces_pass() -> None:
    pixels = PLAIN[PLAIN.index(b"IDAT") + 4 : -16]
    assert zlib.decompress(pixels)
    pieces = b"".join(chunk(b"IDAT", pixels[at : at + 8]) for at in range(0, len(pixels), 8))
    assert reason(PLAIN[: PLAIN.index(b"IDAT") - 4] + pieces + PLAIN[-12:]) is None


def test_a_profile_texts_and_an_animation_pass() -> None:
    frames = [Image.fromarray(picture()).rotate(turn) for turn in range(60)]
    assert reason(saved(frames[0], "PNG", save_all=True, append_images=frames[1:], icc_profile=DISPLAY_P3)) is None
    assert reason(behind_header(PLAIN, chunk(b"tEXt", b"a\0b") * 200)) is None
