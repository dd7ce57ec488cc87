"""Looping GIF: one palette, a dither fixed to the screen, and pixels that stand still are kept, so nothing crawls."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.GifImagePlugin import getdata

from pipeline.arrays import Float, Mask, Pixels

# Index 255 means "as in the frame before"; 255 colours are left.
_TRANSPARENT = 255
# A pixel keeps its colour until the picture under it has changed this much (levels of 255): still parts stay
# bit-identical, and frames shrink at no visible cost.
_MAX_STILL_CHANGE = 3
_PALETTE_FRAMES = 6


def encode_gif(frames: Sequence[Pixels], seconds: float, comment: bytes) -> bytes:
    """Encode a GIF that repeats for ever.

    Args:
        frames: uint8 h×w×3 RGB, all of one size.
        seconds: Length of the loop, over which the frames are shown evenly.
        comment: The comment block, UTF-8.

    Returns:
        The file's bytes.
    """
    height, width = frames[0].shape[:2]
    palette = _palette(frames)
    dither = _Dither(palette, height, width)
    # Hundredths of a second, rounded as a whole: 30 fps is 3, 3, 4.
    ticks = np.rint(np.arange(len(frames) + 1) * (100 * seconds / len(frames))).astype(int)
    parts = [_head(width, height, palette, comment)]
    source, moved = frames[0].copy(), np.ones((height, width), np.bool_)
    shown = np.zeros((height, width), np.uint8)
    shown[moved] = dither(source, moved)
    parts += _block(shown, (0, 0), int(ticks[1] - ticks[0]), clear=False)
    for frame, delay in zip(frames[1:], np.diff(ticks)[1:], strict=True):
        moved = np.asarray((cv2.absdiff(frame, source) > _MAX_STILL_CHANGE).any(axis=2))
        source[moved] = frame[moved]
        fresh = shown.copy()
        fresh[moved] = dither(frame, moved)
        changed = fresh != shown
        box = _box(changed)
        patch = np.where(changed, fresh, _TRANSPARENT).astype(np.uint8)[box]
        parts += _block(patch, (box[1].start, box[0].start), int(delay), clear=True)
        shown = fresh
    return b"".join([*parts, b";"])


def _palette(frames: Sequence[Pixels]) -> Pixels:
    """255 colours for the whole clip, uint8 255×3."""
    picks = np.unique(np.linspace(0, len(frames) - 1, _PALETTE_FRAMES).astype(int))
    height, width = frames[0].shape[:2]
    size = (min(width, 240), max(1, round(height * min(width, 240) / width)))
    sheet = np.concatenate([cv2.resize(frames[i], size, interpolation=cv2.INTER_AREA) for i in picks])
    colours, counts = np.unique(sheet.reshape(-1, 3) & 0xFC, axis=0, return_counts=True)
    # By the root of their number: else a wide wall takes all colours and the lips turn brown.
    weighted = np.repeat(colours + 2, np.ceil(np.sqrt(counts)).astype(int), axis=0)[None]
    quantized = Image.fromarray(weighted).quantize(_TRANSPARENT, Image.Quantize.MEDIANCUT, kmeans=1)
    colours = np.asarray((quantized.getpalette() or [0, 0, 0])[: 3 * _TRANSPARENT], dtype=np.uint8).reshape(-1, 3)
    return np.concatenate([colours, np.repeat(colours[-1:], _TRANSPARENT - len(colours), axis=0)])


class _Dither:
    """The colours of a palette for pixels, by a pattern that stands still."""

    def __init__(self, palette: Pixels, height: int, width: int) -> None:
        self._palette = palette.astype(np.float32)
        self._offset = (_noise(height, width) - 0.5) * np.float32(_spacing(palette))
        # the nearest colour for each RGB of 6 bits a channel, -1 where none was asked for yet
        self._nearest = np.full(64**3, -1, np.int16)

    def __call__(self, frame: Pixels, which: Mask) -> Pixels:
        """Numbers (n,) of the colours of those pixels of a frame (h, w, 3) that are chosen (h, w)."""
        levels = np.clip(frame[which] + self._offset[which][:, None], 0, 255).astype(np.int32) >> 2
        asked = (levels[:, 0] << 12) | (levels[:, 1] << 6) | levels[:, 2]
        found = self._nearest[asked]
        if (found < 0).any():
            self._find(np.unique(asked[found < 0]))
            found = self._nearest[asked]
        return np.asarray(found, np.uint8)

    def _find(self, asked: NDArray[np.int32]) -> None:
        colours = np.stack([asked >> 12, asked >> 6 & 63, asked & 63], -1).astype(np.float32) * 4 + 2
        _, found = cv2.batchDistance(colours, self._palette, cv2.CV_32F, normType=cv2.NORM_L2SQR, K=1)
        self._nearest[asked] = found[:, 0]


def _spacing(palette: Pixels) -> float:
    """Distance of neighbouring colours in levels a channel, which the dither has to bridge."""
    colours = np.unique(palette, axis=0).astype(np.float32)
    if len(colours) < 2:
        return 0.0
    distance, _ = cv2.batchDistance(colours, colours, cv2.CV_32F, normType=cv2.NORM_L2, K=2)
    return float(np.median(distance[:, 1]) / np.sqrt(3))


def _noise(height: int, width: int) -> Float:
    """Interleaved gradient noise (Jimenez 2014), 0..1: even like an ordered dither, without its grid."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return np.asarray((52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1)) % 1, dtype=np.float32)


def _box(changed: Mask) -> tuple[slice, slice]:
    """The smallest box around the changed pixels; one pixel where none is: a frame also carries its delay."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if rows.size == 0:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _head(width: int, height: int, palette: Pixels, comment: bytes) -> bytes:
    """Screen, colours, "repeat for ever", comment."""
    colours = palette.tobytes() + b"\0\0\0"
    blocks = [comment[i : i + 255] for i in range(0, len(comment), 255)]
    return b"".join(
        [
            b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + colours,
            b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0",
            b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0",
        ]
    )


def _block(index: Pixels, at: tuple[int, int], ticks: int, *, clear: bool) -> list[bytes]:
    """One frame: its delay, its place, its pixels packed by Pillow's LZW."""
    extra = {"transparency": _TRANSPARENT} if clear else {}
    return getdata(Image.fromarray(np.ascontiguousarray(index)), at, duration=10 * ticks, disposal=1, **extra)
