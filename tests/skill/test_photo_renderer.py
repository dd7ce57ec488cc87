"""The renderer of photos: what it is built of, and the warp in the place of an animator that fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from pipeline.animate.base import Animator
from pipeline.animate.liveportrait.frame_net import LivePortraitError
from pipeline.animate.liveportrait.recording import MotionLibrary, RecordedMotion, Recording
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.errors import MotionError, PhotoError
from pipeline.faces.finder import Face
from pipeline.gate import admit_everyone
from pipeline.motion.curves import Motion
from pipeline.run import Wish
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.photo_renderer import PhotoRenderer, build_photo_renderer
from skill.settings import Settings
from weights.errors import LivePortraitMissing
from weights.store import WeightStore

WISH = Wish(seconds=2.0, long_side=320)


def still_recording() -> Recording:
    """Sixty frames of a head that turns from side to side."""
    angle = 0.12 * np.sin(np.arange(60) / 5.0)
    turns = np.tile(np.eye(3, dtype=np.float32), (60, 1, 1))
    turns[:, 0, 0] = turns[:, 2, 2] = np.cos(angle)
    turns[:, 0, 2], turns[:, 2, 0] = np.sin(angle), -np.sin(angle)
    zeros = np.zeros((60, 21, 3), np.float32)
    return Recording(25.0, turns, zeros, np.ones(60, np.float32), np.zeros((60, 2), np.float32))


class FailingAnimator(Animator):
    """Draws three frames, then fails; knows one recorded motion."""

    name = "liveportrait"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        return RecordedMotion.from_recording(name, still_recording(), seconds, fps) if name == "look" else None

    def prepare(self, pixels: Pixels, faces: Sequence[Face], *, everyone: Sequence[Face] = ()) -> FailingFaces:
        return FailingFaces(pixels, self.error)


class FailingFaces:
    def __init__(self, pixels: Pixels, error: Exception) -> None:
        self.pixels, self.error = pixels, error

    def animate(self, motions: Sequence[Motion]) -> Iterator[Pixels]:
        yield from (self.pixels, self.pixels, self.pixels)
        raise self.error


def renderer_with(animator: Animator, store: WeightStore, motions: Path) -> PhotoRenderer:
    return PhotoRenderer(Runtime(store.path), admit_everyone, animator, MotionLibrary(motions))


def ignore_step(step: str, share: float) -> None:
    """Nobody looks at the progress."""


@pytest.mark.parametrize("motion", ["idle", "look"])
def test_a_failure_falls_back_to_the_warp(built_weights: WeightStore, tmp_path: Path, motion: str) -> None:
    failing = FailingAnimator(LivePortraitError("the frame net failed"))
    renderer = renderer_with(failing, built_weights, tmp_path / "motions")
    wish = Wish(motion, seconds=2.0, long_side=320)
    with capture_logs() as logs:
        result = renderer.render(astronaut(), wish, tmp_path / "a.mp4", ignore_step)
    assert result.figures["fell_back"] == 1.0 and result.clip.frames == 50
    assert [(one["event"], one["error"]) for one in logs if "fallback" in one["event"]] == [
        ("animator_fallback", "LivePortraitError")
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_fault_of_a_wish_or_a_photo_is_raised(built_weights: WeightStore, tmp_path: Path) -> None:
    renderer = renderer_with(FailingAnimator(OSError()), built_weights, tmp_path / "motions")
    with pytest.raises(MotionError, match="no motion named 'waltz'"):
        renderer.render(astronaut(), Wish("waltz", long_side=320), tmp_path / "a.mp4", ignore_step)
    with pytest.raises(PhotoError):
        renderer.render(b"GIF89a", WISH, tmp_path / "a.mp4", ignore_step)


def test_the_warp_plays_no_recorded_motion(built_weights: WeightStore, tmp_path: Path) -> None:
    renderer = renderer_with(WarpAnimator(Runtime(built_weights.path)), built_weights, tmp_path)
    renderer.recorded_motions.put("calm", still_recording())
    with pytest.raises(MotionError, match="OZHIVI_ANIMATOR=liveportrait alone"):
        renderer.render(b"", Wish("calm"), tmp_path / "a.mp4", ignore_step)


def test_all_parts_use_one_store(tmp_path: Path) -> None:
    renderer = build_photo_renderer(Settings(animator="warp"), WeightStore(tmp_path))
    assert isinstance(renderer.animator, WarpAnimator)
    assert renderer.recorded_motions.folder == tmp_path / "motions"
    with pytest.raises(LivePortraitMissing):
        build_photo_renderer(Settings(animator="liveportrait"), WeightStore(tmp_path))
