"""The visible label: a word in a corner that says that a program made the movement, in the photo's own light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, overload

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.arrays import Float, Pixels
from pipeline.limits import LABEL_PLACES, LABEL_TEXT

MAX_AREA: Final = 0.03
"""Largest share of the picture that the label's box takes."""

_FONT: Final = Path(__file__).parent / "font" / "golos-text-medium.ttf"
_SHOWN = (358.0, 439.0)  # CSS pixels, width and height, in which our page shows a clip on a phone of 390×844
_LETTERS = 10.0  # CSS pixels that the letters are high there; under 9 one looks twice
_SMALLEST = 11.0  # pixels of the picture: fewer do not draw «ж» and «в»
_FINER = 4  # times: letters are drawn so much larger, for a font of few pixels has gaps between them
_THIN = 16.0  # pixels of the picture: strokes of smaller letters are thinner than a pixel, and drawn stronger
_MARGIN = 0.75  # from the picture's edges, in sizes of the letters
_PADDING = 0.35  # around the letters, for their halo
_LIGHT_LETTERS = 118.0  # luma under the label up to which light letters have the better contrast: 3.2 at least
_OPACITY = 0.82
_CORNER = (0.3, 0.5)  # shares of height and width in which a label lies
_LEAST_DIFFERENCE = 5.0  # levels of 255, mean of a spot; the encoder's errors there are below 3
_HALO, _MOST_HALO, _HALO_BY_UNREST = 0.32, 0.7, 2.0  # of the halo, and more where the picture is uneven


class Corner(NamedTuple):
    """A corner of the picture."""

    right: bool
    """Whether it is at the right."""
    bottom: bool
    """Whether it is at the bottom."""


_CORNERS: Final = {
    "top-right": Corner(right=True, bottom=False),
    "top-left": Corner(right=False, bottom=False),
    "bottom-right": Corner(right=True, bottom=True),
    "bottom-left": Corner(right=False, bottom=True),
}


@dataclass(frozen=True, slots=True)
class Label:
    """The label as the operator wishes it."""

    text: str = LABEL_TEXT
    """Its letters: Latin or Cyrillic."""
    place: str = LABEL_PLACES[0]
    """One of LABEL_PLACES."""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a label needs letters")
        if self.place not in LABEL_PLACES:
            raise ValueError(f"a label's place is one of {', '.join(LABEL_PLACES)}, not {self.place!r}")

    def fix(self, picture: Pixels, faces: Sequence[Float] = ()) -> FixedLabel:
        """Choose the corner for a clip.

        Args:
            picture: Its first frame, uint8 H×W×3 RGB.
            faces: Boxes that are to stay clear, (x0, y0, x1, y1) in pixels of the picture.
        """
        if self.place != LABEL_PLACES[0]:
            return FixedLabel(self.text, _CORNERS[self.place])
        return FixedLabel(
            self.text, min(_CORNERS.values(), key=lambda corner: _cost(picture, self.text, corner, faces))
        )


@dataclass(frozen=True, slots=True)
class FixedLabel:
    """A label whose corner is chosen; pictures of any size can bear it."""

    text: str
    """Its letters."""
    corner: Corner
    """Its corner."""

    def stamp(self, picture: Pixels) -> Stamp:
        """Prepare the label for frames of one size, in the light of one of them, uint8 H×W×3 RGB."""
        letters = _letters(self.text, picture.shape[1], picture.shape[0])
        top, left = _position(letters.shape, picture.shape, self.corner)
        part = picture[top : top + letters.shape[0], left : left + letters.shape[1]]
        letters = letters[: part.shape[0], : part.shape[1]]
        colour, halo_colour = _colours(part)
        unrest = float(_luma(part.astype(np.float32)).std()) / 255
        opacity = min(_MOST_HALO, _HALO + _HALO_BY_UNREST * unrest)
        halo = opacity * np.clip(1.6 * cv2.GaussianBlur(letters, (0, 0), max(1.0, 0.1 * letters.shape[0])), 0, 1)
        ink, halo = (_OPACITY * letters)[..., None], halo[..., None]
        return Stamp(top, left, (1 - ink) * (1 - halo), colour * ink + halo_colour * halo * (1 - ink))


class Stamp(NamedTuple):
    """A label as it is laid over each frame of a clip: what stands still under it stays bit-identical."""

    top: int
    """Rows above its box."""
    left: int
    """Columns to the left of its box."""
    keep: Float
    """Share of the frame that is seen through it, float32 h×w×1."""
    add: Float
    """Colour that is added, float32 h×w×3, 0..255."""

    def apply(self, frame: Pixels) -> Pixels:
        """Lay the label over a copy of a frame, uint8 H×W×3 RGB."""
        out = frame.copy()
        part = out[self.top : self.top + self.keep.shape[0], self.left : self.left + self.keep.shape[1]]
        part[:] = np.clip(np.rint(part * self.keep + self.add), 0, 255).astype(np.uint8)
        return out


