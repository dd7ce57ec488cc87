"""The warp animator: the photo's own pixels, moved, at full resolution, on any machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Protocol

import cv2
import numpy as np

from pipeline.animate.base import Animator, check_motions, run_ahead
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.gpu_renderer import GraphRenderer
from pipeline.animate.warp.motion_limits import limit_smile, limit_turns
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.image_ops import channel_max
from pipeline.motion.channels import CurveValues
from pipeline.motion.curves import Motion
from pipeline.motion.follow_through import follow_through
from pipeline.runtime import CUDA, Runtime

_WORKERS: Final = 2  # batches rendered at once; OpenCV's own threads gain nothing beside them
_SMALL: Final = 256 * 256  # pixels of a photo: a second thread for fewer waits for the first one's Python


class Renderer(Protocol):
    """A way to draw one face's region."""

    @property
    def batch_size(self) -> int:
        """Frames that it likes to draw at once."""
        ...

    def render_batch(self, curve_values: Sequence[CurveValues]) -> Iterable[Pixels]:
        """A frame of the region, uint8 (H, W, 3), for each of the frames' curve values."""
        ...

    def draw_batch(self, curve_values: Sequence[CurveValues], out: Sequence[Pixels]) -> None:
        """Draw what `render_batch` renders into `out`, a copy of the photo's region for each frame."""
        ...


def choose_renderer(runtime: Runtime, maps: WarpMaps) -> Renderer:
    """The graph on a GPU; on a CPU OpenCV is several times faster, see docs/warp.md."""
    return GraphRenderer(runtime, maps) if CUDA in runtime.providers else OpenCvRenderer(maps)


class WarpAnimator(Animator):
    """See `Animator`. May be shared by threads.

    Args:
        runtime: Has the models person_segmentation, face_detector, hand_detector, hand_landmarks and, for a GPU,
            warp_render.
        choose_renderer: Opens the renderer of one face.
    """

    name = "warp"

    def __init__(
        self, runtime: Runtime, choose_renderer: Callable[[Runtime, WarpMaps], Renderer] = choose_renderer
    ) -> None:
        self._runtime = runtime
        self._choose_renderer = choose_renderer

    def prepare(self, pixels: Pixels, faces: Sequence[Face], *, everyone: Sequence[Face] = ()) -> WarpedFaces:
        """Build the maps of each face and open its renderer, see `Animator.prepare`."""
        maps = [build_maps(self._runtime, pixels, face, everyone or faces) for face in faces]
        return WarpedFaces(pixels, faces, maps, self._open(maps))

    def render(self, pixels: Pixels, maps: Sequence[WarpMaps], motions: Sequence[Motion]) -> Iterator[Pixels]:
        """Draw the frames of faces that are analysed already, a few ahead.

        Args:
            pixels: The photo, uint8 H×W×3.
            maps: The maps of each face that moves.
            motions: One motion for each of them, all of one length.
        """
        return _draw(pixels, maps, self._open(maps), motions)

    def _open(self, maps: Sequence[WarpMaps]) -> list[Renderer]:
        return [self._choose_renderer(self._runtime, one) for one in maps]


class WarpedFaces:
    """See `PreparedFaces`. May be shared by threads.

    Args:
        pixels: The photo, uint8 H×W×3.
        faces: The faces that move.
        maps: The maps of each of them.
        renderers: The renderer of each of them.
    """

    def __init__(
        self, pixels: Pixels, faces: Sequence[Face], maps: Sequence[WarpMaps], renderers: Sequence[Renderer]
    ) -> None:
        self._pixels, self._faces, self._maps, self._renderers = pixels, faces, maps, renderers

    def animate(self, motions: Sequence[Motion]) -> Iterator[Pixels]:
        """Draw the frames of a clip, see `PreparedFaces.animate`; turns and smiles stay within each face's limits."""
        check_motions(self._faces, motions)
        limited = [
            limit_smile(
                limit_turns(motion, face.pose, one.immobile_share, one.risk), face.landmarks, face.pose, one.mouth_share
            )
            for motion, face, one in zip(motions, self._faces, self._maps, strict=True)
        ]
        return _draw(self._pixels, self._maps, self._renderers, limited)


def _draw(
    pixels: Pixels, maps: Sequence[WarpMaps], renderers: Sequence[Renderer], motions: Sequence[Motion]
) -> Iterator[Pixels]:
    """The frames, drawn a few ahead."""
    size = min(renderer.batch_size for renderer in renderers)
    curves = [{**motion.curves, **follow_through(motion)} for motion in motions]

    def draw(start: int) -> list[Pixels]:
        values = [_read_curves(each, start, start + size) for each in curves]
        frames = [pixels.copy() for _ in values[0]]
        for number, (one, renderer) in enumerate(zip(maps, renderers, strict=True)):
            views = [frame[one.region.slices] for frame in frames]
            if not number:
                renderer.draw_batch(values[number], views)
                continue
            for view, part in zip(views, renderer.render_batch(values[number]), strict=True):
                _lay_over(view, part, one)
        return frames

    workers = 1 if pixels.shape[0] * pixels.shape[1] <= _SMALL else _WORKERS
    with ThreadPoolExecutor(workers) as pool:
        tasks = (partial(draw, start) for start in range(0, len(motions[0]), size))
        for frames in run_ahead(pool, tasks, 2 * workers):
            yield from frames


def _read_curves(curves: Mapping[str, Float], start: int, end: int) -> list[CurveValues]:
    """The curves' values of frames start … end - 1, as far as there are any."""
    rows = zip(*(curve[start:end].tolist() for curve in curves.values()), strict=True)
    return [dict(zip(curves, row, strict=True)) for row in rows]


def _lay_over(view: Pixels, part: Pixels, maps: WarpMaps) -> None:
    """Lay a face's region into a frame. Motions end half-way between faces, so changes of two regions never meet."""
    changed = channel_max(cv2.absdiff(part, maps.pixels)) > 0
    np.copyto(view, part, where=changed[..., None])
