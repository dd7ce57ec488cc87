"""The warp animator: the photo's own pixels, moved; full resolution, any machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.gpu_renderer import GraphRenderer
from pipeline.animate.warp.motion_limits import tempered
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion
from pipeline.runtime import CUDA, Runtime

_WORKERS = 2  # batches rendered at once; OpenCV's own threads gain nothing beside them


class Renderer(Protocol):
    """Draws one face's region. `batch`: how many frames it likes to draw at once."""

    @property
    def batch(self) -> int: ...

    def render_batch(self, poses: Sequence[Mapping[str, float]]) -> Iterable[Pixels]:
        """A frame of the region, uint8 (H, W, 3), for each pose: one value of each curve."""
        ...


def renderer_for(runtime: Runtime, maps: WarpMaps) -> Renderer:
    """The graph on a GPU; on a CPU OpenCV is several times faster, see docs/warp.md."""
    return GraphRenderer(runtime, maps) if CUDA in runtime.providers else OpenCvRenderer(maps)


class WarpAnimator:
    """See `Animator`. Holds nothing of a photo between calls."""

    name = "warp"

    def __init__(self, runtime: Runtime, renderer_for: Callable[[Runtime, WarpMaps], Renderer] = renderer_for) -> None:
        self._runtime = runtime
        self._renderer_for = renderer_for

    def animate(
        self,
        pixels: Pixels,
        faces: Sequence[Face],
        motions: Sequence[Motion],
        *,
        everyone: Sequence[Face] = (),
    ) -> Iterator[Pixels]:
        if not faces or len(faces) != len(motions) or len({len(m) for m in motions}) != 1:
            raise ValueError("one motion of the same length for each face, at least one face")
        maps = [build_maps(self._runtime, pixels, face, everyone or faces) for face in faces]
        tempers = [
            tempered(motion, face.pose, one.crowded) for motion, face, one in zip(motions, faces, maps, strict=True)
        ]
        return self.render(pixels, maps, tempers)

    def render(self, pixels: Pixels, maps: Sequence[WarpMaps], motions: Sequence[Motion]) -> Iterator[Pixels]:
        """Frames in order, a few rendered ahead."""
        renderers = [self._renderer_for(self._runtime, one) for one in maps]
        batch = min(renderer.batch for renderer in renderers)

        def frames(start: int) -> list[Pixels]:
            parts = [
                renderer.render_batch(_poses(motion, start, start + batch))
                for renderer, motion in zip(renderers, motions, strict=True)
            ]
            return [_assemble(pixels, maps, part) for part in zip(*parts, strict=True)]

        with ThreadPoolExecutor(_WORKERS) as pool:
            ahead: deque[Future[list[Pixels]]] = deque()
            for start in range(0, len(motions[0]), batch):
                ahead.append(pool.submit(frames, start))
                if len(ahead) > 2 * _WORKERS:
                    yield from ahead.popleft().result()
            while ahead:
                yield from ahead.popleft().result()


def _poses(motion: Motion, start: int, end: int) -> list[dict[str, float]]:
    """The curves' values of frames start … end - 1, as far as there are any."""
    return [
        {name: float(motion.curves[name][index]) for name in CHANNELS} for index in range(start, min(end, len(motion)))
    ]


def _assemble(pixels: Pixels, maps: Sequence[WarpMaps], parts: Sequence[Pixels]) -> Pixels:
    """Lay the regions into the photo. Motions end half-way between faces, so changes of two regions never meet."""
    out = pixels.copy()
    out[maps[0].region.slices] = parts[0]
    for one, part in zip(maps[1:], parts[1:], strict=True):
        view = out[one.region.slices]
        np.copyto(view, part, where=(part != one.pixels).any(-1, keepdims=True))
    return out
