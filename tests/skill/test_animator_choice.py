"""The choice of the animator: what the setting asks for and what the machine has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.animate.liveportrait.animator import LivePortraitAnimator
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.runtime import CPU, CUDA, Runtime
from skill.animator_choice import describe_choice, open_animator
from skill.settings import Settings, load
from weights.errors import LivePortraitMissing
from weights.store import WeightStore

AUTO = Settings(animator="auto")


def runtime_with(*providers: str) -> Runtime:
    """A runtime that only says what providers there are."""
    return cast(Runtime, SimpleNamespace(providers=providers))


class StoreWithWeights:
    """A store to which weights of LivePortrait were added."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.liveportrait = SimpleNamespace(record=lambda: "a record")

    def path(self, name: str) -> Path:
        return self.root / name


@pytest.fixture
def empty_store(tmp_path: Path) -> WeightStore:
    return WeightStore(tmp_path)


@pytest.fixture
def full_store(tmp_path: Path) -> WeightStore:
    return cast(WeightStore, StoreWithWeights(tmp_path))


def test_the_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().animator == "auto"
    monkeypatch.setenv("OZHIVI_ANIMATOR", "warp")
    assert load().animator == "warp"


def test_without_weights_auto_takes_the_warp(empty_store: WeightStore) -> None:
    assert isinstance(open_animator(AUTO, runtime_with(CUDA, CPU), empty_store), WarpAnimator)
    assert describe_choice(AUTO, (CUDA, CPU), empty_store) == "warp (auto: no weights)"
    assert describe_choice(AUTO, (CPU,), empty_store) == "warp (auto: no GPU, no weights)"
    with pytest.raises(LivePortraitMissing, match="ozhivi weights add liveportrait"):
        open_animator(Settings(animator="liveportrait"), runtime_with(CPU), empty_store)


def test_with_weights_a_gpu_decides(full_store: WeightStore) -> None:
    neural = Settings(animator="liveportrait")
    assert isinstance(open_animator(AUTO, runtime_with(CUDA, CPU), full_store), LivePortraitAnimator)
    assert isinstance(open_animator(AUTO, runtime_with(CPU), full_store), WarpAnimator)
    assert isinstance(open_animator(neural, runtime_with(CPU), full_store), LivePortraitAnimator)
    assert describe_choice(AUTO, (CUDA, CPU), full_store).startswith("liveportrait (auto")
    assert describe_choice(AUTO, (CPU,), full_store) == "warp (auto: no GPU)"


def test_doctor_is_told_what_a_setting_lacks(empty_store: WeightStore, full_store: WeightStore) -> None:
    neural = Settings(animator="liveportrait")
    assert describe_choice(neural, (CPU,), full_store) == "liveportrait, as set"
    assert describe_choice(neural, (CPU,), empty_store) == (
        "liveportrait, as set, but run `ozhivi weights add liveportrait`"
    )
    assert describe_choice(Settings(animator="warp"), (CUDA, CPU), full_store) == "warp, as set"
