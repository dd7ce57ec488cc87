"""Renditions of a finished clip: three loops in a file that messengers take, and a wallpaper for a phone's screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from pipeline.arrays import Float, Pixels
from pipeline.limits import MESSENGER_MEGABYTES
from pipeline.output import provenance
from pipeline.output.label import Label, Stamp, find_label
from pipeline.output.mp4 import Mp4Writer
from pipeline.output.small_formats import PosterWriter

MESSENGER_BYTES: Final = 1_000_000 * MESSENGER_MEGABYTES
"""Most bytes of a messenger's file."""

FindFaces = Callable[[Pixels], Sequence[Float]]
"""The picture, uint8 H×W×3 RGB → the boxes of its faces, each (x0, y0, x1, y1) in pixels."""

_CRF: Final = (20.0, 23.0, 26.0, 30.0, 35.0, 42.0)
"""x264's rate factors, tried in turn until the file is small enough."""
_SMALLER: Final = 0.7
"""Share of the sides that is left where the last rate factor is not enough."""
_LEAST_SIDE: Final = 160
"""Pixels of the longer side below which nothing is made smaller."""
_FACE_HEIGHT: Final = 0.42
"""Share of the crop's height at which the face's middle lies, where there is room: a little above the middle."""
_CLOSE_FACE_HEIGHT: Final = 0.45
"""The same where the face fills the crop, and the hair needs the room above."""
_ROOM: Final = 1.45
"""Width that the heads need, by the width of the faces' boxes."""
_DIM: Final = 0.6
"""Brightness of what fills the room above and below a picture, by the picture's own."""
_MOVEMENT_SIDE: Final = 320
"""Pixels of the longer side at which the movement of faces is compared."""
_MOVES: Final = 0.4
"""Share of the strongest movement of a face from which another one moves as well."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """The shape of a rendition."""

    side: int
    """Most pixels of the longer side; nothing is enlarged."""
    aspect: float | None = None
    """Width by height of a crop around the person; None for the whole picture."""
    loops: int = 1
    """Number of times that the loop is played; 0 for one picture."""
    limit: int | None = None
    """Most bytes of the file; None for any."""
    face_share: float = 0.0
    """Least height of a face as a share of the crop's, as far as there are pixels for it; 0.0 for the largest crop."""
    lowest: int = 960
    """Pixels of the lowest crop around a small face."""
    middle: float = _FACE_HEIGHT
    """Share of the crop's height at which the face's middle lies, where there is room."""


SHAPES: Final = MappingProxyType(
    {
        "messenger": Rendition(1280, loops=3, limit=MESSENGER_BYTES),
        "messenger-square": Rendition(1080, 1.0, loops=3, limit=MESSENGER_BYTES),
        "messenger-vertical": Rendition(1920, 9 / 16, loops=3, limit=MESSENGER_BYTES),
        "person": Rendition(
            1280, 4 / 5, loops=3, limit=MESSENGER_BYTES, face_share=0.46, lowest=180, middle=_CLOSE_FACE_HEIGHT
        ),
        "wallpaper": Rendition(2400, 9 / 19.5, loops=0, face_share=0.18),
        "wallpaper-clip": Rendition(1920, 9 / 19.5, face_share=0.18),
    }
)
"""The shape of each of pipeline.limits.RENDITIONS, by name."""


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


def write_rendition(
    clip: Path, poster: Path, name: str, out: Path, find_faces: FindFaces, label: Label | None = None
) -> tuple[str, ...]:
    """Make a rendition of a clip, which says of itself what the clip does.

    Args:
        clip: The MP4 of the loop.
        poster: Its first frame as a JPEG.
        name: One of SHAPES.
        out: The file to write: a JPEG for a picture, else an MP4 in H.264 of the main profile.
        find_faces: Finds the faces of the poster; asked for crops alone.
        label: What a crop of the clip bears in a corner; the clip's own may lie outside it.

    Returns:
        What was restored on its photo, of `pipeline.limits.RESTORE_PARTS`, by the clip's own metadata.

    Raises:
        ValueError: An unknown name, or a clip without frames.
        OSError: A file can't be read or written, the clip's by an error of FFmpeg.
    """
    if name not in SHAPES:
        raise ValueError(f"there are {', '.join(SHAPES)}, not {name!r}")
    shape, restored = SHAPES[name], _read_restored(clip)
    picture = _read_picture(poster)
    crop, faces = Crop(0, 0, picture.shape[1], picture.shape[0]), []
    if shape.aspect is not None:
        faces = moving_boxes(clip, picture, find_faces(picture))
        crop = crop_around(faces, (crop.width, crop.height), shape)

    def lay_out(side: int) -> _Layout:
        layout = _Layout(picture, crop, replace(shape, side=side))
        if shape.loops and shape.aspect is not None and label:
            layout.label_anew(clip, label, faces)
        return layout

    if shape.loops:
        _write_clip(clip, lay_out, shape, out, restored)
    else:
        _write_picture(lay_out(shape.side).draw(picture), out, restored)
    return restored


