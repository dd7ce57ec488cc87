"""The cost of a clip beside that of encoding alone: processor time of both, of each operation, and what moves."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time, thread_time
from typing import Any, Final

import numpy as np

from pipeline.animate.warp.animator import Renderer, WarpAnimator, choose_renderer
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.arrays import Pixels
from pipeline.motion.channels import CurveValues
from pipeline.output.encode import encode
from pipeline.run import Wish
from pipeline.runtime import Runtime
from skill.photo_renderer import PreparedPhoto

OPERATIONS: Final = {
    "field": ("move", "_mark_cells"),
    "sampling": ("_sample",),
    "eyes": ("_draw_eyes",),
    "mouth": ("_draw_mouth",),
}
"""What a frame's time is spent on → functions of the CPU's renderer that do it, none within another."""
_PROFILED: Final = 25  # frames by which the operations are timed, spread over the clip
_MOVED: Final = 2  # of 255: a pixel that differs by more from the photo has moved


@dataclass(frozen=True, slots=True)
class ClipCost:
    """Processor time of a clip, all of it measured in one process, the whole and the encoding by turns."""

    whole_s: tuple[float, ...]
    """Seconds of processor time of the whole clip, from the photo's file to the MP4; one for each warm run."""
    encoding_s: tuple[float, ...]
    """Seconds of processor time that encoding the same finished frames takes alone; one for each of them."""
    ratio: float
    """The whole divided by encoding alone, median of the runs; 1.0 would be a clip that costs its encoding."""
    frame_ms: float
    """Milliseconds of one core to draw a frame, mean of the clip."""
    operations_ms: dict[str, float]
    """Milliseconds of them by operation, of OPERATIONS and "rest"."""
    moving: float
    """Share of a frame's pixels that differ from the photo by more than 2 of 255, mean of the clip."""


class FrameFile:
    """The frames of a clip in a file, so that they take no memory of the process whose peak is measured.

    Args:
        path: The file, which is written.
        frames: Frames of one size, uint8 H×W×3.
    """

    def __init__(self, path: Path, frames: Iterable[Pixels]) -> None:
        self._path, self._shape, self.count, moved = path, (0, 0, 0), 0, 0.0
        with path.open("wb") as file:
            for frame in frames:
                if not self.count:
                    first, self._shape = frame.copy(), frame.shape
                moved += float((np.abs(frame.astype(np.int16) - first) > _MOVED).any(-1).mean())
                file.write(np.ascontiguousarray(frame).data)
                self.count += 1
        self.moving = moved / max(1, self.count)

    def __iter__(self) -> Any:
        frame = np.empty(self._shape, np.uint8)
        with self._path.open("rb") as file:
            while file.readinto(frame.data):
                yield frame


def measure_encoding(frames: FrameFile, out: Path, fps: int) -> float:
    """Seconds of processor time to encode frames, without that of reading them."""
    began = process_time()
    for _ in frames:
        pass
    between = process_time()
    encode(frames, out, fps=fps)
    return process_time() - between - (between - began)


class DrawnClip:
    """The frames of one clip as the warp draws them, and the renderers to draw some of them again.

    Args:
        photo: The photo.
        runtime: Has the models of the warp.
        wish: The clip that is asked for.
        path: The file for the frames.
    """

    def __init__(self, photo: PreparedPhoto, runtime: Runtime, wish: Wish, path: Path) -> None:
        self._recorders: list[_Recorder] = []

        def record(opened: Runtime, maps: WarpMaps) -> Renderer:
            self._recorders.append(_Recorder(choose_renderer(opened, maps)))
            return self._recorders[-1]

        self.frames = FrameFile(path, photo.photo.with_animator(WarpAnimator(runtime, record)).draw(wish))

    def profile(self) -> tuple[float, dict[str, float]]:
        """Milliseconds of one core a frame, and of them by operation."""
        total = 0.0
        calls: list[tuple[Renderer, Sequence[CurveValues]]] = []
        for recorder in self._recorders:
            values = [one for batch in recorder.batches for one in batch]
            calls += [(recorder.renderer, [one]) for one in values[:: max(1, len(values) // _PROFILED)]]
        for renderer, one in calls:
            began = thread_time()
            list(renderer.render_batch(one))
            total += thread_time() - began
        frames = len(calls) / len(self._recorders)
        profiler = cProfile.Profile(thread_time)
        with profiler:
            for renderer, one in calls:
                list(renderer.render_batch(one))
        return 1000.0 * total / frames, _by_operation(profiler, frames)


class _Recorder:
    """A renderer that remembers what it was asked to draw."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer, self.batches = renderer, list[Sequence[CurveValues]]()

    @property
    def batch_size(self) -> int:
        return self.renderer.batch_size

    def draw_batch(self, curve_values: Sequence[CurveValues], out: Sequence[Pixels]) -> None:
        self.batches.append(curve_values)
        self.renderer.draw_batch(curve_values, out)

    def render_batch(self, curve_values: Sequence[CurveValues]) -> Iterable[Pixels]:
        self.batches.append(curve_values)
        return self.renderer.render_batch(curve_values)


def _by_operation(profiler: cProfile.Profile, frames: float) -> dict[str, float]:
    """Milliseconds a frame by operation, and those of no operation as "rest"."""
    stats: Any = pstats.Stats(profiler)
    spent = dict.fromkeys(OPERATIONS, 0.0)
    for (_, _, function), (_, _, _, cumulative, _) in stats.stats.items():
        for name, functions in OPERATIONS.items():
            if function in functions:
                spent[name] += 1000.0 * cumulative / frames
    return {**spent, "rest": max(0.0, 1000.0 * stats.total_tt / frames - sum(spent.values()))}


def summarise(whole: Sequence[float], encoding: Sequence[float], clip: DrawnClip) -> ClipCost:
    """The cost of a clip by its runs: processor seconds of the whole and of encoding, of each run."""
    pairs = list(zip(whole, encoding, strict=True))
    frame_ms, operations = clip.profile()
    ratio = median(one / other for one, other in pairs)
    return ClipCost(tuple(whole), tuple(encoding), ratio, frame_ms, operations, clip.frames.moving)
