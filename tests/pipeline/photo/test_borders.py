"""A scanner's bed is cut away to the pixel; frames, white walls, and whatever may be part of the photo stay."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.photo.borders import trim_bed
from pipeline.photo.load import read_photo
from tests.pipeline.photo.pictures import ASTRONAUT, picture, saved

PRINT = np.clip(picture(300, 220).astype(int), 45, 200).astype(np.uint8)


def on_bed(level: int, top: int, bottom: int, left: int, right: int, photo: Pixels = PRINT) -> Pixels:
    whole = np.full((photo.shape[0] + top + bottom, photo.shape[1] + left + right, 3), level, np.uint8)
    whole += np.random.default_rng(1).integers(0, 4, whole.shape, dtype=np.uint8)
    whole[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
    return whole


BEDS = {
    "white, in a corner": on_bed(248, 0, 260, 0, 200),
    "white, in the middle of the height": on_bed(248, 90, 80, 0, 240),
    "black, in a corner": on_bed(3, 200, 0, 120, 0),
    "black, all around": on_bed(3, 60, 60, 60, 60),
}
ROWS, COLUMNS = np.indices((300, 240))
PERSON = (np.hypot(ROWS - 220, COLUMNS - 100) < 95)[..., None]
KEPT = {
    "a photo without a border": PRINT,
    "a portrait": ASTRONAUT,
    "a print's own frame": on_bed(248, 20, 20, 20, 20),
    "an instant print's frame": on_bed(248, 24, 90, 22, 22),
    "a person before a white wall": np.where(PERSON, 90, 250),
    "a person in the dark": np.where(PERSON, 90, 4),
    "nothing": np.full((200, 300, 3), 250),
    "a stamp on a sheet": on_bed(248, 180, 180, 0, 280, PRINT[::5, ::5]),
}


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_is_cut_away(name: str) -> None:
    cut = read_photo(saved(BEDS[name], "PNG"))
    assert cut.shape[0] >= PRINT.shape[0] - 8 and cut.shape[1] >= PRINT.shape[1] - 8
    top = next(row for row in range(9) for column in range(9) if np.array_equal(part(row, column, cut), cut))
    assert top < 9
    assert cut.flags.c_contiguous and not cut.flags.writeable


def part(row: int, column: int, cut: Pixels) -> Pixels:
    return PRINT[row : row + cut.shape[0], column : column + cut.shape[1]]


@pytest.mark.parametrize("name", KEPT)
def test_whatever_may_be_the_photo_stays_bit_by_bit(name: str) -> None:
    pixels = np.broadcast_to(KEPT[name], (*KEPT[name].shape[:2], 3)).astype(np.uint8)
    assert trim_bed(pixels) is pixels
    assert np.array_equal(read_photo(saved(pixels, "PNG")), pixels)
