"""Pages of a TIFF: small copies are none, circles end, and damage behind the first costs nobody the first."""

from __future__ import annotations

import io
import struct

import numpy as np
import tifffile
from PIL import Image

from pipeline.photo.load import is_blank, read_pages, read_photo
from pipeline.photo.tiff_directory import read_directory
from pipeline.photo.tiff_pages import list_pages, select_page
from tests.pipeline.photo.pictures import picture, saved

PHOTO = picture()
SHEET = Image.new("RGB", (120, 80), (248, 246, 240))


def paged(*pages: Image.Image) -> bytes:
    return saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])


def test_a_blank_first_page_is_passed_over() -> None:
    dusty = np.asarray(SHEET).copy()
    dusty[10:12, 30:32] = dusty[60, 90:95] = 90
    data = paged(Image.fromarray(dusty), SHEET, Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1]))
    assert np.array_equal(read_photo(data), PHOTO)
    assert [number for number, _ in read_pages(data, 100)] == [2, 3]
    assert np.array_equal(read_photo(data, page=3), PHOTO[::-1])


def test_nothing_but_blank_pages_is_the_first_and_one_page_is_not_looked_at() -> None:
    assert np.array_equal(read_photo(paged(SHEET, SHEET)), np.asarray(SHEET))
    assert list(read_pages(paged(SHEET), 100)) == []
    assert is_blank(np.asarray(SHEET)) and not is_blank(PHOTO)
    bright = np.asarray(SHEET).copy()
    bright[30:50, 50:62] = PHOTO[30:50, 50:62]  # a small print on a sheet
    assert not is_blank(bright)


def test_small_copies_are_no_pages() -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for kind in (0, 1, 2):
            writer.write(PHOTO, subfiletype=kind, photometric="rgb")
    assert len(list_pages(file.getvalue(), 9)) == 2
    assert len(list_pages(file.getvalue(), 1)) == 1


def test_a_circle_of_directories_ends() -> None:
    data = bytearray(paged(Image.fromarray(PHOTO), SHEET))
    first, second = list_pages(bytes(data), 9)
    place = second + 2 + 12 * len(read_directory(bytes(data), second).entries)
    data[place : place + 4] = struct.pack("<I", first)
    assert list_pages(bytes(data), 9) == [first, second]


def test_damage_behind_the_first_page_is_the_end() -> None:
    data = bytearray(paged(Image.fromarray(PHOTO), SHEET))
    first, second = list_pages(bytes(data), 9)
    cut = bytes(data[:second])
    assert list_pages(cut, 9) == [first]
    assert np.array_equal(read_photo(cut), PHOTO)
    assert select_page(cut, first) == cut
