"""Renditions of a finished clip: three loops in a file that messengers take, and a wallpaper for a phone's screen."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, count, takewhile
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from pipeline.arrays import Float, Pixels
from pipeline.output import provenance
from pipeline.output.label import Label
from pipeline.output.mp4 import Mp4Writer
from pipeline.output.rendition_crop import Crop, crop_around, moving_boxes
from pipeline.output.rendition_layout import Layout
from pipeline.output.rendition_shapes import SHAPES, Rendition
from pipeline.output.small_formats import PosterWriter

FindFaces = Callable[[Pixels], Sequence[Float]]
"""The picture, uint8 H×W×3 RGB → the boxes of its faces, each (x0, y0, x1, y1) in pixels."""

_CRF: Final = (20.0, 23.0, 26.0, 30.0, 35.0, 42.0)
"""x264's rate factors, tried in turn until the file is small enough."""
_SMALLER: Final = 0.7
"""Share of the sides that is left where the last rate factor is not enough."""
_LEAST_SIDE: Final = 160
"""Pixels of the longer side below which nothing is made smaller."""


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

    def lay_out(side: int) -> Layout:
        layout = Layout(picture, crop, replace(shape, side=side))
        if shape.loops and shape.aspect is not None and label:
            layout.label_anew(_first_frame(clip), label, faces)
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
        if not source.streams.video:
            raise ValueError("a clip without frames")
        return provenance.read_restored(source.metadata.get("comment", ""))


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


def _write_picture(picture: Pixels, out: Path, restored: Sequence[str]) -> None:
    comment = provenance.clip_comment(restored)
    writer = PosterWriter(out, (picture.shape[1], picture.shape[0]), poster=0, comment=comment)
    writer.write(picture)
    writer.finish()


def _write_clip(
    clip: Path, lay_out: Callable[[int], Layout], shape: Rendition, out: Path, restored: Sequence[str]
) -> None:
    """Encode a loop coarser until the file is small enough, then with fewer pixels: even one of noise gets there."""
    once = out.with_name(f"{out.name}-once")
    sides = takewhile(lambda side: side >= _LEAST_SIDE, (round(shape.side * _SMALLER**step) for step in count(1)))
    attempts = chain(((shape.side, crf) for crf in _CRF), ((side, _CRF[-1]) for side in sides))
    layout, laid_out = lay_out(shape.side), shape.side
    try:
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
    finally:
        once.unlink(missing_ok=True)


def _encode(clip: Path, layout: Layout, crf: float, out: Path, restored: Sequence[str]) -> None:
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


def _first_frame(clip: Path) -> Pixels:
    """Raises ValueError for a clip without frames."""
    with closing(_frames(clip)) as frames:
        for frame, _ in frames:
            return frame
    raise ValueError("a clip without frames")


def _frames(clip: Path) -> Generator[tuple[Pixels, int]]:
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
