"""Colours of a TIFF in 16 bits a channel: Pillow keeps the upper eight, which are empty where a scanner has 12."""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.photo.colour import to_eight_bits
from pipeline.photo.tiff_bands import Pieces, read_pieces, write_tiff
from pipeline.photo.tiff_directory import Directory, Tag

_RGB, _BLACK_IS_ZERO = 2, 1  # of Tag.PHOTOMETRIC
_NOT_PREDICTED, _DIFFERENCES = 1, 2  # of Tag.PREDICTOR
_WHOLE_NUMBERS = 1  # of Tag.SAMPLE_FORMAT
_SHORT = 3
_CHANNELS = 3


def read_deep_colours(directory: Directory, top: int | None = None) -> Image.Image | None:
    """Read a picture in colour that has 16 bits a channel.

    Each plane, or all channels side by side, is handed to the decoder as a grey picture of 16 bits.

    Args:
        directory: Of the picture, checked by `check_tiff`.
        top: The value that becomes white; None: by the range that is used, see `to_eight_bits`.

    Returns:
        The picture in mode RGB, not turned upright; None where it is of another kind, or stored in a way that is
        Pillow's to refuse.
    """
    try:
        samples = directory.number(Tag.SAMPLES, 1)
        if not _is_deep(directory, samples):
            return None
        size = directory.number(Tag.WIDTH, 0), directory.number(Tag.HEIGHT, 0)
        pieces = read_pieces(directory, size)
        if pieces.planes > 1:
            planes = [_read_grey(directory, pieces, size, plane) for plane in range(_CHANNELS)]
            deep = np.stack(planes, axis=2)
        else:
            deep = _read_side_by_side(directory, pieces, size, samples)[:, :, :_CHANNELS]
    except struct.error:
        return None
    return Image.fromarray(to_eight_bits(deep, top))


def _is_deep(directory: Directory, samples: int) -> bool:
    bits = directory.numbers(Tag.BITS, 8)
    formats = directory.numbers(Tag.SAMPLE_FORMAT, 8)
    return (
        directory.number(Tag.PHOTOMETRIC, 0) == _RGB
        and samples == _CHANNELS
        and set(bits) == {16}
        and set(formats) <= {_WHOLE_NUMBERS}
        and directory.number(Tag.PREDICTOR, _NOT_PREDICTED) in {_NOT_PREDICTED, _DIFFERENCES}
    )


def _read_grey(directory: Directory, pieces: Pieces, size: tuple[int, int], plane: int) -> NDArray[np.uint16]:
    each = pieces.across * pieces.down
    bodies = pieces.bodies(directory.data, range(plane * each, (plane + 1) * each))
    predictor = directory.number(Tag.PREDICTOR, _NOT_PREDICTED)
    return _decode(directory, pieces, size, 1, bodies, predictor)


def _read_side_by_side(directory: Directory, pieces: Pieces, size: tuple[int, int], samples: int) -> NDArray[np.uint16]:
    bodies = pieces.bodies(directory.data, range(len(pieces.offsets)))
    wide = _decode(directory, pieces, size, samples, bodies, _NOT_PREDICTED)
    deep = wide.reshape(size[1], size[0], samples)
    if directory.number(Tag.PREDICTOR, _NOT_PREDICTED) == _DIFFERENCES:
        deep = deep.copy()
        for left in range(0, size[0], pieces.width):
            part = deep[:, left : left + pieces.width]
            np.cumsum(part, axis=1, dtype=np.uint16, out=part)
    return deep


def _decode(
    directory: Directory, pieces: Pieces, size: tuple[int, int], samples: int, bodies: list[bytes], predictor: int
) -> NDArray[np.uint16]:
    """Decode pieces as those of a grey picture that is `samples` times as wide."""
    order = directory.layout.order
    kept = {tag: directory.copy(tag) for tag in (Tag.COMPRESSION, Tag.FILL_ORDER) if tag in directory.entries}
    kept[Tag.BITS] = _SHORT, 1, struct.pack(f"{order}H", 16)
    numbers = {
        Tag.WIDTH: samples * size[0],
        Tag.HEIGHT: size[1],
        Tag.SAMPLES: 1,
        Tag.PHOTOMETRIC: _BLACK_IS_ZERO,
        Tag.PREDICTOR: predictor,
        **pieces.shape(samples),
    }
    with TiffImageFile(io.BytesIO(write_tiff(order, kept, numbers, pieces.places, bodies))) as image:
        return np.asarray(image).astype(np.uint16, copy=False)
