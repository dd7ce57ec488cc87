"""The way in which a rendition shows the frames of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.output.label import Label, Stamp, find_label
from pipeline.output.rendition_crop import Crop
from pipeline.output.rendition_shapes import FACE_HEIGHT, Rendition

_DIM: Final = 0.6
"""Brightness of what fills the room above and below a picture, by the picture's own."""


class Layout:
    """The way in which a frame is shown: cut and made small, over a blurred copy of it where there is room left."""

    def __init__(self, picture: Pixels, crop: Crop, shape: Rendition) -> None:
        aspect = shape.aspect or crop.width / crop.height
        rows = max(crop.height, round(crop.width / aspect))
        share = min(1.0, shape.side / max(rows, crop.width))
        self._crop = crop
        self._size = (max(2, round(crop.width * share)), max(2, round(crop.height * share)))
        self._canvas: Pixels | None = None
        self._top = 0
        self._picture, self._share = picture, share
        self._unlabel: Stamp | None = None
        self._stamp: Stamp | None = None
        rows = round(rows * share)
        if rows > self._size[1] + 2:
            self._canvas = _blur(picture, (self._size[0], rows))
            self._top = round(FACE_HEIGHT * (rows - self._size[1]))

    def draw(self, frame: Pixels) -> Pixels:
        """A frame of the clip, uint8 H×W×3 RGB → one of the rendition."""
        if self._unlabel is not None:
            frame = self._unlabel.apply(frame)
        drawn = self._lay_out(frame)
        return self._stamp.apply(drawn) if self._stamp else drawn

    def label_anew(self, first: Pixels, label: Label, faces: Sequence[Float]) -> None:
        """Take the clip's label off each frame, as it may be cut, and lay another one over what is shown.

        Args:
            first: The clip's first frame, uint8 H×W×3 RGB: the picture with a label.
            label: The label.
            faces: Boxes that it leaves clear, in pixels of the picture.
        """
        self._unlabel = find_label(self._picture[: first.shape[0], : first.shape[1]], first)
        drawn = self._lay_out(self._picture)
        shown = [(box - np.tile(self._crop[:2], 2)) * self._share + (0, self._top, 0, self._top) for box in faces]
        self._stamp = label.fix(drawn, shown).stamp(drawn)

    def _lay_out(self, frame: Pixels) -> Pixels:
        part = self._crop.cut(frame)
        if part.shape[1::-1] != self._size:
            part = np.asarray(cv2.resize(part, self._size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if self._canvas is None:
            return np.ascontiguousarray(part)
        drawn = self._canvas.copy()
        drawn[self._top : self._top + self._size[1]] = part
        return drawn


def _blur(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of a picture at this size (width, height), without any detail, and darker."""
    width, height = size
    rows = picture.shape[0]
    columns = min(picture.shape[1], max(1, round(rows * width / height)))
    left = (picture.shape[1] - columns) // 2
    small = cv2.resize(
        picture[:, left : left + columns], (16, max(2, round(16 * height / width))), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), 2.0)
    large = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.rint(_DIM * large.astype(np.float32)), dtype=np.uint8)
