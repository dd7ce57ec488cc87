"""The demo portrait: whole, or the part with the face at a size that is asked for."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest
from PIL import Image

from skill.demo_portrait import NoPortraitError, astronaut


def test_the_portrait_is_whole_or_of_the_size_asked_for() -> None:
    assert Image.open(BytesIO(astronaut())).size == (512, 512)
    assert Image.open(BytesIO(astronaut((320, 240)))).size == (320, 240)


def test_without_its_package_the_error_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    with pytest.raises(NoPortraitError, match="pip install"):
        astronaut()
