"""GIFs with much before their first frame, and animations with comments."""

from __future__ import annotations

import pytest
from PIL import Image

from pipeline.errors import Reason
from pipeline.photo.cost.gif import MAX_BLOCKS, MAX_JUNK
from tests.pipeline.photo.cost.files import before_first_frame
from tests.pipeline.photo.pictures import picture, reason, saved

PLAIN = saved(picture(), "GIF")
HOSTILE = {
    "a comment of single letters": before_first_frame(PLAIN, b"!\xfe" + b"\1a" * MAX_BLOCKS + b"\0"),
    "empty comments": before_first_frame(PLAIN, b"!\xfe\0" * (MAX_BLOCKS + 1)),
    "extensions": before_first_frame(PLAIN, b"!\xfa\1a\0" * MAX_BLOCKS),
    "junk": before_first_frame(PLAIN, b"x" * (MAX_JUNK + 1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_more_than_any_program_writes_is_broken(name: str) -> None:
    assert reason(HOSTILE[name]) is Reason.BROKEN_FILE


def test_animations_comments_and_metadata_pass() -> None:
    frames = [Image.fromarray(picture()).rotate(turn) for turn in range(30)]
    assert reason(saved(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"c" * 255)) is None
    metadata = b"!\xff\x0bXMP DataXMP" + (b"\xff" + bytes(255)) * 4_000 + b"\0"
    assert reason(before_first_frame(PLAIN, metadata)) is None
