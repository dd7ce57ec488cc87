"""Movement check: the last look at a clip before it goes out, whether each face really moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.errors import AnimationError, Reason

# The face's long side in the small grey copy: noise is averaged away, a lid is still 2–3 pixels.
_SIDE = 96
# The 98th percentile of the optical flow, as a share of the face's long side. Measured on six faces of 80 to
# 860 pixels: still ones with fresh noise (σ 12) or as JPEG 30 stay ≤ 0.0048, brightness alone gives 0.001, the
# skin moved by 1.2 % of the face (a turn of 1.5°) 0.008, a real blink over 0.01.
STILL = 0.0055


class MotionMeter:
    """Measures the movement of faces in the frames on their way to the encoder.

    Of each face it keeps two small grey copies: the first, and the one that differs most from it.
    """

    def __init__(self, boxes: Sequence[Float]) -> None:
        """`boxes`: every face that has to move, float32 (4,) each, x0, y0, x1, y1 in pixels. ValueError: none."""
        if not boxes:
            raise ValueError("no face to watch")
        self._faces = [_FaceMeter(box) for box in boxes]

    def watch(self, frames: Iterable[Pixels]) -> Iterator[Pixels]:
        """Hand the frames on; after the last one raise AnimationError (`nothing_moved`) where a face stood still."""
        for frame in frames:
            self.feed(frame)
            yield frame
        self.check()

    def feed(self, frame: Pixels) -> None:
        """Take the next frame: uint8 H×W×3 RGB. The others are compared with the first."""
        for face in self._faces:
            face.feed(frame)

    def shifts(self) -> list[float]:
        """Movement of each face, as a share of its own longer side (0.01 = one percent)."""
        return [face.shift() for face in self._faces]

    def check(self) -> None:
        """Raise AnimationError (`nothing_moved`) where a face moved less than noise could pretend."""
        for number, shift in enumerate(self.shifts(), 1):
            if shift < STILL:
                raise AnimationError(Reason.NOTHING_MOVED, f"face {number} moved by {shift:.2%} of its size")


class _FaceMeter:
    """Measures one face."""

    def __init__(self, box: Float) -> None:
        self._box = box
        self._first: Pixels | None = None
        self._farthest: Pixels | None = None
        self._difference = 0.0

    def feed(self, frame: Pixels) -> None:
        small = _small(frame, self._box)
        if self._first is None:
            self._first = small
            return
        # Without the mean: a flicker of the light is no movement.
        difference = np.subtract(small, self._first, dtype=np.float32)
        size = float(np.abs(difference - difference.mean()).mean())
        if size > self._difference:
            self._difference, self._farthest = size, small

    def shift(self) -> float:
        if self._first is None or self._farthest is None:
            return 0.0
        flow = cv2.calcOpticalFlowFarneback(
            self._first,
            self._farthest,
            np.zeros((*self._first.shape, 2), np.float32),
            pyr_scale=0.5,
            levels=2,
            winsize=17,
            iterations=3,
            poly_n=7,
            poly_sigma=1.5,
            flags=0,
        )
        return float(np.percentile(np.linalg.norm(flow, axis=2), 98)) / _SIDE


def _small(frame: Pixels, box: Float) -> Pixels:
    """The face in grey, its long side 96 pixels, a little blurred: uint8 h×w."""
    height, width = frame.shape[:2]
    x0, y0 = max(0, int(box[0])), max(0, int(box[1]))
    x1, y1 = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the face's box {box.tolist()} is outside of the {width}×{height} frame")
    grey = cv2.cvtColor(frame[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    while max(grey.shape) >= 4 * _SIDE:  # halves are taken in a quarter of the time
        rows, columns = (side // 2 for side in grey.shape)
        grey = cv2.resize(grey[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
    share = _SIDE / max(grey.shape)
    size = (max(16, round(grey.shape[1] * share)), max(16, round(grey.shape[0] * share)))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.2), dtype=np.uint8)