def _read_picture(file: Path) -> Pixels:
    with Image.open(file) as opened:
        return np.asarray(opened.convert("RGB"), dtype=np.uint8)


def _read_restored(clip: Path) -> tuple[str, ...]:
    with av.open(clip) as source:
        return provenance.read_restored(source.metadata.get("comment", ""))


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
    middle_x, middle_y = width / 2, _FACE_HEIGHT * height
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


def repeat_clip(clip: Path, times: int, out: Path) -> None:
    """Play an MP4 several times in one file: its packets are copied, nothing is encoded again."""
    with av.open(out, "w", format="mp4", options={"movflags": "+faststart"}) as target:
        target.metadata.update(provenance.mp4_metadata(_read_restored(clip)))
        stream = None
        for number in range(times):
            with av.open(clip) as source:
                video = source.streams.video[0]
                stream = stream or target.add_stream_from_template(video)
                for packet in source.demux(video):
                    if packet.pts is None or packet.dts is None:
                        continue  # the end
                    packet.pts += number * (video.duration or 0)
                    packet.dts += number * (video.duration or 0)
                    packet.stream = stream
                    target.mux(packet)


class _Layout:
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
            self._top = round(_FACE_HEIGHT * (rows - self._size[1]))

    def draw(self, frame: Pixels) -> Pixels:
        """A frame of the clip, uint8 H×W×3 RGB → one of the rendition."""
        if self._unlabel is not None:
            frame = self._unlabel.apply(frame)
        drawn = self._lay_out(frame)
        return self._stamp.apply(drawn) if self._stamp else drawn

    def label_anew(self, clip: Path, label: Label, faces: Sequence[Float]) -> None:
        """Take the clip's label off each frame, as it may be cut, and lay another one over what is shown.

        Args:
            clip: The MP4, whose first frame is the picture with a label.
            label: The label.
            faces: Boxes that it leaves clear, in pixels of the picture.
        """
        first = next(frame for frame, _ in _frames(clip))
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


def _write_picture(picture: Pixels, out: Path, restored: Sequence[str]) -> None:
    comment = provenance.clip_comment(restored)
    writer = PosterWriter(out, (picture.shape[1], picture.shape[0]), poster=0, comment=comment)
    writer.write(picture)
    writer.finish()


def _write_clip(
    clip: Path, lay_out: Callable[[int], _Layout], shape: Rendition, out: Path, restored: Sequence[str]
) -> None:
    """Encode a loop coarser until the file is small enough, then with fewer pixels: even one of noise gets there."""
    once = out.with_name(f"{out.name}-once")
    sides = takewhile(lambda side: side >= _LEAST_SIDE, (round(shape.side * _SMALLER**step) for step in count(1)))
    attempts = chain(((shape.side, crf) for crf in _CRF), ((side, _CRF[-1]) for side in sides))
    layout, laid_out = lay_out(shape.side), shape.side
    for side, crf in attempts:
        if side != laid_out:
            layout, laid_out = lay_out(side), side
        _encode(clip, layout, crf, once, restored)
        if shape.limit is None or shape.loops * once.stat().st_size <= shape.limit:
            break
    if shape.loops == 1:
        once.replace(out)
    else:
        repeat_clip(once, shape.loops, out)
        once.unlink()


def _encode(clip: Path, layout: _Layout, crf: float, out: Path, restored: Sequence[str]) -> None:
    writer: Mp4Writer | None = None
    try:
        for frame, fps in _frames(clip):
            part = layout.draw(frame)
            size = (part.shape[1], part.shape[0])
            writer = writer or Mp4Writer(
                out, fps, size, crf=crf, preset="veryfast", threads=2, profile="main", restored=restored
            )
            writer.write(part)
        if writer is None:
            raise ValueError("a clip without frames")
        writer.finish()
    finally:
        if writer is not None:
            writer.close()


def _frames(clip: Path) -> Iterator[tuple[Pixels, int]]:
    """Each frame, uint8 H×W×3 RGB, with the frames a second."""
    with av.open(clip) as source:
        video = source.streams.video[0]
        fps = round(float(video.average_rate or 25))
        for frame in source.decode(video):
            picture = frame.reformat(
                format="rgb24",
                src_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
            )
            yield np.asarray(picture.to_ndarray(), dtype=np.uint8), fps


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
