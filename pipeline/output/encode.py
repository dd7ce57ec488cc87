"""Encoding of frames into files: MP4, GIF, WebP, poster. One pass over the frames; nothing half-made is left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.limits import FORMATS
from pipeline.output.label import FixedLabel, Label, Stamp
from pipeline.output.mp4 import Mp4Writer
from pipeline.output.provenance import clip_comment
from pipeline.output.small_formats import LoopWriter, PosterWriter


class FrameWriter(Protocol):
    """Writes one format."""

    size: tuple[int, int]
    """(width, height) of the file in pixels."""

    def write(self, frame: Pixels) -> None:
        """Take the next frame: uint8 H×W×3 RGB."""
        ...

    def finish(self) -> None:
        """Complete the file."""
        ...

    def close(self) -> None:
        """Free all that is held; called in any case, also after `finish`."""
        ...


@dataclass(frozen=True, slots=True)
class Clip:
    """The files of a loop. Its figures are those at full size; GIF and WebP are smaller."""

    files: Mapping[str, Path]
    """Format, one of FORMATS → file."""
    frames: int
    """Number of frames."""
    fps: int
    """Frames a second."""
    size: tuple[int, int]
    """(width, height) in pixels."""
    seconds: float
    """Length of the loop."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Settings of the encoders."""

    crf: float | None = None
    """x264's constant rate factor, lower is better; None: by the picture's size."""
    preset: str = "veryfast"
    """x264's preset."""
    threads: int = 2
    """Threads of x264, 0 for all cores."""
    small_side: int = 640
    """Longer side of GIF and WebP in pixels."""
    small_bytes: int = 8 * 2**20
    """Most bytes of a GIF or a WebP."""
    poster: int = 0
    """Number of the poster's frame, from 0."""


def encode(
    frames: Iterable[Pixels],
    out: Path,
    *,
    fps: int,
    formats: Sequence[str] = ("mp4",),
    quality: Quality | None = None,
    label: Label | None = None,
    faces: Sequence[Float] = (),
    restored: Sequence[str] = (),
) -> Clip:
    """Write a loop into files of several formats.

    Args:
        frames: uint8 H×W×3 RGB, all of one size; the frame after the last would be the first again.
        out: Path without suffix, or with that of a format, which is replaced by each format's own.
        fps: Frames a second.
        formats: Of FORMATS.
        quality: Settings of the encoders.
        label: What MP4, GIF and WebP bear in a corner. The poster has none: the next clip is made of it.
        faces: Boxes that the label leaves clear, (x0, y0, x1, y1) in pixels of the frames.
        restored: What was restored on the photo, of RESTORE_PARTS: the metadata of each file say so.

    Returns:
        The files; an odd row or column is cut off in the MP4.

    Raises:
        ValueError: No frames, frames of several sizes, or unknown formats. No file is left.
        OSError: The disk's. No file is left, nor is one after an error of `frames`.
    """
    with ClipWriter(
        out, fps=fps, formats=formats, quality=quality, label=label, faces=faces, restored=restored
    ) as writer:
        for frame in frames:
            writer.write(frame)
    return writer.clip


class ClipWriter:
    """Takes frames one at a time and feeds every format; the files appear on a clean exit."""

    def __init__(
        self, out: Path, *, fps: int, formats: Sequence[str] = ("mp4",), quality: Quality | None = None,
        label: Label | None = None, faces: Sequence[Float] = (), restored: Sequence[str] = (),
    ) -> None:  # fmt: skip
        if not formats or not set(formats) <= set(FORMATS):
            raise ValueError(f"formats must be some of {', '.join(FORMATS)}, not {formats!r}")
        if fps < 1:
            raise ValueError(f"fps must be at least 1, not {fps}")
        stem = out.with_suffix("") if out.suffix.lower().lstrip(".") in FORMATS else out
        self._targets = {name: stem.with_name(f"{stem.name}.{name}") for name in dict.fromkeys(formats)}
        self._fps, self._quality = fps, quality or Quality()
        self._count, self._size = 0, (0, 0)
        self._label, self._faces, self._restored = label, faces, restored
        self._stamp: Stamp | None = None
        self._clip: Clip | None = None
        self._writers: dict[str, FrameWriter] = {}
        self._stack = ExitStack()

    @property
    def clip(self) -> Clip:
        """The files; RuntimeError before the writer was left without an error."""
        if self._clip is None:
            raise RuntimeError("the clip is not finished")
        return self._clip

    def __enter__(self) -> Self:
        parent = next(iter(self._targets.values())).parent
        # Inside the target's folder: the last step is a rename, never a copy between disks.
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix=".ozhivi-", dir=parent)))
        return self

    def write(self, frame: Pixels) -> None:
        """Take the next frame: uint8 H×W×3 RGB."""
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise ValueError(f"a frame is uint8 H×W×3, not {frame.dtype} {frame.shape}")
        size = (frame.shape[1], frame.shape[0])
        if self._count == 0:
            self._size = size
            self._open(frame)
        elif size != self._size:
            raise ValueError(f"frame {self._count} is {size}, the first was {self._size}")
        frame = np.ascontiguousarray(frame)
        for name, writer in self._writers.items():
            writer.write(self._stamp.apply(frame) if name == "mp4" and self._stamp else frame)
        self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                self._finish()

    def _open(self, frame: Pixels) -> None:
        label = self._label.fix(frame, self._faces) if self._label else None
        self._stamp = label.stamp(frame) if label else None
        for name in self._targets:
            writer = self._writer(name, self._folder / name, label)
            self._stack.callback(writer.close)
            self._writers[name] = writer

    def _writer(self, name: str, path: Path, label: FixedLabel | None) -> FrameWriter:
        fps, size, quality = self._fps, self._size, self._quality
        comment = clip_comment(self._restored)
        if name == "mp4":
            return Mp4Writer(
                path, fps, size, crf=quality.crf, preset=quality.preset, threads=quality.threads,
                restored=self._restored,
            )  # fmt: skip
        if name == "gif":
            open_loop = LoopWriter.gif
        elif name == "webp":
            open_loop = LoopWriter.webp
        else:
            return PosterWriter(path, size, poster=quality.poster, comment=comment)
        side, limit = quality.small_side, quality.small_bytes
        return open_loop(path, fps, size, side=side, limit=limit, label=label, comment=comment)

    def _finish(self) -> None:
        if self._count == 0:
            raise ValueError("no frames")
        for writer in self._writers.values():
            writer.finish()
        with ExitStack() as undo:
            for name, target in self._targets.items():
                (self._folder / name).replace(target)
                undo.callback(target.unlink, missing_ok=True)
            undo.pop_all()
        size = self._writers["mp4"].size if "mp4" in self._writers else self._size
        seconds = self._count / self._fps
        self._clip = Clip(MappingProxyType(self._targets), self._count, self._fps, size, seconds)
