"""Bands of a PNG: its rows are inflated as they come, and each band is a PNG of its own, which is not deflated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from pipeline.errors import PhotoError, Reason
from pipeline.photo.bands import Band, plan_bands

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = frozenset({b"PLTE", b"tRNS"})
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = frozenset({1, 8})


class _Chunk(NamedTuple):
    """A chunk of a file."""

    name: bytes
    """Four letters."""
    body: memoryview
    """Its bytes."""


class PngBands:
    """The bands of a large PNG, from its top to its bottom.

    A row is stored as its difference from the one above: each band but the first begins with the last row of the band
    before, which the caller hands back.
    """

    def __init__(self, data: bytes, factor: int) -> None:
        """Read the header.

        Args:
            data: The whole file, checked by `check_png`.
            factor: Of `pipeline.photo.bands.find_factor`.

        Raises:
            PhotoError: `too_large`: its rows are interlaced, or have 2, 4 or 16 bits.
        """
        chunks = list(_chunks(data))
        self.exif = next((bytes(chunk.body) for chunk in chunks if chunk.name == b"eXIf"), b"")
        """Its EXIF, which may lie behind the pixels."""
        header = struct.unpack_from(">IIBBBBB", data, 16)
        self._width, self._height, self._depth, self._kind, _, _, interlaced = header
        if self._depth not in _DEPTHS or interlaced:
            raise PhotoError(Reason.TOO_LARGE, f"png: a large picture of {self._depth} bits, interlaced: {interlaced}")
        self._kept = [chunk for chunk in chunks if chunk.name in _KEPT]
        self._rows = plan_bands((self._width, self._height), factor).rows
        self._stream = _Inflated(chunk.body for chunk in chunks if chunk.name == b"IDAT")
        self._last_row = b""

    def __iter__(self) -> Iterator[Band]:
        """The bands; `keep_last_row` is called before the next one.

        Raises:
            PhotoError: `broken_file`: there are too few rows.
        """
        row_bytes = 1 + -(-self._width * self._depth * _CHANNELS.get(self._kind, 1) // 8)
        for top in range(0, self._height, self._rows):
            rows = min(self._rows, self._height - top)
            before = b"\0" + self._last_row if top else b""  # a row without a filter
            pixels = before + self._stream.read(rows * row_bytes)
            skip = 1 if top else 0
            yield Band(self._file(rows + skip, pixels), skip)

    def keep_last_row(self, band: Image.Image) -> None:
        """Take the last row of a loaded band, in the mode in which Pillow decodes it."""
        row = np.asarray(band.crop((0, band.height - 1, band.width, band.height)))
        self._last_row = np.packbits(row != 0).tobytes() if self._depth == 1 else row.tobytes()

    def _file(self, rows: int, pixels: bytes) -> bytes:
        header = struct.pack(">IIBBBBB", self._width, rows, self._depth, self._kind, 0, 0, 0)
        kept = b"".join(_write(chunk.name, bytes(chunk.body)) for chunk in self._kept)
        body = _write(b"IDAT", zlib.compress(pixels, 0))
        return _SIGNATURE + _write(b"IHDR", header) + kept + body + _write(b"IEND", b"")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at, view = len(_SIGNATURE), memoryview(data)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        yield _Chunk(name, view[at + 8 : at + 8 + length])
        if name == b"IEND":
            return
        at += 12 + length


def _write(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))


class _Inflated:
    """The bytes of a deflated stream that comes in pieces."""

    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces, self._inflater, self._waiting = pieces, zlib.decompressobj(), b""

    def read(self, size: int) -> bytes:
        """So many bytes; `broken_file` where there are fewer."""
        found = bytearray()
        while len(found) < size:
            piece = self._waiting or next(self._pieces, None)
            more = self._inflater.decompress(piece or b"", size - len(found))
            if piece is None and not more:
                raise PhotoError(Reason.BROKEN_FILE, "png: too few rows")
            found += more
            self._waiting = self._inflater.unconsumed_tail
        return bytes(found)
