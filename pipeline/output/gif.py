"""Looping GIF: one palette, a dither fixed to the screen, and pixels that stand still are kept, so nothing crawls."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image
from PIL.GifImagePlugin import getdata
from scipy.spatial import cKDTree

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
    table, spread = _nearest(palette), _spacing(palette)
    offset = ((_noise(height, width) - 0.5) * spread)[..., None]
    # Hundredths of a second, rounded as a whole: 30 fps is 3, 3, 4.
    ticks = np.rint(np.arange(len(frames) + 1) * (100 * seconds / len(frames))).astype(int)
    parts = [_head(width, height, palette, comment)]
    shown, source = _dither(frames[0], offset, table), frames[0].copy()
    parts += _block(shown, (0, 0), int(ticks[1] - ticks[0]), clear=False)
    for frame, delay in zip(frames[1:], np.diff(ticks)[1:], strict=True):
        moved = (cv2.absdiff(frame, source) > _MAX_STILL_CHANGE).any(axis=2)
        source[moved] = frame[moved]
        fresh = np.where(moved, _dither(frame, offset, table), shown)
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


def _nearest(palette: Pixels) -> Pixels:
    """Index of the nearest colour for each RGB of 6 bits a channel: uint8 (64·64·64,)."""
    levels = np.arange(64) * 4 + 2
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    _, index = cKDTree(palette.astype(np.float64)).query(grid)
    return np.asarray(index, dtype=np.uint8)


def _spacing(palette: Pixels) -> float:
    """Distance of neighbouring colours in levels a channel, which the dither has to bridge."""
    colours = np.unique(palette, axis=0).astype(np.float64)
    if len(colours) < 2:
        return 0.0
    distance, _ = cKDTree(colours).query(colours, k=2)
    return float(np.median(np.atleast_2d(distance)[:, 1]) / np.sqrt(3))


def _noise(height: int, width: int) -> Float:
    """Interleaved gradient noise (Jimenez 2014), 0..1: even like an ordered dither, without its grid."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return np.asarray((52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1)) % 1, dtype=np.float32)


def _dither(frame: Pixels, offset: Float, table: Pixels) -> Pixels:
    bits = np.clip(frame + offset, 0, 255).astype(np.int32) >> 2
    return np.asarray(table[(bits[..., 0] << 12) | (bits[..., 1] << 6) | bits[..., 2]])


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