class LabelledFrames(Sequence[Pixels]):
    """Frames of one size with their label, drawn when a frame is asked for: no second copy of all is held."""

    def __init__(self, frames: Sequence[Pixels], label: FixedLabel) -> None:
        """`frames`: uint8 h×w×3 RGB, at least one."""
        self._frames, self._stamp = frames, label.stamp(frames[0])

    @overload
    def __getitem__(self, index: int) -> Pixels: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pixels]: ...
    def __getitem__(self, index: int | slice) -> Pixels | list[Pixels]:
        if isinstance(index, slice):
            return [self._stamp.apply(frame) for frame in self._frames[index]]
        return self._stamp.apply(self._frames[index])

    def __len__(self) -> int:
        return len(self._frames)


def find_label(picture: Pixels, labelled: Pixels) -> Stamp:
    """Find what a label has changed in a picture; laid over each frame of the clip this takes the label off.

    Args:
        picture: Without a label, uint8 H×W×3 RGB.
        labelled: The same with a label in a corner, decoded from a clip.

    Returns:
        What it takes to have the picture again, and nothing where there is no label: the encoder's errors are left.
    """
    height, width = picture.shape[:2]
    difference = picture.astype(np.float32) - labelled.astype(np.float32)
    near = cv2.GaussianBlur(np.abs(difference).max(axis=2), (0, 0), max(1.0, 0.002 * (height + width)))
    rows, columns = round(_CORNER[0] * height), round(_CORNER[1] * width)
    near[rows : height - rows] = 0
    near[:, columns : width - columns] = 0
    difference[near < _LEAST_DIFFERENCE] = 0
    left, top, columns, rows = cv2.boundingRect((near >= _LEAST_DIFFERENCE).astype(np.uint8))
    part = difference[top : top + rows, left : left + columns].copy()
    return Stamp(top, left, np.ones((rows, columns, 1), np.float32), part)


@lru_cache(maxsize=8)
def _letters(text: str, width: int, height: int) -> Float:
    """The coverage of the letters for a picture of that size, float32 h×w, 0..1; its box takes at most MAX_AREA."""
    size = max(_SMALLEST, _LETTERS * max(width / _SHOWN[0], height / _SHOWN[1]))
    while size > 2:
        font = ImageFont.truetype(_FONT, size * _FINER)
        left, _, right, _ = font.getbbox(text)
        columns, rows = round((right - left) / _FINER + 2 * _PADDING * size), round((1 + 2 * _PADDING) * size)
        if columns * rows <= MAX_AREA * width * height and columns + 2 * _MARGIN * size <= width:
            break
        size *= 0.93
    canvas = Image.new("L", (columns * _FINER, rows * _FINER))
    # by the height of lower-case letters, not by the word's own: two labels stand on one line
    middle = (columns * _FINER / 2, (rows * 0.5 + 0.27 * size) * _FINER)
    ImageDraw.Draw(canvas).text(middle, text, 255, font, anchor="ms")
    drawn = np.asarray(canvas, dtype=np.float32) / np.float32(255)
    letters = np.array(cv2.resize(drawn, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    np.minimum(letters * np.float32(max(1.0, _THIN / size)), 1, out=letters)
    letters.setflags(write=False)
    return letters


def _position(shape: tuple[int, ...], picture: tuple[int, ...], corner: Corner) -> tuple[int, int]:
    """(top, left) of a box in a corner; the letters, not their halo, keep the margin."""
    margin = max(0, round(shape[0] * (_MARGIN - _PADDING) / (1 + 2 * _PADDING)))
    top = picture[0] - margin - shape[0] if corner.bottom else margin
    left = picture[1] - margin - shape[1] if corner.right else margin
    return max(0, top), max(0, left)


def _colours(part: Pixels) -> tuple[Float, Float]:
    """The colours of letters and halo over a part of a picture: its own, much lighter and much darker."""
    own = np.median(part.reshape(-1, 3), axis=0).astype(np.float32)
    light, dark = 255 - 0.1 * (255 - own), 0.16 * own
    return (light, dark) if _luma(own) <= _LIGHT_LETTERS else (dark, light)


def _luma(colour: Float) -> Float:
    return np.asarray(colour @ np.asarray([0.299, 0.587, 0.114], np.float32), dtype=np.float32)


def _cost(picture: Pixels, text: str, corner: Corner, faces: Sequence[Float]) -> float:
    """The faults of a corner: a face in it, the unrest of the picture there, and the bottom."""
    letters = _letters(text, picture.shape[1], picture.shape[0])
    top, left = _position(letters.shape, picture.shape, corner)
    bottom, right = top + letters.shape[0], left + letters.shape[1]
    covered = 0.0
    for x0, y0, x1, y1 in (map(float, box) for box in faces):
        width, height = x1 - x0, y1 - y0
        columns = min(right, x1 + 0.15 * width) - max(left, x0 - 0.15 * width)  # with the hair
        rows = min(bottom, y1 + 0.1 * height) - max(top, y0 - 0.3 * height)
        covered += max(0.0, columns) * max(0.0, rows)
    unrest = float(_luma(picture[top:bottom, left:right].astype(np.float32)).std()) / 255
    return 10 * min(1.0, covered / letters.size) + unrest + 1.0 * corner.bottom + 0.02 * (not corner.right)
