"""Frames → small pictures that anything can show: looping GIF and WebP under a limit, JPEG poster."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.output import provenance
from pipeline.output.gif import encode_gif

Frame = NDArray[np.uint8]
Pack = Callable[[Sequence[Frame], float], bytes]

# GIF packs badly: at most 15 frames a second. WebP keeps the rate of the clip.
_GIF_FPS = 15
_SMALLEST_SIDE = 64
# 2.0 MB for 100 frames of 640×480; method 2 is 1.5–2× faster than the default 4 for 5 % more bytes.
_WEBP_QUALITY, _WEBP_METHOD = 85, 2
# Another wish is animated from the poster: nothing that can be seen may be lost, so no colour at half size either.
_POSTER_QUALITY, _POSTER_COLOUR = 95, 0


class LoopWriter:
    """Keeps copies scaled to `side` pixels, 0.9 MB each at 640×480; `finish` packs them."""

    def __init__(
        self, path: Path, fps: int, size: tuple[int, int], pack: Pack, *, side: int, limit: int, step: int
    ) -> None:
        self._path, self._fps, self._pack, self._limit, self._step = path, fps, pack, limit, step
        self.size = _fit(size, side)
        self._frames: list[Frame] = []
        self._count = 0

    @classmethod
    def gif(cls, path: Path, fps: int, size: tuple[int, int], *, side: int, limit: int) -> LoopWriter:
        return cls(path, fps, size, _gif, side=side, limit=limit, step=-(-fps // _GIF_FPS))

    @classmethod
    def webp(cls, path: Path, fps: int, size: tuple[int, int], *, side: int, limit: int) -> LoopWriter:
        return cls(path, fps, size, _webp, side=side, limit=limit, step=1)

    def write(self, frame: Frame) -> None:
        """Take the next frame: uint8 H×W×3 RGB."""
        if self._count % self._step == 0:
            self._frames.append(_resize(frame, self.size))
        self._count += 1

    def finish(self) -> None:
        """Pack and write; smaller and smaller until it fits, down to 64 pixels."""
        seconds = self._count / self._fps
        data = self._pack(self._frames, seconds)
        while len(data) > self._limit and max(self.size) > _SMALLEST_SIDE:
            # Bytes grow with the area; aim a little low, so that one more try is the rule.
            share = min(0.9, max(0.4, 0.95 * (self._limit / len(data)) ** 0.5))
            self.size = _fit(self.size, max(_SMALLEST_SIDE, int(max(self.size) * share)))
            data = self._pack([_resize(frame, self.size) for frame in self._frames], seconds)
        self._path.write_bytes(data)

    def close(self) -> None:
        """Forget the frames."""
        self._frames.clear()


class PosterWriter:
    """One frame as a JPEG at full size; the first, when the clip ends before number `poster`."""

    def __init__(self, path: Path, size: tuple[int, int], *, poster: int) -> None:
        self.size = size
        self._path, self._poster, self._count = path, poster, 0
        self._frame: Frame | None = None

    def write(self, frame: Frame) -> None:
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
            comment=provenance.comment_bytes(),
            exif=provenance.exif_bytes(),
            xmp=provenance.xmp_bytes(),
        )

    def close(self) -> None:
        """Forget the frame."""
        self._frame = None


def _gif(frames: Sequence[Frame], seconds: float) -> bytes:
    return encode_gif(frames, seconds, provenance.comment_bytes())


def _webp(frames: Sequence[Frame], seconds: float) -> bytes:
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
        exif=provenance.exif_bytes(),
        xmp=provenance.xmp_bytes(),
    )
    return buffer.getvalue()


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _resize(frame: Frame, size: tuple[int, int]) -> Frame:
    if (frame.shape[1], frame.shape[0]) == size:
        return frame.copy()
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
