"""Any picture file becomes an upright sRGB photo of the size that was asked for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from pipeline.photo.load import read_photo
from tests.pipeline.photo.pictures import FORMATS, distance, picture, resized, saved


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_each_format(kind: str, tmp_path: Path) -> None:
    source = picture()
    path = tmp_path / "no-suffix-needed"
    path.write_bytes(saved(source, kind))
    pixels = read_photo(path)
    assert pixels.shape == (80, 120, 3)
    assert distance(pixels, source) < (9 if kind == "GIF" else 3)
    assert pixels.flags.c_contiguous and not pixels.flags.writeable


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_turns_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = picture()
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(saved(source, "PNG", exif=exif))))
    # bytes: pillow-heif turns the picture for them only
    pixels = read_photo(saved(source, kind, exif=exif.tobytes()))
    assert pixels.shape == (expected.height, expected.width, 3)
    assert distance(pixels, np.asarray(expected)) < 3


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_heif_that_is_turned_by_its_exif_alone(orientation: int) -> None:
    """Its own turn is taken away, as programs do that write EXIF and nothing else."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright, data = picture(), saved(picture(), "HEIF", exif=exif.tobytes())
    alone = data.replace(b"irot", b"free").replace(b"imir", b"free")
    assert (alone != data) == (orientation != 1)
    expected = {1: upright, 3: upright[::-1, ::-1], 6: np.rot90(upright, -1)}[orientation]
    for file in (data, alone):
        pixels = read_photo(file)
        assert pixels.shape == expected.shape
        assert distance(pixels, np.asarray(expected)) < 3


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turns_further_clockwise(turn: int, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = read_photo(saved(picture(), "PNG", exif=exif), turn=turn)
    upright = read_photo(saved(picture(), "PNG", exif=exif))
    assert np.array_equal(turned, np.rot90(upright, -turn // 90))


def test_there_are_four_turns() -> None:
    with pytest.raises(ValueError, match="turn"):
        read_photo(saved(picture(), "PNG"), turn=45)


def test_bigger_photo_is_scaled_down_and_smaller_never_up() -> None:
    pixels = read_photo(saved(picture(900, 600), "JPEG"), long_side=300)
    assert pixels.shape == (200, 300, 3)
    assert distance(pixels, resized(picture(900, 600), 300, 200)) < 3
    assert read_photo(saved(picture(), "PNG"), long_side=300).shape == (80, 120, 3)


def test_turned_and_scaled() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = read_photo(saved(picture(900, 600), "JPEG", exif=exif), long_side=300)
    assert pixels.shape == (300, 200, 3)


def test_a_very_long_strip_keeps_one_pixel() -> None:
    pixels = read_photo(saved(np.zeros((1, 30_000), np.uint8), "PNG"), long_side=1000)
    assert pixels.shape == (1, 1000, 3)


def test_nothing_to_scale_to() -> None:
    with pytest.raises(ValueError, match="long_side"):
        read_photo(saved(picture(), "PNG"), long_side=0)
