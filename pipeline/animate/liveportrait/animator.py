"""The neural animator: LivePortrait's nets draw the moving face, the rest of the photo stays what it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import structlog

from pipeline.animate.base import Animator, check_motions, run_ahead
from pipeline.animate.liveportrait.crop import crop_face, find_square
from pipeline.animate.liveportrait.frame_net import FrameNet, FrameRenderer
from pipeline.animate.liveportrait.keypoints import DrivingMotion, driving_from_curves, driving_keypoints
from pipeline.animate.liveportrait.paste import Patch, crop_bounds, paste_frame, prepare_patch
from pipeline.animate.liveportrait.recording import MotionLibrary, RecordedMotion
from pipeline.animate.liveportrait.source import Source, analyse_photo
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, cheek_width
from pipeline.image_ops import smoothstep
from pipeline.layers.matte import person_mask
from pipeline.motion.curves import Motion
from pipeline.motion.motion_file import MotionFiles
from pipeline.runtime import Runtime

# frames pasted at once; one takes 15–50 ms of one core, see docs/liveportrait.md
_WORKERS: Final = min(6, max(2, (os.cpu_count() or 2) // 2))
_EASED: Final = 0.24  # seconds at either end of the loop in which the photo gives way to drawn frames
_MOTION: Final = (0.002, 0.02)  # half crops: shift of the farthest keypoint at which that happens in any case

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedFace:
    """One face of a photo, analysed for any number of clips."""

    source: Source
    """The face on the photo."""
    scale: float
    """Width between the cheeks as a share of the crop's side, for `driving_from_curves`."""
    angle: float
    """Angle of the crop, for `driving_from_curves`."""
    renderer: FrameRenderer
    """Draws its frames."""
    patch: Patch
    """Lays them into the photo."""
    frame_seconds: float
    """Seconds that drawing it once takes."""


@dataclass(frozen=True, slots=True)
class AnimatedFace:
    """One face of one clip of n frames, made ready."""

    source: Source
    """The face on the photo."""
    points: Float
    """(n, 21, 3): keypoints of its frames, 250 bytes each."""
    opacity: Float
    """(n,), 0..1: how much of each drawn frame shows, see `frame_opacity`."""
    renderer: FrameRenderer
    """Draws its frames."""
    patch: Patch
    """Lays them into the photo."""


def warn_slow(seconds: float) -> None:
    """Log how long a clip will take; the default of `LivePortraitAnimator`'s `on_estimate`."""
    log.warning("slow_animator", animator="liveportrait", estimated_seconds=round(seconds))


