"""The import of a driving video: its face is tracked, M reads each frame, tremor is smoothed away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.animate.liveportrait.crop import DRIVING_SCALE, DRIVING_UP, find_square, to_net_input
from pipeline.animate.liveportrait.recording import MAX_SECONDS, NotAMotionError, Recording, nearest_rotations
from pipeline.animate.liveportrait.source import MOTION, KeypointInfo, estimate_keypoints, rotation_matrices
from pipeline.arrays import Float, Pixels
from pipeline.faces.crop import Square, crop
from pipeline.faces.finder import FaceFinder
from pipeline.faces.landmarks import NO_FACE_PRESENCE, LandmarkFinder, face_square
from pipeline.faces.selection import select_faces
from pipeline.runtime import Runtime

_BATCH: Final = 8
_RATE: Final = 30.0  # frames a second that are looked at; faster videos lose every other one or more
_LONG_SIDE: Final = 1280  # of a frame; the nets see 256 pixels of it
# σ in seconds of the low-pass. A head does not tremble above some 3 Hz, M does, most of all in size; lids and lips are
# fast, and are left nearly as they are.
_SMOOTH: Final = {"rotation": 0.06, "translation": 0.06, "scale": 0.25, "expression": 0.025}


@dataclass(frozen=True, slots=True)
class _Video:
    """A video that can be read again."""

    path: Path
    """The file."""
    fps: float
    """Frames a second that are taken."""
    every: int
    """Of how many frames one is taken."""

    def frames(self) -> Iterator[Pixels]:
        """Frames, uint8 H×W×3 RGB, of at most MAX_SECONDS."""
        with av.open(str(self.path)) as file:
            stream = file.streams.video[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(file.decode(stream)):
                if number >= MAX_SECONDS * self.fps * self.every:
                    return
                if number % self.every == 0:
                    share = min(1.0, _LONG_SIDE / max(frame.width, frame.height))
                    size = (round(frame.width * share), round(frame.height * share))
                    yield np.asarray(frame.to_ndarray(width=size[0], height=size[1], format="rgb24"), np.uint8)


def read_driving_video(path: Path, runtime: Runtime) -> Recording:
    """Read the motion of the largest face of a video; at most MAX_SECONDS, no scene cuts.

    Args:
        path: The video's file.
        runtime: Has the face models and liveportrait_motion.

    Raises:
        NotAMotionError: It is no video, has no face in its first frame, or loses it.
    """
    try:
        video = _open_video(path)
        square = _mean_square(_track_face(video, runtime))
        side = int(runtime.session(MOTION).get_inputs()[0].shape[2])
        parts = [estimate_keypoints(runtime, pictures) for pictures in _read_pictures(video, square, side)]
    except av.FFmpegError as error:
        raise NotAMotionError(f"{path.name} can't be read as a video ({error.strerror})") from error
    return smooth_recording(_join(parts, video.fps))


def _open_video(path: Path) -> _Video:
    """Read a video's rate. Raises NotAMotionError, FFmpegError."""
    with av.open(str(path)) as file:
        if not file.streams.video:
            raise NotAMotionError(f"{path.name} has no picture")
        rate = float(file.streams.video[0].average_rate or 25.0)
    every = max(1, round(rate / _RATE))
    return _Video(path, rate / every, every)


def _track_face(video: _Video, runtime: Runtime) -> list[Square]:
    """The face's square in each frame: detected in the first, then tracked. Raises NotAMotionError."""
    finder = LandmarkFinder(runtime)
    squares: list[Square] = []
    points: Float | None = None
    for number, frame in enumerate(video.frames()):
        if points is None:
            faces = FaceFinder(runtime).find(frame)
            if not faces:
                raise NotAMotionError("no face in the first frame: the video has to begin with one, calm and frontal")
            points = select_faces(faces, "largest")[0].landmarks
        else:
            mesh = finder.find(frame, face_square(points))
            if mesh is None or mesh.presence < NO_FACE_PRESENCE:
                raise NotAMotionError(f"the face is lost in frame {number}: cut the video before it")
            points = mesh.points
        squares.append(find_square(points, DRIVING_SCALE, DRIVING_UP))
    if len(squares) < 2:
        raise NotAMotionError("a video has two frames or more")
    return squares


def _mean_square(squares: list[Square]) -> Square:
    """One level square for all frames, as the official code has it: what the head does inside is the motion."""
    x, y, size = np.mean([(one.x, one.y, one.size) for one in squares], axis=0)
    return Square(float(x), float(y), float(size))


def _read_pictures(video: _Video, square: Square, side: int) -> Iterator[Float]:
    """The nets' inputs in batches (≤ 8, 3, side, side)."""
    batch: list[Float] = []
    for frame in video.frames():
        batch.append(to_net_input(crop(frame, square, 2 * side), side))
        if len(batch) == _BATCH:
            yield np.concatenate(batch)
            batch = []
    if batch:
        yield np.concatenate(batch)


def _join(parts: list[KeypointInfo], fps: float) -> Recording:
    """One recording of batches of frames."""
    return Recording(
        fps,
        rotation=np.concatenate([rotation_matrices(part.pose) for part in parts]),
        expression=np.concatenate([part.expression for part in parts]),
        scale=np.concatenate([part.scale for part in parts]),
        translation=np.concatenate([part.translation for part in parts]),
    )


def smooth_recording(recording: Recording) -> Recording:
    """The recording without M's tremor; nothing is delayed."""
    calm = {name: _low_pass(getattr(recording, name), width * recording.fps) for name, width in _SMOOTH.items()}
    return Recording(recording.fps, **{**calm, "rotation": nearest_rotations(calm["rotation"])})


def _low_pass(values: Float, sigma: float) -> Float:
    """A Gaussian along the first axis, σ in frames; ends are continued by point reflection, so they stay in place."""
    reach = min(len(values) - 1, int(np.ceil(3.0 * sigma)))
    if reach < 1:
        return values
    steps = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (steps / sigma) ** 2)
    kernel /= kernel.sum()
    before, after = 2 * values[:1] - values[reach:0:-1], 2 * values[-1:] - values[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, values, after])
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=0)
    return np.asarray(windows @ kernel, np.float32)
