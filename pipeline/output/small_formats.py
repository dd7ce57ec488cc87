"""Small formats that anything can show: looping GIF and WebP under a limit, and a JPEG poster."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.output import provenance
from pipeline.output.gif import encode_gif
from pipeline.output.label import FixedLabel, LabelledFrames

Pack = Callable[[Sequence[Pixels], float], bytes]
"""(frames of one size, length of the loop in seconds) → the file's bytes."""

# GIF packs badly: at most 15 frames a second. WebP keeps the rate of the clip.
_GIF_FPS = 15
_SMALLEST_SIDE = 64
# 2.0 MB for 100 frames of 640×480; method 2 is 1.5–2× faster than the default 4 for 5 % more bytes.
_WEBP_QUALITY, _WEBP_METHOD = 85, 2
# Another wish is animated from the poster: nothing that can be seen may be lost, so no colour at half size either.
_POSTER_QUALITY, _POSTER_COLOUR = 95, 0


class LoopWriter:
    """Writes a loop that is packed as a whole. It keeps scaled copies of the frames, 0.9 MB each at 640×480."""

    def __init__(
        self, path: Path, fps: int, size: tuple[int, int], pack: Pack, *, side: int, limit: int, step: int,
        label: FixedLabel | None = None,
    ) -> None:  # fmt: skip
        """Prepare the file.

        Args:
            path: The file.
            fps: Frames a second of the clip.
            size: (width, height) of its frames in pixels.
            pack: Makes the file.
            side: Most pixels of the longer side.
            limit: Most bytes of the file.
            step: Of so many frames the first is kept.
            label: What the frames bear in a corner.
        """
        self._path, self._fps, self._pack, self._limit, self._step = path, fps, pack, limit, step
        self.size = _fit(size, side)
        self._label = label
        self._frames: list[Pixels] = []
        self._count = 0

    @classmethod
    def gif(
        cls, path: Path, fps: int, size: tuple[int, int], *, side: int, limit: int, label: FixedLabel | None = None,
        comment: str = provenance.COMMENT,
    ) -> LoopWriter:  # fmt: skip
        """A writer of GIF."""
        pack, step = partial(_gif, comment=comment), -(-fps // _GIF_FPS)
        return cls(path, fps, size, pack, side=side, limit=limit, step=step, label=label)

    @classmethod
    def webp(
        cls, path: Path, fps: int, size: tuple[int, int], *, side: int, limit: int, label: FixedLabel | None = None,
        comment: str = provenance.COMMENT,
    ) -> LoopWriter:  # fmt: skip
        """A writer of WebP."""
        return cls(path, fps, size, partial(_webp, comment=comment), side=side, limit=limit, step=1, label=label)

    def write(self, frame: Pixels) -> None:
        """Take the next frame: uint8 H×W×3 RGB."""
        if self._count % self._step == 0:
            self._frames.append(_resize(frame, self.size))
        self._count += 1

    def finish(self) -> None:
        """Pack and write the file, smaller and smaller until it fits, down to 64 pixels."""
        seconds = self._count / self._fps
        data = self._pack(self._labelled(self._frames), seconds)
        while len(data) > self._limit and max(self.size) > _SMALLEST_SIDE:
            # Bytes grow with the area; aim a little low, so that one more try is the rule.
            share = min(0.9, max(0.4, 0.95 * (self._limit / len(data)) ** 0.5))
            self.size = _fit(self.size, max(_SMALLEST_SIDE, int(max(self.size) * share)))
            data = self._pack(self._labelled([_resize(frame, self.size) for frame in self._frames]), seconds)
        self._path.write_bytes(data)

    def _labelled(self, frames: Sequence[Pixels]) -> Sequence[Pixels]:
        return LabelledFrames(frames, self._label) if self._label else frames

    def close(self) -> None:
        """Forget the frames."""
        self._frames.clear()


class PosterWriter:
    """Writes one frame as a JPEG at full size."""

    def __init__(self, path: Path, size: tuple[int, int], *, poster: int, comment: str = provenance.COMMENT) -> None:
        """Prepare the file.

        Args:
            path: The file.
            size: (width, height) of the frames in pixels.
            poster: The frame's number from 0; the first frame is taken where the clip ends before it.
            comment: What the file says of itself.
        """
        self.size = size
        self._path, self._poster, self._comment, self._count = path, poster, comment, 0
        self._frame: Pixels | None = None

    def write(self, frame: Pixels) -> None:
        """Take the next frame: uint8 H×W×3 RGB."""
        if self._count in {0, self._poster}:
            self._frame = frame.copy()
        self._count += 1

    def finish(self) -> None:
        """Write the JPEG, with provenance and nothing else in its head."""
        if self._frame is None:
            raise ValueError("no frames")
        Image.fromarray(self._frame).save(
            self._path,
            "JPEG",
            quality=_POSTER_QUALITY,
            subsampling=_POSTER_COLOUR,
            optimize=True,
            comment=self._comment.encode(),
            exif=provenance.exif_bytes(self._comment),
            xmp=provenance.xmp_bytes(self._comment),
        )

    def close(self) -> None:
        """Forget the frame."""
        self._frame = None


def _gif(frames: Sequence[Pixels], seconds: float, comment: str) -> bytes:
    return encode_gif(frames, seconds, comment.encode())


def _webp(frames: Sequence[Pixels], seconds: float, comment: str) -> bytes:
    ticks = np.rint(np.arange(len(frames) + 1) * (1000 * seconds / len(frames))).astype(int)
    buffer = io.BytesIO()
    Image.fromarray(frames[0]).save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=(Image.fromarray(frame) for frame in frames[1:]),
        duration=np.diff(ticks).tolist(),
        loop=0,
        quality=_WEBP_QUALITY,
        method=_WEBP_METHOD,
        # No key frames inside the loop: each would refresh what stands still, and pulse.
        kmin=len(frames) + 1,
        kmax=len(frames) + 2,
        exif=provenance.exif_bytes(comment),
        xmp=provenance.xmp_bytes(comment),
    )
    return buffer.getvalue()


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _resize(frame: Pixels, size: tuple[int, int]) -> Pixels:
    if (frame.shape[1], frame.shape[0]) == size:
        return frame.copy()
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
