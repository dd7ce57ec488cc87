"""The part of a clip that a rendition shows: around those who move, with their heads whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import av
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.output.rendition_shapes import FACE_HEIGHT, Rendition

_ROOM: Final = 1.45
"""Width that the heads need, by the width of the faces' boxes."""
_MOVEMENT_SIDE: Final = 320
"""Pixels of the longer side at which the movement of faces is compared."""
_MOVES: Final = 0.4
"""Share of the strongest movement of a face from which another one moves as well."""


class Crop(NamedTuple):
    """A part of a picture, in whole pixels."""

    left: int
    """Columns to the left of it."""
    top: int
    """Rows above it."""
    width: int
    """Its columns."""
    height: int
    """Its rows."""

    def cut(self, frame: Pixels) -> Pixels:
        """This part of a frame, uint8 H×W×3 RGB; a view."""
        return frame[self.top : self.top + self.height, self.left : self.left + self.width]


def crop_around(boxes: Sequence[Float], size: tuple[int, int], shape: Rendition) -> Crop:
    """The part of a picture that a rendition shows.

    Args:
        boxes: Of the faces that are meant, (x0, y0, x1, y1) in pixels of the picture; none: a little above its middle.
        size: (width, height) of the picture in pixels.
        shape: Of the rendition; it has an aspect.

    Returns:
        A part within the picture: of that aspect, or wider, where the faces have no room in it.
    """
    width, height = size
    aspect = shape.aspect or width / height
    tall = min(float(height), width / aspect)
    middle_x, middle_y = width / 2, FACE_HEIGHT * height
    if len(boxes):
        left, top = np.min(np.asarray(boxes)[:, :2], axis=0)
        right, bottom = np.max(np.asarray(boxes)[:, 2:], axis=0)
        middle_x, middle_y = float(left + right) / 2, float(top + bottom) / 2
        needed = min(float(width), _ROOM * float(right - left))
        if needed > tall * aspect:  # a face is never cut: what is missing above and below is filled
            columns = max(2, int(needed))
            rows = max(2, min(height, int(needed / aspect)))
            return _place(middle_x, middle_y, columns, rows, size, shape.middle)
        if shape.face_share:
            wanted = max(float(bottom - top) / shape.face_share, needed / aspect)
            tall = min(tall, max(wanted, min(tall, shape.lowest)))
    return _place(middle_x, middle_y, max(2, int(tall * aspect)), max(2, int(tall)), size, shape.middle)


def _place(middle_x: float, middle_y: float, columns: int, rows: int, size: tuple[int, int], share: float) -> Crop:
    """The part of so many columns and rows with a point at this share of its height, within a picture."""
    width, height = size
    return Crop(
        int(np.clip(middle_x - columns / 2, 0, width - columns)),
        int(np.clip(middle_y - share * rows, 0, height - rows)),
        columns,
        rows,
    )


def moving_boxes(clip: Path, picture: Pixels, boxes: Sequence[Float]) -> list[Float]:
    """Those faces that move, of all on a clip: the others only stand beside.

    Args:
        clip: The MP4.
        picture: Its first frame at full size, uint8 H×W×3 RGB.
        boxes: Of all faces, in pixels of the picture.

    Returns:
        Their boxes; all, where only one is there.
    """
    if len(boxes) < 2:
        return list(boxes)
    share = min(1.0, _MOVEMENT_SIDE / max(picture.shape[:2]))
    movement = _movement(clip, share)
    strengths = []
    for box in boxes:
        x0, y0, x1, y1 = (np.clip(np.rint(np.asarray(box) * share), 0, None)).astype(int)
        part = movement[y0 : y1 + 1, x0 : x1 + 1]
        strengths.append(float(part.mean()) if part.size else 0.0)
    return [box for box, strength in zip(boxes, strengths, strict=True) if strength >= _MOVES * max(strengths)]


def _movement(clip: Path, share: float) -> Float:
    """The largest change of each pixel from its first value, in levels of brightness, at `share` of the clip's size."""
    first: Float | None = None
    most: Float = np.zeros((1, 1), np.float32)
    with av.open(clip) as source:
        video = source.streams.video[0]
        size = (max(2, round(video.width * share)), max(2, round(video.height * share)))
        for frame in source.decode(video):
            grey = frame.reformat(width=size[0], height=size[1], format="gray").to_ndarray().astype(np.float32)
            if first is None:
                first, most = grey, np.zeros_like(grey)
            most = np.maximum(most, np.abs(grey - first))
    return most
