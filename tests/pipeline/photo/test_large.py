"""A large picture that is decoded band after band is the picture: each way of storing one, against the whole."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.photo import bands, decode, large
from pipeline.photo.large import reduce_png, reduce_tiff
from pipeline.photo.load import read_photo
from tests.pipeline.photo.icc_profiles import DISPLAY_P3
from tests.pipeline.photo.pictures import distance, picture, saved
from tests.pipeline.photo.tiffs import written

PHOTO = picture(243, 165)
GREY = Image.fromarray(PHOTO).convert("L")
PLANES = np.moveaxis(PHOTO, 2, 0)
DEEP = PHOTO.astype(np.uint16) * 257


@pytest.fixture(autouse=True)
def small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands of some rows each."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 5_000)


PNGS = {
    "colour": saved(PHOTO, "PNG"),
    "grey": saved(GREY, "PNG"),
    "palette": saved(Image.fromarray(PHOTO).convert("P"), "PNG"),
    "black and white": saved(GREY.convert("1"), "PNG"),
    "transparent": saved(Image.fromarray(PHOTO).convert("RGBA"), "PNG"),
    "grey and transparent": saved(GREY.convert("LA"), "PNG"),
}
TIFFS = {
    "strips": saved(PHOTO, "TIFF", compression="tiff_lzw", tiffinfo={278: 7}),
    "one strip": written(PHOTO, photometric="rgb", rowsperstrip=165),
    "one strip of bits": saved(GREY.convert("1"), "TIFF", tiffinfo={278: 165}),
    "tiles": written(PHOTO, photometric="rgb", tile=(32, 16), compression="zlib", predictor=True),
    "planes": written(PLANES, photometric="rgb", planarconfig="separate", rowsperstrip=8),
    "big": written(PHOTO, photometric="rgb", bigtiff=True, rowsperstrip=3),
    "of the other byte order": written(PHOTO, photometric="rgb", byteorder=">", rowsperstrip=3),
    "16 bits": written(DEEP, photometric="rgb", rowsperstrip=3),
    "16 bits in planes": written(np.moveaxis(DEEP, 2, 0), photometric="rgb", planarconfig="separate", rowsperstrip=3),
    "fax": saved(GREY.convert("1"), "TIFF", compression="group4", tiffinfo={278: 8}),
    "jpeg": saved(PHOTO, "TIFF", compression="jpeg", tiffinfo={278: 16}),
}


def reduced(data: bytes, factor: int) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        even = image.convert("RGBA" if "A" in image.mode else "L" if image.mode in {"1", "L"} else "RGB")
        return np.asarray(even.reduce(factor).convert("RGB"))


@pytest.mark.parametrize("name", PNGS)
def test_bands_of_a_png_are_the_picture(name: str) -> None:
    small = reduce_png(PNGS[name], 40)
    assert small.size == (81, 55)
    assert np.array_equal(np.asarray(small.convert("RGB")), reduced(PNGS[name], 3))


@pytest.mark.parametrize("name", TIFFS)
def test_bands_of_a_tiff_are_the_picture(name: str) -> None:
    small = reduce_tiff(TIFFS[name], 40)
    assert small.size == (81, 55)
    expected = np.asarray(Image.fromarray(PHOTO).reduce(3)) if "16 bits" in name else reduced(TIFFS[name], 3)
    assert distance(np.asarray(small.convert("RGB")), expected) < (1 if name == "jpeg" else 0.01)


def test_the_bits_that_grey_uses_are_told_by_the_whole() -> None:
    """A dark band alone would look like one of 12 bits."""
    deep = np.linspace(0, 65535, 165).astype(np.uint16)[:, None].repeat(243, axis=1)
    small = reduce_tiff(written(deep, rowsperstrip=5), 40)
    assert np.array_equal(np.asarray(small), np.asarray(Image.fromarray(deep).convert("I").reduce(3)))


@pytest.mark.parametrize(
    ("reduce", "data"),
    [
        (reduce_png, saved(Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257), "PNG")),
        (reduce_tiff, saved(PHOTO, "TIFF", compression="tiff_lzw", tiffinfo={278: 165})),
    ],
)
def test_what_can_only_be_decoded_as_a_whole_is_too_large(
    reduce: object, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bands, "MAX_WHOLE_PIXELS", 20_000)
    assert callable(reduce)
    with pytest.raises(PhotoError) as caught:
        reduce(data, 40)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_a_large_photo_is_turned_and_has_its_colours(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(picture(640, 480), kind, exif=exif, icc_profile=DISPLAY_P3)
    expected = read_photo(data, long_side=80)
    for module in (bands, decode, large):
        monkeypatch.setattr(module, "MAX_WHOLE_PIXELS", 100_000)
    pixels = read_photo(data, long_side=80)
    assert pixels.shape == (80, 60, 3)
    assert distance(pixels, expected) < 1
