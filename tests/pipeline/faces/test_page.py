"""Of several pages the one with the largest face is meant."""

from __future__ import annotations

import pytest
from PIL import Image

from pipeline.faces.finder import FaceFinder
from pipeline.faces.page import choose_page
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from tests.pipeline.photo.pictures import picture, saved
from weights.store import WeightStore


@pytest.fixture(scope="module")
def finder(built_weights: WeightStore) -> FaceFinder:
    return FaceFinder(Runtime(built_weights.path))


def test_the_page_with_the_largest_face(finder: FaceFinder) -> None:
    portrait = Image.fromarray(read_photo(astronaut(), long_side=320))
    letter, sheet = Image.fromarray(picture()[:40, 60:]), Image.new("RGB", (300, 200), "white")
    near = portrait.crop((60, 0, 220, 160)).resize((320, 320))
    assert choose_page(finder, paged(sheet, letter, portrait, near, portrait)) == 3
    assert choose_page(finder, paged(sheet, letter, letter)) == 1  # nobody: the first that is not blank
    assert choose_page(finder, paged(sheet, sheet)) is None
    assert choose_page(finder, saved(portrait, "TIFF")) is None


def paged(*pages: Image.Image) -> bytes:
    return saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
