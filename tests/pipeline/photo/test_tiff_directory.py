"""Directories of every layout, and the values of their entries wherever they lie."""

from __future__ import annotations

import pytest

from pipeline.errors import PhotoError, Reason
from pipeline.photo.tiff_directory import Tag, read_directory
from tests.pipeline.photo.pictures import picture, saved
from tests.pipeline.photo.tiffs import written


@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"bigtiff": True}])
def test_each_layout_is_read(options: dict[str, object]) -> None:
    directory = read_directory(written(picture(), photometric="rgb", rowsperstrip=40, **options))
    assert (directory.number(Tag.WIDTH, 0), directory.number(Tag.HEIGHT, 0)) == (120, 80)
    assert directory.numbers(Tag.BITS, 8) == (8, 8, 8)
    assert directory.numbers(Tag.STRIP_BYTES, 8) == (14_400, 14_400)
    assert directory.numbers(Tag.STRIP_BYTES, 1) == ()  # more than are wanted
    assert directory.number(Tag.TILE_WIDTH, 7) == 7
    assert directory.next == 0


def test_a_text_is_no_number() -> None:
    directory = read_directory(saved(picture(), "TIFF", tiffinfo={271: "a maker"}))
    assert directory.copy(271) == (2, 8, b"a maker\0")
    with pytest.raises(PhotoError) as caught:
        directory.number(271, 0)
    assert caught.value.reason is Reason.BROKEN_FILE
    assert directory.numbers(271, 9) == ()
