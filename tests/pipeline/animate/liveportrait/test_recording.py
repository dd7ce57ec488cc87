"""Recorded motions: loops that close, files that survive, names that are allowed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.animate.liveportrait.recording import (
    MotionLibrary,
    NotAMotionError,
    RecordedMotion,
    Recording,
    nearest_rotations,
)
from pipeline.errors import MotionError
from tests.pipeline.animate.liveportrait.recordings import nodding, wandering


def test_a_loop_closes_and_begins_with_the_photo() -> None:
    loop = wandering(60).loop(2.0, 30)
    drive = loop.driving_motion()
    assert len(loop) == 60 and loop.fps == 30
    assert np.abs(drive.rotation[0] - np.eye(3)).max() < 1e-6 and drive.scale[0] == 1.0 and not drive.lips[0]
    for values in (drive.expression, drive.shift, drive.rotation):
        inner = np.abs(np.diff(values, axis=0)).reshape(59, -1).max()
        assert np.abs(values[-1] - values[0]).max() < 0.1 * inner
    assert np.abs(loop.rotation @ loop.rotation.transpose(0, 2, 1) - np.eye(3)).max() < 1e-5


def test_a_recording_survives_its_file(tmp_path: Path) -> None:
    found = wandering()
    found.save(tmp_path / "a.npz")
    again = Recording.load(tmp_path / "a.npz")
    assert again.fps == found.fps and np.array_equal(again.expression, found.expression)
    (tmp_path / "b.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:200])
    with pytest.raises(NotAMotionError, match="import the motion anew"):
        Recording.load(tmp_path / "b.npz")


@pytest.mark.parametrize("name", ["", "Nod", "../nod", "nostalgia", "a" * 41, "-a", "кивок"])
def test_names_that_can_not_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(MotionError, match="a name has"):
        MotionLibrary(tmp_path).put(name, nodding())
    assert not list(tmp_path.iterdir())


def test_the_library_gives_back_what_was_put(tmp_path: Path) -> None:
    library = MotionLibrary(tmp_path / "motions")
    assert library.names() == () and library.get("nod") is None and library.get("../nod") is None
    file = library.put("nod", nodding())
    found = library.get("nod")
    assert library.names() == ("nod",) and found is not None
    np.testing.assert_array_equal(found.rotation, nodding().rotation)
    file.write_bytes(b"damaged")
    with pytest.raises(NotAMotionError, match="import the motion anew"):
        library.get("nod")


def test_a_recorded_motion_has_the_turns_as_curves() -> None:
    motion = RecordedMotion.from_recording("nod", nodding(), 4.0, 25)
    assert (len(motion), motion.fps, len(motion.recording)) == (40, 25, 40)
    assert np.abs(motion.curves["pitch"]).max() > 7.0
    assert not any(curve.any() for name, curve in motion.curves.items() if name != "pitch")


def test_a_published_turn_reads_as_ours() -> None:
    """Between two frames of the official template d1 the head turns by 4° to the picture's right."""
    turn = np.array([[0.9974, -0.0032, 0.0722], [0.0024, 0.9999, 0.0109], [-0.0722, -0.0107, 0.9973]], np.float32)
    rotation = nearest_rotations(np.stack([np.eye(3, dtype=np.float32), *[turn] * 59]))
    still = Recording(25.0, rotation, np.zeros((60, 21, 3)), np.ones(60), np.zeros((60, 2)))
    motion = RecordedMotion.from_recording("turn", still, 4.0, 25)
    assert motion.curves["yaw"][20] == pytest.approx(4.1, abs=0.2)
    assert np.abs(motion.curves["pitch"]).max() < 1.0 and np.abs(motion.curves["roll"]).max() < 1.0


@pytest.mark.parametrize("change", [{"fps": 0.5}, {"scale": -1.0}, {"rotation": 2.0}, {"expression": np.nan}])
def test_numbers_that_are_no_motion(change: dict[str, float]) -> None:
    good = nodding()
    values = {name: getattr(good, name) for name in ("fps", "rotation", "expression", "scale", "translation")}
    ((name, factor),) = change.items()
    with pytest.raises(NotAMotionError):
        Recording(**{**values, name: factor if name == "fps" else values[name] * np.float32(factor)})
