"""16 bits a channel: in planes, in tiles, of both byte orders, and 12 bits that lie in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.photo.load import read_photo
from pipeline.photo.tiff_directory import read_directory
from pipeline.photo.tiff_samples import read_deep_colours
from tests.pipeline.photo.pictures import distance, picture, saved
from tests.pipeline.photo.tiffs import written

PHOTO = picture()
WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "of the other byte order": {"byteorder": ">"},
    "strips": {"rowsperstrip": 7},
    "deflated": {"compression": "zlib"},
    "predicted": {"compression": "zlib", "predictor": True},
    "predicted tiles": {"compression": "zlib", "predictor": True, "tile": (32, 16)},
    "tiles": {"tile": (16, 32)},
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("planes", [False, True])
def test_colours_of_16_and_of_12_bits(name: str, bits: int, planes: bool) -> None:
    deep = (PHOTO.astype(np.uint32) * (2**bits - 1) // 255).astype(np.uint16)
    if planes:
        data = written(np.moveaxis(deep, 2, 0), photometric="rgb", planarconfig="separate", **WAYS[name])
    else:
        data = written(deep, photometric="rgb", **WAYS[name])
    assert distance(read_photo(data), PHOTO) < 0.1


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_grey_of_12_bits(kind: str) -> None:
    ramp = np.linspace(0, 4095, 120).astype(np.uint16)[None].repeat(80, axis=0)
    data = written(ramp) if kind == "TIFF" else saved(ramp, kind)
    assert np.abs(read_photo(data)[..., 0].astype(float) - ramp * (255 / 4095)).max() <= 1


def test_other_pictures_are_pillow_s() -> None:
    for data in (saved(PHOTO, "TIFF"), written(PHOTO[..., 0].astype(np.uint16))):
        assert read_deep_colours(read_directory(data)) is None
