"""The measured photos: their sizes, and that the limits are ratios."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from skill.bench.clip_photos import MEASURED, build_photo


@pytest.mark.parametrize(("name", "size"), [("small", (1280, 960)), ("close", (960, 1200)), ("group", (1280, 600))])
def test_photos_have_their_sizes(name: str, size: tuple[int, int]) -> None:
    assert Image.open(BytesIO(build_photo(name))).size == size


def test_a_clip_costs_more_than_its_encoding() -> None:
    assert all(photo.limit > 1.0 for photo in MEASURED.values())
