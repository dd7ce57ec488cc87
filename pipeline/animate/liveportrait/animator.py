"""The neural animator: LivePortrait's nets draw the moving face, the rest of the photo stays what it is."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import structlog

from pipeline.animate.liveportrait.crop import cut, framing
from pipeline.animate.liveportrait.frame_net import FrameNet, Strip
from pipeline.animate.liveportrait.keypoints import Drive, drive_of, driving
from pipeline.animate.liveportrait.paste import Patch, bounds, lay, prepare
from pipeline.animate.liveportrait.recording import MotionShelf, Performance
from pipeline.animate.liveportrait.source import Source, look
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, cheek_width
from pipeline.image_ops import smoothstep
from pipeline.layers.matte import person_mask
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime

# frames pasted at once; one takes 15–50 ms of one core, see docs/liveportrait.md
_WORKERS: Final = min(6, max(2, (os.cpu_count() or 2) // 2))
_EASED: Final = 0.24  # seconds at either end of the loop in which the photo gives way to drawn frames
_MOTION: Final = (0.002, 0.02)  # half crops: shift of the farthest keypoint at which that happens in any case

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """One face of one clip. `points` (n, 21, 3): keypoints of its frames, 250 bytes each. `shown` (n,): how much of
    each drawn frame shows; 0 at frame 0."""

    source: Source
    points: Float
    shown: Float
    strip: Strip
    patch: Patch


def warn_slow(seconds: float) -> None:
    """The default of `LivePortraitAnimator.on_estimate`."""
    log.warning("slow_animator", animator="liveportrait", estimated_seconds=round(seconds))


class LivePortraitAnimator:
    """See `Animator`. Holds nets and no photo between calls; may be shared by threads.

    `runtime`: has the models liveportrait_* and person_segmentation. `motions`: folder of recorded motions.
    `sessions`, `batch`, `model`: see `FrameNet`. `on_estimate`: on a CPU, told the seconds a clip will take before its
    frames are drawn.
    """

    name = "liveportrait"

    def __init__(
        self,
        runtime: Runtime,
        *,
        motions: Path | None = None,
        sessions: int = 1,
        batch: int | None = None,
        model: str | None = None,
        on_estimate: Callable[[float], None] = warn_slow,
    ) -> None:
        self._runtime = runtime
        self._shelf = MotionShelf(motions) if motions is not None else None
        self._open: Callable[[], FrameNet] = partial(FrameNet, runtime, sessions=sessions, batch=batch, model=model)
        self._on_estimate = on_estimate
        self._lock = Lock()
        self._net: FrameNet | None = None

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        """The imported motion `name` as a loop of at most `seconds`; None where there is none."""
        recording = self._shelf.get(name) if self._shelf is not None else None
        return None if recording is None else Performance.of(name, recording, seconds, fps)

    def animate(
        self,
        pixels: Pixels,
        faces: Sequence[Face],
        motions: Sequence[Motion],
        *,
        everyone: Sequence[Face] = (),
    ) -> Iterator[Pixels]:
        """Raises LivePortraitError (also later, while frames are drawn), ValueError."""
        if not faces or len(faces) != len(motions) or len({len(m) for m in motions}) != 1:
            raise ValueError("one motion of the same length for each face, at least one face")
        net = self._frame_net()
        scenes, spent = [], 0.0
        for face, motion in zip(faces, motions, strict=True):
            others = [one for one in everyone or faces if one is not face]
            scene, seconds = self._scene(net, pixels, face, motion, others)
            scenes.append(scene)
            spent += seconds
        if not net.on_gpu:
            self._on_estimate(spent * len(motions[0]))
        return self._frames(net, pixels, scenes)

    def _frame_net(self) -> FrameNet:
        with self._lock:
            if self._net is None:
                self._net = self._open()
            return self._net

    def _scene(
        self, net: FrameNet, pixels: Pixels, face: Face, motion: Motion, others: Sequence[Face]
    ) -> tuple[Scene, float]:
        """A face made ready, and the seconds that drawing it once took; that drawing is the warm-up, too."""
        crop = cut(pixels, framing(face.landmarks), net.side)
        source = look(self._runtime, crop, face.landmarks)
        if isinstance(motion, Performance):
            drive = motion.recording.drive()
        else:
            drive = drive_of(source, motion, cheek_width(face) / crop.square.size, crop.square.angle)
        strip = net.open(source.feature, source.points)
        neutral, seconds = strip.measure(driving(self._runtime, source, Drive.still(1)))
        person = person_mask(self._runtime, pixels[bounds(crop, pixels.shape[:2])])
        patch = prepare(pixels, crop, neutral, face, others, person)
        points = driving(self._runtime, source, drive)
        return Scene(source, points, shown(points, source.points, motion.fps), strip, patch), seconds

    def _frames(self, net: FrameNet, pixels: Pixels, scenes: Sequence[Scene]) -> Iterator[Pixels]:
        """Frames in order: a batch is drawn while the one before it is pasted; no more than two are held."""
        count = len(scenes[0].points)
        with ThreadPoolExecutor(1) as drawing, ThreadPoolExecutor(_WORKERS) as pasting:
            start, ahead = 0, drawing.submit(self._draw, scenes, 0, net.batch)
            while start < count:
                batch = ahead.result()
                end = start + len(batch[0])
                if end < count:
                    ahead = drawing.submit(self._draw, scenes, end, end + net.batch)
                waiting: deque[Future[Pixels]] = deque()
                for index in range(start, end):
                    waiting.append(pasting.submit(_paste, pixels, scenes, batch, index, index - start))
                    if len(waiting) > _WORKERS:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
                start = end
        repaired = sum(scene.strip.repaired for scene in scenes)
        if repaired:
            log.warning("frames_repaired", frames=repaired, of=count * len(scenes))

    @staticmethod
    def _draw(scenes: Sequence[Scene], start: int, end: int) -> list[Pixels]:
        """Frames start … end - 1 of each face, (n, side, side, 3)."""
        return [scene.strip.draw(scene.points[start:end]) for scene in scenes]


def shown(points: Float, photo: Float, fps: int) -> Float:
    """How much of each drawn frame shows, (n,): 0 at frame 0, which is the photo, 1 away from the loop's ends.

    Near the ends it grows with time, faster where the face moves much: a picture that moves hides the change. points
    (n, 21, 3) of the frames, photo (21, 3).
    """
    count = len(points)
    from_end = np.minimum(np.arange(count), count - np.arange(count)) / max(1.0, _EASED * fps)
    moved = np.linalg.norm((points - points[:1])[:, :, :2], axis=-1).max(axis=1)
    share = np.maximum(smoothstep(from_end, 0.0, 1.0), smoothstep(moved, *_MOTION))
    share[0] = 0.0
    return np.asarray(share, np.float32)


def _paste(pixels: Pixels, scenes: Sequence[Scene], drawn: Sequence[Pixels], index: int, place: int) -> Pixels:
    """Frame `index`, which is number `place` of each face's batch."""
    out = pixels.copy()
    for scene, frames in zip(scenes, drawn, strict=True):
        lay(scene.patch, out, frames[place], scene.source.points, scene.points[index], float(scene.shown[index]))
    return out


__all__ = ["LivePortraitAnimator", "Scene", "shown", "warn_slow"]
