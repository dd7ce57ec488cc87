"""Which animator is taken, and what happens when the neural one fails."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from pipeline.animate.liveportrait.animator import LivePortraitAnimator
from pipeline.animate.liveportrait.frame_net import LivePortraitError
from pipeline.animate.liveportrait.recording import MotionShelf, Performance, Recording
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.errors import MotionError, PhotoError
from pipeline.faces.finder import Face
from pipeline.gate import everyone
from pipeline.motion.curves import Motion
from pipeline.run import Wish
from pipeline.runtime import CPU, CUDA, Runtime
from skill import animator_choice
from skill.animator_choice import animated, chosen, open_animator
from skill.cli.main import app
from skill.demo_portrait import astronaut
from skill.settings import Settings, load
from weights.errors import LivePortraitMissing
from weights.store import WeightStore

AUTO = Settings(animator="auto")
WISH = Wish(seconds=2.0, long_side=320)


class Machine:
    """A runtime that only says what providers there are."""

    def __init__(self, *providers: str) -> None:
        self.providers = providers


def runtime_with(*providers: str) -> Runtime:
    return cast(Runtime, Machine(*providers))


@pytest.fixture
def empty_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    return tmp_path


def test_the_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().animator == "auto"
    monkeypatch.setenv("OZHIVI_ANIMATOR", "warp")
    assert load().animator == "warp"


def test_without_weights_auto_takes_the_warp(empty_store: Path) -> None:
    assert isinstance(open_animator(AUTO, runtime_with(CUDA, CPU)), WarpAnimator)
    assert chosen(AUTO, (CUDA, CPU)) == "warp (auto: no weights)"
    assert chosen(AUTO, (CPU,)) == "warp (auto: no GPU, no weights)"
    with pytest.raises(LivePortraitMissing, match="ozhivi weights add liveportrait"):
        open_animator(Settings(animator="liveportrait"), runtime_with(CPU))


def test_with_weights_a_gpu_decides(empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animator_choice, "_added", lambda: True)
    monkeypatch.setattr(WeightStore, "path", lambda self, name: Path(name))
    assert isinstance(open_animator(AUTO, runtime_with(CUDA, CPU)), LivePortraitAnimator)
    assert isinstance(open_animator(AUTO, runtime_with(CPU)), WarpAnimator)
    assert isinstance(open_animator(Settings(animator="liveportrait"), runtime_with(CPU)), LivePortraitAnimator)
    assert chosen(AUTO, (CUDA, CPU)).startswith("liveportrait (auto")
    assert chosen(AUTO, (CPU,)) == "warp (auto: no GPU)"


class Breaking:
    """Draws three frames, then fails; knows one recorded motion."""

    name = "liveportrait"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def recorded(self, name: str, seconds: float, fps: int) -> Motion | None:
        angle = 0.12 * np.sin(np.arange(60) / 5.0)
        turns = np.tile(np.eye(3, dtype=np.float32), (60, 1, 1))
        turns[:, 0, 0] = turns[:, 2, 2] = np.cos(angle)
        turns[:, 0, 2], turns[:, 2, 0] = np.sin(angle), -np.sin(angle)
        zeros = np.zeros((60, 21, 3), np.float32)
        recording = Recording(25.0, turns, zeros, np.ones(60, np.float32), np.zeros((60, 2), np.float32))
        return Performance.of(name, recording, seconds, fps) if name == "look" else None

    def animate(
        self, pixels: Pixels, faces: Sequence[Face], motions: Sequence[Motion], *, everyone: Sequence[Face] = ()
    ) -> Iterator[Pixels]:
        yield from (pixels, pixels, pixels)
        raise self.error


@pytest.mark.parametrize("motion", ["idle", "look"])
def test_a_failure_falls_back_to_the_warp(built_weights: WeightStore, tmp_path: Path, motion: str) -> None:
    runtime = Runtime(built_weights.path)
    wish = Wish(motion, seconds=2.0, long_side=320)
    broken = Breaking(LivePortraitError("the frame net failed"))
    with capture_logs() as logs:
        result = animated(
            astronaut(),
            wish,
            tmp_path / "a.mp4",
            runtime=runtime,
            gate=everyone,
            on_step=lambda step, share: None,
            animator=broken,
        )
    assert result.figures["fell_back"] == 1.0 and result.clip.frames == 50
    assert [(one["event"], one["error"]) for one in logs if "fallback" in one["event"]] == [
        ("animator_fallback", "LivePortraitError")
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_what_is_the_wishs_fault_is_told(built_weights: WeightStore, tmp_path: Path) -> None:
    runtime = Runtime(built_weights.path)
    more: Any = {
        "runtime": runtime,
        "gate": everyone,
        "on_step": lambda step, share: None,
        "animator": Breaking(OSError()),
    }
    with pytest.raises(MotionError, match="no motion named 'waltz'"):
        animated(astronaut(), Wish("waltz", long_side=320), tmp_path / "a.mp4", **more)
    with pytest.raises(PhotoError):
        animated(b"GIF89a", WISH, tmp_path / "a.mp4", **more)


def test_motions_are_imported_and_listed(empty_store: Path, tmp_path: Path) -> None:
    frame = {"scale": np.ones((1, 1)), "R_d": np.eye(3)[None], "exp": np.zeros((1, 21, 3)), "t": np.zeros((1, 3))}
    file = tmp_path / "d.pkl"
    file.write_bytes(pickle.dumps({"output_fps": 20, "motion": [frame] * 40}))
    runner = CliRunner()
    assert "Пока ничего" in runner.invoke(app, ["motion", "list"]).output
    done = runner.invoke(app, ["motion", "import", str(file), "calm"])
    assert (done.exit_code, done.output) == (0, "Движение «calm» сохранено: 2.0 с, 40 кадров.\n")
    assert runner.invoke(app, ["motion", "list"]).output == "calm: 2.0 с, 40 кадров\n"
    assert MotionShelf(empty_store / "motions").names() == ("calm",)
    with pytest.raises(MotionError, match="OZHIVI_ANIMATOR=liveportrait alone"):
        animated(
            b"",
            Wish("calm"),
            file,
            runtime=runtime_with(),
            gate=everyone,
            on_step=lambda *_: None,
            animator=WarpAnimator(runtime_with()),
        )
    file.write_bytes(pickle.dumps({"motion": [print]}))
    bad = runner.invoke(app, ["motion", "import", str(file), "bad"])
    assert bad.exit_code == 2 and "is not opened" in bad.output
    assert runner.invoke(app, ["motion", "import", __file__, "bad"]).exit_code == 2
