"""Donor videos: a film of one person is read by our own tracker, frame by frame, as the animator's curves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.arrays import Pixels
from pipeline.errors import MotionError
from pipeline.faces.finder import FaceFinder
from pipeline.faces.landmarks import LandmarkFinder
from pipeline.faces.selection import select_faces
from pipeline.image_ops import resize
from pipeline.motion.channels import LIMITS, CurveValues
from pipeline.motion.curves import Motion
from pipeline.motion.donor import make_loop
from pipeline.runtime import Runtime
from skill.bench.truth.expression import Expression, measure_expression, read_curves
from skill.bench.truth.footage import track_face

MAX_SECONDS: Final = 30.0
"""Seconds of a film that are read."""
_LONG_SIDE: Final = 720  # pixels: the tracker sees 256 of a face
_FULL_JAW: Final = 0.06  # gap of the lips of a full `jaw`, in distances of the eyes' outer corners
_GAZE_DOWN: Final = 0.5  # share of the gaze up and down that is believed: lids hide half of an iris
_BOTH: Final = 0.3  # closure of both eyes from which on it is a blink, in which both shut alike
_OPEN: Final = 60  # percentile of the openness of the eyes that counts as open


def read_donor(path: Path, name: str, runtime: Runtime) -> Motion:
    """The loop that a film's largest face makes.

    Args:
        path: The film.
        name: The motion's name.
        runtime: Has the models of faces.

    Raises:
        MotionError: It is no film, shows no face, or is too short.
    """
    expressions, fps = track_film(path, runtime)
    neutral = find_neutral(expressions)
    return make_loop(name, [read_values(neutral, one) for one in expressions], fps)


def track_film(path: Path, runtime: Runtime) -> tuple[list[Expression], float]:
    """The measures of the largest face in each frame in which it is seen, and the frames a second.

    Raises:
        MotionError: It is no film, or there is no face in its first frame.
    """
    tracker, found = LandmarkFinder(runtime), []
    face = None
    try:
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            fps = float(stream.average_rate or 25)
            for number, frame in enumerate(file.decode(stream)):
                if number >= MAX_SECONDS * fps:
                    break
                pixels = _scale(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                if face is None:
                    face = select_faces(FaceFinder(runtime).find(pixels), "largest")[0]
                face = track_face(tracker, pixels, face) or face
                found.append(measure_expression(face.landmarks))
    except (av.FFmpegError, IndexError) as error:
        raise MotionError(f"{path.name} can't be read as a video of a face") from error
    return found, fps


def find_neutral(expressions: list[Expression]) -> Expression:
    """The frame that stands for a face at rest: eyes open, all else as it mostly is."""

    def columns(one: Expression) -> list[float]:
        turns = [0.03 * one.pose.yaw, 0.03 * one.pose.pitch, 0.03 * one.pose.roll]
        return [one.mouth_width, one.mouth_lift, one.brow_lift, one.lip_gap, one.gaze_x, one.gaze_y, *turns]

    table = np.array([columns(one) for one in expressions])
    eyes = np.array([one.openness for one in expressions])
    away = np.abs(table - np.median(table, 0)).sum(1) + 4.0 * np.abs(eyes - np.percentile(eyes, _OPEN, 0)).sum(1)
    return expressions[int(away.argmin())]


def read_values(neutral: Expression, now: Expression) -> CurveValues:
    """The curves' values of one frame, relative to the face at rest."""
    values = dict(read_curves(neutral, now))
    values["jaw"] = float(np.clip((now.lip_gap - neutral.lip_gap) / _FULL_JAW, *LIMITS["jaw"]))
    values["gaze_y"] *= _GAZE_DOWN
    if min(values["blink_r"], values["blink_l"]) > _BOTH:
        values["blink_r"] = values["blink_l"] = max(values["blink_r"], values["blink_l"])
    return values


def _scale(pixels: Pixels) -> Pixels:
    share = _LONG_SIDE / max(pixels.shape[:2])
    if share >= 1.0:
        return pixels
    size = (round(pixels.shape[0] * share), round(pixels.shape[1] * share))
    return np.asarray(resize(pixels, size), np.uint8)
