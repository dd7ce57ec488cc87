"""Donor videos: a film of one person is read by our own tracker, frame by frame, as the animator's curves."""

from __future__ import annotations

import math
from pathlib import Path
from types import MappingProxyType
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
# What a jaw is read from, per distance of the eyes' outer corners: the lower lip's drop below the mouth's corners, the
# corners' own, the chin's way back, and the mouth's width, since a smile draws the lips thin. This and the gains below
# are from 28 films of known motion, 7 people, four films each.
_BY_DROP, _BY_CORNERS, _BY_CHIN, _BY_WIDTH = 16.0, 4.2, 5.4, -2.9
_GAINS: Final = MappingProxyType({"yaw": 1.3, "pitch": 1.4, "brow": 1.5, "gaze_x": 1.8})
"""The tracker sees less of these than is drawn."""
_PITCH_BY_BROW, _PITCH_BY_SMILE = 0.5, -0.5  # degrees: a raised brow is seen as a chin that is lifted, too
_LIPS_SHUT: Final = 10  # percentile of the jaw at which lips count as shut: a film's usual face may be one that talks
_JAW: Final = 0.8  # from there on a dark hole would show
_GAZE_DOWN: Final = 0.5  # share of the gaze up and down that is believed: lids hide half of an iris
_BOTH: Final = 0.3  # closure of both eyes from which on it is a blink, in which both shut alike
_NARROW: Final = 0.4  # closure of an eye from which on it does not say where it looks
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
    return make_loop(name, read_track(expressions), fps)


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


def read_track(expressions: list[Expression]) -> list[dict[str, float]]:
    """The curves' values of each frame, relative to the film's face at rest; shut eyes go on looking where they did.

    Args:
        expressions: One frame or more; eyes are open in one of them at least.
    """
    neutral = find_neutral(expressions)
    track = [dict(read_values(neutral, one)) for one in expressions]
    narrow = np.array([max(one["blink_r"], one["blink_l"]) > _NARROW for one in track])
    seen = np.flatnonzero(~narrow)
    jaw = np.array([_read_jaw(neutral, one) for one in expressions])
    for one, value in zip(track, np.clip(jaw - np.percentile(jaw, _LIPS_SHUT), 0.0, _JAW), strict=True):
        one["jaw"] = float(value)
    for name in ("gaze_x", "gaze_y"):
        held = np.interp(np.arange(len(track)), seen, [track[at][name] for at in seen])
        for one, value in zip(track, held, strict=True):
            one[name] = float(value)
    return track


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
    for channel, gain in _GAINS.items():
        values[channel] *= gain
    values["pitch"] += _PITCH_BY_BROW * values["brow"] + _PITCH_BY_SMILE * values["smile"]
    values["roll"] += math.radians(values["yaw"]) * values["pitch"]  # the animator turns first, then nods, then tilts
    values["gaze_y"] *= _GAZE_DOWN
    if min(values["blink_r"], values["blink_l"]) > _BOTH:
        values["blink_r"] = values["blink_l"] = max(values["blink_r"], values["blink_l"])
    return {name: float(np.clip(value, *LIMITS[name])) for name, value in values.items()}


def _read_jaw(neutral: Expression, now: Expression) -> float:
    return (
        _BY_DROP * (now.lip_drop - neutral.lip_drop)
        + _BY_CORNERS * (neutral.mouth_lift - now.mouth_lift)
        + _BY_CHIN * (now.chin_back - neutral.chin_back)
        + _BY_WIDTH * (now.mouth_width - neutral.mouth_width)
    )


def _scale(pixels: Pixels) -> Pixels:
    share = _LONG_SIDE / max(pixels.shape[:2])
    if share >= 1.0:
        return pixels
    size = (round(pixels.shape[0] * share), round(pixels.shape[1] * share))
    return np.asarray(resize(pixels, size), np.uint8)
