"""The curves that are read from a film are those with which it was made; what is no film is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.animate.warp.animator import WarpAnimator
from pipeline.errors import MotionError
from pipeline.faces.finder import FaceFinder
from pipeline.motion.channels import CHANNELS
from pipeline.motion.compose import compose
from pipeline.motion.donor import resample, smooth
from pipeline.output.encode import encode
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.donor_video import find_neutral, read_donor, read_values, track_film
from weights.store import WeightStore

LEAST = {"yaw": 0.9, "pitch": 0.9, "roll": 0.9, "blink_r": 0.9, "blink_l": 0.9}


def test_a_film_of_our_own_is_read_as_it_was_made(built_weights: WeightStore, tmp_path: Path) -> None:
    runtime = Runtime(built_weights.path)
    photo = read_photo(astronaut(), long_side=320, turn=0)
    motion = compose(gestures=("turn:left", "nod", "surprise", "wink:left", "wink:right"), seconds=5.0, seed=1).every(5)
    frames = WarpAnimator(runtime).animate(photo, [FaceFinder(runtime).find(photo)[0]], [motion])
    film = encode(frames, tmp_path / "film", fps=5, formats=("mp4",)).files["mp4"]
    expressions, fps = track_film(film, runtime)
    assert (len(expressions), fps) == (25, 5.0)
    neutral = find_neutral(expressions)
    track = np.array([[read_values(neutral, one)[name] for name in CHANNELS] for one in expressions])
    for at, name in enumerate(CHANNELS):
        if name in LEAST:
            assert np.corrcoef(track[:, at], motion.curves[name])[0, 1] > LEAST[name], name
    loop = read_donor(film, "mine", runtime)
    assert loop.seconds >= 2.0 and np.abs(loop.curves["yaw"]).max() > 3.0
    assert smooth(resample([read_values(neutral, neutral)] * 3, 25.0)).shape == (3, len(CHANNELS))


def test_what_is_no_film_is_refused(built_weights: WeightStore, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(MotionError, match="can't be read as a video"):
        read_donor(tmp_path / "film.mp4", "mine", Runtime(built_weights.path))
