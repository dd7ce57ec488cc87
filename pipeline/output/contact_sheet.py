"""Contact sheet: frames of a clip side by side, with the face close up, for a person who judges the clip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from pipeline.arrays import Pixels

_GAP = 6  # pixels between tiles
_PAPER = 24  # their grey
_STRIP = 22  # pixels above a tile, on which its second stands: on the tile it would cover the clip's own word
_PICTURES = (".webp", ".jpg", ".jpeg", ".png")  # FFmpeg reads no animated WebP, and does not go back in a JPEG


def read_frames(clip: Path, count: int) -> tuple[list[Pixels], list[float]]:
    """Read frames that are spread evenly over a clip, the first one included.

    Args:
        clip: A video, or an animated picture.
        count: Number of frames; a shorter clip gives all that it has.

    Returns:
        The frames, uint8 H×W×3 RGB, and the second of each.
    """
    return _read_picture(clip, count) if clip.suffix.lower() in _PICTURES else _read_video(clip, count)


def _read_picture(clip: Path, count: int) -> tuple[list[Pixels], list[float]]:
    """Read a picture, animated or not."""
    from PIL import Image  # noqa: PLC0415

    with Image.open(clip) as picture:
        total = getattr(picture, "n_frames", 1)
        wanted = _places(total, count)
        frames: list[Pixels] = []
        times: list[float] = []
        second = 0.0
        for index in range(total):
            picture.seek(index)
            picture.load()  # only then its duration is that of this frame
            if index in wanted:
                frames.append(np.asarray(picture.convert("RGB"), np.uint8))
                times.append(second)
            second += picture.info.get("duration", 40) / 1000
    return frames, times


def _places(total: int, count: int) -> set[int]:
    return {round(index * total / count) for index in range(count)}


def _read_video(clip: Path, count: int) -> tuple[list[Pixels], list[float]]:
    import av  # noqa: PLC0415  (a quarter of the package's import time)

    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 25)
        total = stream.frames or sum(1 for _ in container.decode(stream))
        wanted = _places(total, count)
        container.seek(0)
        frames: list[Pixels] = []
        times: list[float] = []
        for index, frame in enumerate(container.decode(video=0)):
            if index in wanted:
                frames.append(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
                times.append(index / rate)
    return frames, times


def contact_sheet(
    frames: Sequence[Pixels],
    times: Sequence[float],
    boxes: Sequence[Sequence[float]] = (),
    *,
    columns: int = 4,
    width: int = 1600,
) -> Pixels:
    """Lay frames side by side in one picture; above each tile stands its second.

    Args:
        frames: uint8 H×W×3 RGB, all of one size, at least one.
        times: Second of each frame.
        boxes: x0, y0, x1, y1 of each face in the frames' pixels; the same frames around it follow.
        columns: Tiles in a row.
        width: Pixels of the picture's width.

    Returns:
        uint8 H×`width`×3 RGB.
    """
    if not frames or len(frames) != len(times):
        raise ValueError("a contact sheet needs at least one frame, and a time for each")
    tile = (width - _GAP) // columns - _GAP
    groups = [list(frames)] + [[_around(frame, box) for frame in frames] for box in boxes]
    rows = [row for group in groups for row in _rows(group, times, columns, tile)]
    sheet = np.full((sum(len(row) + _GAP for row in rows) + _GAP, width, 3), _PAPER, np.uint8)
    top = _GAP
    for row in rows:
        sheet[top : top + len(row), _GAP : _GAP + row.shape[1]] = row
        top += len(row) + _GAP
    return sheet


def save_sheet(sheet: Pixels, out: Path) -> None:
    """Write a sheet as PNG."""
    from PIL import Image  # noqa: PLC0415

    Image.fromarray(sheet).save(out, format="PNG")


def _around(frame: Pixels, box: Sequence[float]) -> Pixels:
    """A square around a face, 1.5 times its longer side, inside the frame."""
    height, width = frame.shape[:2]
    x0, y0, x1, y1 = (float(value) for value in box)
    side = max(8, min(round(1.5 * max(x1 - x0, y1 - y0)), height, width))
    left = int(np.clip(round((x0 + x1 - side) / 2), 0, width - side))
    top = int(np.clip(round((y0 + y1 - side) / 2), 0, height - side))
    return frame[top : top + side, left : left + side]


def _rows(frames: Sequence[Pixels], times: Sequence[float], columns: int, tile: int) -> list[Pixels]:
    """Rows of tiles, each `tile` pixels wide, with their seconds above."""
    height = max(1, round(tile * frames[0].shape[0] / frames[0].shape[1]))
    tiles = []
    for frame, time in zip(frames, times, strict=True):
        shrinks = frame.shape[1] > tile
        small = cv2.resize(frame, (tile, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        strip = np.full((_STRIP, tile, 3), _PAPER, np.uint8)
        cv2.putText(strip, f"{time:.2f} s", (2, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
        tiles.append(np.concatenate([strip, small]))
    blank = np.full((height + _STRIP, tile, 3), _PAPER, np.uint8)
    tiles += [blank] * (-len(tiles) % columns)
    gap = np.full((height + _STRIP, _GAP, 3), _PAPER, np.uint8)
    rows = []
    for first in range(0, len(tiles), columns):
        parts = [part for one in tiles[first : first + columns] for part in (one, gap)]
        rows.append(np.concatenate(parts[:-1], axis=1))
    return rows