class LivePortraitAnimator(Animator):
    """See `Animator` and `RecordingAnimator`. Holds nets and no photo between calls; may be shared by threads.

    Args:
        runtime: Has the models liveportrait_* and person_segmentation.
        motions: Folder of recorded motions; None for none.
        sessions: See `FrameNet`.
        batch: See `FrameNet`.
        model: See `FrameNet`.
        on_estimate: On a CPU it is called with the seconds that a clip will take, before its frames are drawn.
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
        self._library = MotionLibrary(motions) if motions is not None else None
        self._open: Callable[[], FrameNet] = partial(FrameNet, runtime, sessions=sessions, batch=batch, model=model)
        self._on_estimate = on_estimate
        self._lock = Lock()
        self._net: FrameNet | None = None

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        """Look up an imported motion, see `RecordingAnimator`."""
        recording = self._library.get(name) if self._library is not None else None
        if recording is not None:
            return RecordedMotion.from_recording(name, recording, seconds, fps)
        return MotionFiles(self._library.folder).get(name, seconds, fps) if self._library is not None else None

    def prepare(self, pixels: Pixels, faces: Sequence[Face], *, everyone: Sequence[Face] = ()) -> DrawnFaces:
        """Analyse the faces, see `Animator.prepare`. Raises LivePortraitError."""
        net = self._frame_net()
        prepared = [
            self._prepare(net, pixels, face, [one for one in everyone or faces if one is not face]) for face in faces
        ]
        return DrawnFaces(self._runtime, net, pixels, prepared, self._on_estimate)

    def _frame_net(self) -> FrameNet:
        with self._lock:
            if self._net is None:
                self._net = self._open()
            return self._net

    def _prepare(self, net: FrameNet, pixels: Pixels, face: Face, others: Sequence[Face]) -> PreparedFace:
        """Analyse a face, and measure the time of drawing it once; that drawing is the warm-up, too."""
        crop = crop_face(pixels, find_square(face.landmarks), net.side)
        source = analyse_photo(self._runtime, crop, face.landmarks)
        renderer = net.start_clip(source.feature, source.points)
        neutral, seconds = renderer.measure(driving_keypoints(self._runtime, source, DrivingMotion.still(1)))
        person = person_mask(self._runtime, pixels[crop_bounds(crop, pixels.shape[:2])])
        patch = prepare_patch(pixels, crop, neutral, face, others, person)
        return PreparedFace(source, cheek_width(face) / crop.square.size, crop.square.angle, renderer, patch, seconds)


class DrawnFaces:
    """See `PreparedFaces`.

    Args:
        runtime: Has the models liveportrait_*.
        net: Draws the frames.
        pixels: The photo, uint8 H×W×3.
        faces: The faces that move.
        on_estimate: See `LivePortraitAnimator`.
    """

    def __init__(
        self,
        runtime: Runtime,
        net: FrameNet,
        pixels: Pixels,
        faces: Sequence[PreparedFace],
        on_estimate: Callable[[float], None],
    ) -> None:
        self._runtime, self._net, self._pixels, self._faces = runtime, net, pixels, faces
        self._on_estimate = on_estimate

    def animate(self, motions: Sequence[Motion]) -> Iterator[Pixels]:
        """Draw the frames of a clip, see `PreparedFaces.animate`.

        Raises LivePortraitError, also later, while frames are drawn; ValueError.
        """
        check_motions(self._faces, motions)
        animated = [self._animate(face, motion) for face, motion in zip(self._faces, motions, strict=True)]
        if not self._net.on_gpu:
            self._on_estimate(sum(face.frame_seconds for face in self._faces) * len(motions[0]))
        return self._frames(animated)

    def _animate(self, face: PreparedFace, motion: Motion) -> AnimatedFace:
        """A face with the keypoints of a motion's frames."""
        if isinstance(motion, RecordedMotion):
            driving = motion.recording.driving_motion()
        else:
            driving = driving_from_curves(face.source, motion, face.scale, face.angle)
        points = driving_keypoints(self._runtime, face.source, driving)
        opacity = frame_opacity(points, face.source.points, motion.fps)
        return AnimatedFace(face.source, points, opacity, face.renderer, face.patch)

    def _frames(self, faces: Sequence[AnimatedFace]) -> Iterator[Pixels]:
        """Frames in order: a batch is drawn while the one before it is pasted; no more than two are held."""
        net, pixels, count = self._net, self._pixels, len(faces[0].points)
        repaired = -sum(face.renderer.repaired_count for face in faces)
        with ThreadPoolExecutor(1) as drawing, ThreadPoolExecutor(_WORKERS) as pasting:
            start, ahead = 0, drawing.submit(_draw, faces, 0, net.batch)
            while start < count:
                batch = ahead.result()
                end = start + len(batch[0])
                if end < count:
                    ahead = drawing.submit(_draw, faces, end, end + net.batch)
                tasks = (partial(_paste, pixels, faces, batch, index, index - start) for index in range(start, end))
                yield from run_ahead(pasting, tasks, _WORKERS)
                start = end
        repaired += sum(face.renderer.repaired_count for face in faces)
        if repaired:
            log.warning("frames_repaired", frames=repaired, of=count * len(faces))


def _draw(faces: Sequence[AnimatedFace], start: int, end: int) -> list[Pixels]:
    """Frames start … end - 1 of each face, (n, side, side, 3)."""
    return [face.renderer.draw(face.points[start:end]) for face in faces]


def frame_opacity(points: Float, photo: Float, fps: int) -> Float:
    """Opacity of each drawn frame: 0 at frame 0, which is the photo, 1 away from the loop's ends.

    Near the ends it grows with time, faster where the face moves much: a picture that moves hides the change.

    Args:
        points: Keypoints of the frames, (n, 21, 3).
        photo: Keypoints of the photo, (21, 3).
        fps: Frames a second.

    Returns:
        float32 (n,), 0..1.
    """
    count = len(points)
    from_end = np.minimum(np.arange(count), count - np.arange(count)) / max(1.0, _EASED * fps)
    moved = np.linalg.norm((points - points[:1])[:, :, :2], axis=-1).max(axis=1)
    share = np.maximum(smoothstep(from_end, 0.0, 1.0), smoothstep(moved, *_MOTION))
    share[0] = 0.0
    return np.asarray(share, np.float32)


def _paste(pixels: Pixels, faces: Sequence[AnimatedFace], drawn: Sequence[Pixels], index: int, place: int) -> Pixels:
    """Lay frame `index`, which is number `place` of each face's batch, into a copy of the photo."""
    out = pixels.copy()
    for face, frames in zip(faces, drawn, strict=True):
        opacity = float(face.opacity[index])
        paste_frame(face.patch, out, frames[place], face.source.points, face.points[index], opacity)
    return out
