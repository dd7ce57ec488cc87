"""The curves that are read from a film are those with which it was made; what is no film is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.animate.warp.animator import WarpAnimator
from pipeline.errors import MotionError
from pipeline.faces.finder import FaceFinder
from pipeline.faces.head_pose import Pose
from pipeline.motion.compose import compose
from pipeline.output.encode import encode
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.bench.truth.expression import Expression
from skill.demo_portrait import astronaut
from skill.donor_video import read_donor, read_track, track_film
from weights.store import WeightStore

LEAST = {
    **dict.fromkeys(("yaw", "pitch", "roll", "blink_r", "blink_l"), 0.9),
    **dict.fromkeys(("smile", "brow", "gaze_x", "jaw"), 0.8),
}
"""Correlation of what is read of a film with the curves that it was made of."""
FILMS = {
    ("turn:left", "nod", "surprise", "wink:left", "wink:right"): (
        "yaw",
        "pitch",
        "roll",
        "brow",
        "jaw",
        "blink_r",
        "blink_l",
    ),
    ("look:right", "lips", "smile"): ("gaze_x", "smile"),
}
"""Gestures of a film, and the channels that they move most. The portrait shows teeth: its smile lifts the upper lip off
them, which is read as a jaw, too, so the jaw is held where nobody smiles."""


def test_a_film_of_our_own_is_read_as_it_was_made(built_weights: WeightStore, tmp_path: Path) -> None:
    runtime = Runtime(built_weights.path)
    photo = read_photo(astronaut(), long_side=640, turn=0)
    prepared = WarpAnimator(runtime).prepare(photo, [FaceFinder(runtime).find(photo)[0]])
    for gestures, channels in FILMS.items():
        motion = compose(gestures=gestures, seconds=5.0, seed=1).every(5)
        film = encode(prepared.animate([motion]), tmp_path / gestures[0], fps=5, formats=("mp4",)).files["mp4"]
        expressions, fps = track_film(film, runtime)
        assert (len(expressions), fps) == (25, 5.0)
        track = read_track(expressions)
        for name in channels:
            seen = np.corrcoef([one[name] for one in track], motion.curves[name])[0, 1]
            assert seen > LEAST[name], (gestures, name)
    assert {name for channels in FILMS.values() for name in channels} == set(LEAST)


def test_a_film_becomes_a_loop(built_weights: WeightStore, tmp_path: Path) -> None:
    runtime = Runtime(built_weights.path)
    photo = read_photo(astronaut(), long_side=640, turn=0)
    motion = compose(gestures=("turn:left",), seconds=3.0, seed=1).every(5)
    frames = WarpAnimator(runtime).animate(photo, [FaceFinder(runtime).find(photo)[0]], [motion])
    loop = read_donor(encode(frames, tmp_path / "film", fps=5, formats=("mp4",)).files["mp4"], "mine", runtime)
    assert loop.seconds >= 2.0
    assert loop.curves["yaw"].min() == pytest.approx(motion.curves["yaw"].min(), rel=0.35)


def test_shut_eyes_go_on_looking_where_they_did() -> None:
    still = Expression(Pose(0.0, 0.0, 0.0), (0.3, 0.3), 0.6, -0.6, 0.25, 0.0, 0.4, 0.0, 0.0, 0.1, 0.5, 0.0, 0.0)
    aside, shut = replace(still, gaze_x=0.04), replace(still, openness=(0.08, 0.08))
    track = read_track([still, still, still, aside, shut, aside])
    assert track[4]["blink_r"] > 0.9
    assert track[4]["gaze_x"] == pytest.approx(track[3]["gaze_x"])


def test_lips_that_are_read_as_shut_part_by_the_lower_one() -> None:
    still = Expression(Pose(0.0, 0.0, 0.0), (0.3, 0.3), 0.6, -0.6, 0.25, 0.0, 0.4, 0.0, 0.0, 0.1, 0.5, 0.0, 0.0)
    parted = replace(still, lip_drop=0.13)
    smiling = replace(still, mouth_width=0.68, mouth_lift=-0.56, lip_drop=0.107)
    track = read_track([*[still] * 12, parted, smiling])
    assert track[12]["jaw"] == pytest.approx(0.48, abs=0.02)
    assert track[13]["jaw"] < 0.1 < track[13]["smile"]


def test_what_is_no_film_is_refused(built_weights: WeightStore, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(MotionError, match="can't be read as a video"):
        read_donor(tmp_path / "film.mp4", "mine", Runtime(built_weights.path))
