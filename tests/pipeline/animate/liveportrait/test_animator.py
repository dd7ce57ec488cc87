"""The animator as its callers see it, with nets that need no weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.animate.base import RecordingAnimator
from pipeline.animate.liveportrait import animator as animator_module
from pipeline.animate.liveportrait.animator import AnimatedFace, LivePortraitAnimator, frame_opacity
from pipeline.animate.liveportrait.recording import MotionLibrary, RecordedMotion
from pipeline.faces.finder import Face
from pipeline.motion.compose import compose
from pipeline.movement_check import MotionMeter
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.conftest import Pixels, motion_of
from tests.pipeline.animate.liveportrait.recordings import nodding


@pytest.fixture
def estimates() -> list[float]:
    return []


@pytest.fixture
def animator(fake_runtime: Runtime, tmp_path: Path, estimates: list[float]) -> LivePortraitAnimator:
    return LivePortraitAnimator(fake_runtime, motions=tmp_path / "motions", on_estimate=estimates.append)


def test_a_loop_that_begins_and_ends_at_the_photo(
    animator: LivePortraitAnimator, astronaut: Pixels, astronaut_face: Face, estimates: list[float]
) -> None:
    motion = compose("nostalgia", seconds=2.0, seed=3)
    meter = MotionMeter([astronaut_face.box])
    frames = list(meter.watch(animator.animate(astronaut, [astronaut_face], [motion])))
    assert len(frames) == len(motion) == 50
    assert all(frame.shape == astronaut.shape and frame.dtype == np.uint8 for frame in frames)
    assert np.array_equal(frames[0], astronaut)
    steps = [
        float(np.abs(one.astype(int) - other).mean())
        for one, other in zip(frames, [*frames[1:], frames[0]], strict=True)
    ]
    assert max(steps[0], steps[-1]) <= max(steps[1:-1])
    assert len(estimates) == 1 and estimates[0] > 0


def test_a_turn_goes_where_the_nose_should(
    animator: LivePortraitAnimator, astronaut: Pixels, astronaut_face: Face
) -> None:
    """The fake nets shift the crop as the keypoints' mean moves: an edge left of the face goes right with it."""
    frames = list(animator.animate(astronaut, [astronaut_face], [motion_of(12, yaw=10.0)]))
    x0, y0, x1, y1 = astronaut_face.box.astype(int)

    def brightness(frame: Pixels, shift: int) -> Pixels:
        return frame[y0:y1, x0 + 20 + shift : x1 - 20 + shift].astype(float)

    errors = [np.abs(brightness(frames[6], shift) - brightness(frames[0], 0)).mean() for shift in range(-15, 16)]
    assert int(np.argmin(errors)) - 15 > 2


def test_several_faces_move_apart(animator: LivePortraitAnimator, astronaut: Pixels, astronaut_face: Face) -> None:
    pair = np.hstack([astronaut, astronaut])
    shift = np.float32(astronaut.shape[1])
    other = replace(
        astronaut_face,
        box=astronaut_face.box + np.float32([shift, 0, shift, 0]),
        landmarks=astronaut_face.landmarks + np.float32([shift, 0, 0]),
    )
    motions = [motion_of(10, yaw=10.0), motion_of(10, yaw=-10.0)]
    *_, last = (
        frame for index, frame in enumerate(animator.animate(pair, [astronaut_face, other], motions)) if index < 6
    )
    changed = (last != pair).any(axis=-1)
    for face in (astronaut_face, other):
        x0, y0, x1, y1 = face.box.astype(int)
        assert changed[y0:y1, x0:x1].mean() > 0.5
    only = list(animator.animate(pair, [other], motions[1:], everyone=[astronaut_face, other]))[5]
    assert np.array_equal(only[:, : int(shift) - 40], pair[:, : int(shift) - 40])


def test_frames_are_made_one_batch_at_a_time(
    fake_runtime: Runtime, astronaut: Pixels, astronaut_face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    animator = LivePortraitAnimator(fake_runtime, batch=4, on_estimate=lambda seconds: None)
    drawn: list[int] = []
    draw = animator_module._draw

    def counted(faces: Sequence[AnimatedFace], start: int, end: int) -> list[Pixels]:
        drawn.append(start)
        return draw(faces, start, end)

    monkeypatch.setattr(animator_module, "_draw", counted)
    frames: Iterator[Pixels] = animator.animate(astronaut, [astronaut_face], [motion_of(400, yaw=10.0)])
    for _ in range(3):
        next(frames)
    assert drawn == [0, 4]
    frames.close()  # type: ignore[attr-defined]


def test_wrong_arguments(animator: LivePortraitAnimator, astronaut: Pixels, astronaut_face: Face) -> None:
    with pytest.raises(ValueError, match="one motion of the same length"):
        animator.animate(astronaut, [astronaut_face], [])


def test_ends_are_eased_and_a_still_middle_is_not() -> None:
    photo = np.zeros((21, 3), np.float32)
    still = np.repeat(photo[None], 50, axis=0)
    share = frame_opacity(still, photo, 25)
    assert share[0] == 0.0 and 0.0 < share[1] < share[3] < 1.0 and (share[6:45] == 1.0).all()
    assert np.allclose(share[1:], share[:0:-1])
    quick = still + np.linspace(0, 1, 50, dtype=np.float32)[:, None, None]
    assert (frame_opacity(quick, photo, 25)[2:] == 1.0).all()


def test_a_recorded_motion_is_played(animator: LivePortraitAnimator, astronaut: Pixels, astronaut_face: Face) -> None:
    assert isinstance(animator, RecordingAnimator) and animator.recorded_motion("nod", 4.0, 25) is None
    library = MotionLibrary(animator._library.folder)  # type: ignore[union-attr]
    library.put("nod", nodding())
    assert library.names() == ("nod",)
    motion = animator.recorded_motion("nod", 4.0, 30)
    assert isinstance(motion, RecordedMotion) and (len(motion), motion.fps) == (48, 30)
    assert 7.0 < np.abs(motion.curves["pitch"]).max() <= 8.0 and not motion.curves["yaw"].any()
    frames = list(animator.animate(astronaut, [astronaut_face], [motion]))
    assert np.array_equal(frames[0], astronaut) and (frames[6] != astronaut).any()
