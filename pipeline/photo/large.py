"""Pictures that are too large to be decoded as a whole: PNG and TIFF band after band, each made small at once."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.bands import Band, find_factor, put_together
from pipeline.photo.png_bands import PngBands
from pipeline.photo.tiff_bands import tiff_bands
from pipeline.photo.tiff_directory import Tag, read_directory
from pipeline.photo.tiff_samples import read_deep_colours

_ORIENTATION = 0x0112


def is_large(image: Image.Image) -> bool:
    """Whether a picture, loaded or not, is too large to be decoded as a whole."""
    return image.width * image.height > MAX_WHOLE_PIXELS


def reduce_tiff(data: bytes, long_side: int) -> Image.Image:
    """Decode a TIFF's first picture at a reduced scale.

    Args:
        data: The whole file, checked by `check_tiff`.
        long_side: Pixels of the longer side that are needed.

    Returns:
        The picture as it is stored, with at least twice that side, if it has no more than MAX_WHOLE_PIXELS then; its
        EXIF orientation and its profile.

    Raises:
        PhotoError: `too_large`: it is stored in pieces that are too large; `broken_file`: pieces are missing.
        OSError: And whatever else Pillow raises on damaged bytes.
    """
    directory = read_directory(data)
    size = directory.number(Tag.WIDTH, 0), directory.number(Tag.HEIGHT, 0)
    factor = find_factor(size, long_side)
    whole = put_together(map(_load_tiff_band, tiff_bands(directory, factor)), size, factor)
    with TiffImageFile(io.BytesIO(data)) as opened:
        _copy_facts(opened, whole)
    return whole


def reduce_png(data: bytes, long_side: int) -> Image.Image:
    """Decode a PNG at a reduced scale; see `reduce_tiff`.

    Raises:
        PhotoError: `too_large`: its rows are interlaced, or have 2, 4 or 16 bits; `broken_file`: rows are missing.
        OSError: And whatever else Pillow raises on damaged bytes.
    """
    with PngImageFile(io.BytesIO(data)) as opened:
        size = opened.size
        factor = find_factor(size, long_side)
        bands = PngBands(data, factor)
        opened.info["exif"] = bands.exif  # before Pillow decodes the pixels to look behind them
        whole = put_together(_load_png_bands(bands), size, factor)
        _copy_facts(opened, whole)
    return whole


def _load_tiff_band(band: Band) -> Image.Image:
    # the range that is used is told by the whole alone
    deep = read_deep_colours(read_directory(band.file), top=65535)
    return _load(TiffImageFile(io.BytesIO(band.file)), band) if deep is None else deep


def _load_png_bands(bands: PngBands) -> Iterator[Image.Image]:
    for band in bands:
        loaded = _load(PngImageFile(io.BytesIO(band.file)), band)
        bands.keep_last_row(loaded)
        yield loaded


def _load(image: ImageFile.ImageFile, band: Band) -> Image.Image:
    image.load()
    return image.crop((0, band.skip, image.width, image.height)) if band.skip else image


def _copy_facts(opened: Image.Image, whole: Image.Image) -> None:
    whole.info["icc_profile"] = opened.info.get("icc_profile")
    orientation = opened.getexif().get(_ORIENTATION)
    if orientation is not None:
        whole.getexif()[_ORIENTATION] = orientation
