"""Previews of a real portrait, small as on the page."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.errors import MotionError
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.gate import admit_everyone
from pipeline.limits import AUTO
from pipeline.previews import PREVIEW_FPS, PREVIEW_SIDE, Previews, compose_preview, find_window
from pipeline.run import Prepared, Wish, prepare
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


def frames_of(clip: bytes) -> list[Pixels]:
    with av.open(BytesIO(clip)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def prepared(runtime: Runtime) -> Prepared:
    return prepare(astronaut(), Wish(), runtime=runtime, gate=admit_everyone)


@pytest.fixture(scope="module")
def previews(prepared: Prepared, runtime: Runtime) -> Previews:
    return Previews(prepared, runtime)


def test_a_preview_is_a_small_loop_that_begins_with_the_photo(previews: Previews) -> None:
    still = np.asarray(Image.open(BytesIO(previews.still())).convert("RGB"), float)
    clip = previews.make("nostalgia")
    assert previews.make(AUTO) == previews.make("warmth") != clip  # she smiles
    frames = frames_of(clip)
    assert still.shape == frames[0].shape == (PREVIEW_SIDE, PREVIEW_SIDE, 3)
    assert len(frames) == round(2.8 * PREVIEW_FPS) and len(clip) < 40_000
    assert np.abs(frames[0] - still).mean() < 4
    moved = max(np.abs(frame - still).mean() for frame in frames[5:-5])
    assert moved > 6 > np.abs(frames[-1] - still).mean()  # the loop closes


def test_gestures_differ(previews: Previews) -> None:
    assert previews.make(gestures=("nod",)) != previews.make(gestures=("smile",))
    with pytest.raises(MotionError):
        previews.make("waltz")


def test_eyes_that_are_shut_do_not_blink(prepared: Prepared, runtime: Runtime) -> None:
    (face,) = prepared.admitted
    shut = copy(prepared)
    shut.admitted = (replace(face, blink=False),)
    frames = [frames_of(Previews(one, runtime, 64).make(gestures=("close-eyes",))) for one in (prepared, shut)]
    blinking, still = (max(np.abs(frame.astype(int) - each[0]).max() for frame in each) for each in frames)
    assert still < 0.7 * blinking


def face_at(left: float, top: float, right: float, bottom: float) -> Face:
    box = np.array([left, top, right, bottom], np.float32)
    return Face(box, np.zeros((478, 3), np.float32), Pose(0, 0, 0), 1.0, 1.0)


@pytest.mark.parametrize("box", [(0, 0, 80, 100), (560, 400, 640, 480), (100, 100, 180, 200), (0, 0, 640, 480)])
def test_the_window_stays_on_the_photo(box: tuple[int, int, int, int]) -> None:
    window = find_window(face_at(*box), (480, 640))
    assert window.left >= 0 and window.top >= 0 and 0 < window.side <= 480
    assert window.left + window.side <= 640 and window.top + window.side <= 480


def test_a_motion_of_a_preview_has_the_frames_that_are_drawn() -> None:
    motion = compose_preview("idle", (), seed=1)
    assert (motion.fps, len(motion)) == (PREVIEW_FPS, 28)
    assert compose_preview("nostalgia", ("turn:left", "turn:right", "nod", "shake"), seed=0).seconds <= 6.0
