"""Footage of a real person: a video's frames, the face in each, and the frame that can stand for a photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.arrays import Double, Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.faces.head_pose import fit_head
from pipeline.faces.landmarks import NO_FACE_PRESENCE, LandmarkFinder, Mesh, face_square
from pipeline.faces.selection import select_faces
from pipeline.runtime import Runtime
from skill.bench.errors import BenchError
from skill.bench.truth.expression import Expression, measure_expression

_VIDEOS: Final = frozenset({".mp4", ".mov", ".webm", ".mkv"})
_OPEN_EYES: Final = 70  # percentile of a video's openness of the eyes that counts as open
# weights of what takes a frame away from a photo: eyes, gap of the lips, mouth, brows, gaze (lengths), turn (degrees)
_EYES, _GAP, _MOUTH, _BROW, _GAZE, _TURN = 8.0, 6.0, 4.0, 4.0, 2.0, 0.03


@dataclass(frozen=True, slots=True)
class Footage:
    """A video of one face."""

    name: str
    """The file's name without its ending."""
    frames: tuple[Pixels, ...]
    """The frames in which the face was found, uint8 H×W×3 RGB."""
    faces: tuple[Face, ...]
    """The face in each of them."""
    expressions: tuple[Expression, ...]
    """Its measures in each of them."""

    @property
    def neutral(self) -> int:
        """The index of the frame that is most like a portrait: eyes open, lips together, all else as is usual here."""
        turns = np.array([[face.pose.yaw, face.pose.pitch, face.pose.roll] for face in self.faces])
        eyes = np.array([one.openness for one in self.expressions])
        width, lift, brow, gap = (self._column(name) for name in ("mouth_width", "mouth_lift", "brow_lift", "lip_gap"))
        gaze = np.stack([self._column("gaze_x"), self._column("gaze_y")], -1)
        effort = _EYES * np.abs(np.percentile(eyes, _OPEN_EYES, 0) - eyes).sum(-1)
        effort += _GAP * gap + _BROW * np.abs(brow - np.median(brow))
        effort += _MOUTH * (np.abs(width - np.median(width)) + np.abs(lift - np.median(lift)))
        effort += _GAZE * np.abs(gaze - np.median(gaze, 0)).sum(-1)
        effort += _TURN * np.abs(turns - np.median(turns, 0)).sum(-1)
        return int(np.argmin(effort))

    def _column(self, name: str) -> Double:
        return np.array([getattr(one, name) for one in self.expressions])


def find_videos(folder: Path) -> list[Path]:
    """The videos of a folder in the order of their names. Raises BenchError where there is none."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _VIDEOS)
    if not paths:
        raise BenchError(f"{folder} holds no video ({', '.join(sorted(_VIDEOS))})")
    return paths


def read_footage(path: Path, runtime: Runtime) -> Footage:
    """Read a video and track its largest face.

    Args:
        path: The file.
        runtime: Has the face models.

    Raises:
        BenchError: It can't be read, or there is no face in its first frame.
    """
    tracker = LandmarkFinder(runtime)
    frames: list[Pixels] = []
    faces: list[Face] = []
    try:
        with av.open(str(path)) as file:
            for frame in file.decode(video=0):
                pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                face = track_face(tracker, pixels, faces[-1]) if faces else _find_face(path, pixels, runtime)
                if face is not None:
                    frames.append(pixels)
                    faces.append(face)
    except (av.FFmpegError, IndexError) as error:
        raise BenchError(f"{path.name} can't be read as a video") from error
    if not faces:
        raise BenchError(f"{path.name} has no frame")
    expressions = tuple(measure_expression(face.landmarks) for face in faces)
    return Footage(path.stem, tuple(frames), tuple(faces), expressions)


def _find_face(path: Path, pixels: Pixels, runtime: Runtime) -> Face:
    faces = FaceFinder(runtime).find(pixels)
    if not faces:
        raise BenchError(f"{path.name} has no face in its first frame")
    return select_faces(faces, "largest")[0]


def track_face(tracker: LandmarkFinder, pixels: Pixels, before: Face) -> Face | None:
    """The face in a frame, near its place in another one; None where it is lost."""
    mesh = tracker.find(pixels, face_square(before.landmarks))
    return None if mesh is None or mesh.presence < NO_FACE_PRESENCE else _as_face(mesh, before)


def _as_face(mesh: Mesh, before: Face) -> Face:
    points = mesh.points
    box = np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])
    return Face(box, points, fit_head(points).pose, mesh.presence, before.score)
