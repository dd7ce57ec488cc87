"""The bench of previews: its marks → a table; and once with the real models."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.animate.liveportrait.recording import MotionLibrary
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.gate import admit_everyone
from pipeline.runtime import Runtime
from skill.bench.previews import Mark, measure_previews, table
from skill.movements import MOVEMENTS
from skill.photo_renderer import PhotoRenderer
from weights.store import WeightStore


def test_each_step_has_its_own_processor_time_and_the_last_row_is_the_sum() -> None:
    marks = [Mark("photo", 0.5, 0.4, 0), Mark("still", 0.6, 0.5, 2048), Mark("gesture:smile", 0.9, 0.7, 1024)]
    assert table(marks) == [
        ("photo", "0.50 s", "0.40 s", "0.0 KiB"),
        ("still", "0.60 s", "0.10 s", "2.0 KiB"),
        ("gesture:smile", "0.90 s", "0.20 s", "1.0 KiB"),
        ("all", "0.90 s", "0.70 s", "3.0 KiB"),
    ]


def test_the_demo_portrait_has_them(
    built_weights: WeightStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("skill.bench.previews.MEASURED_SIZE", (320, 240))
    monkeypatch.setattr("skill.bench.previews.PREVIEWED", 2)
    runtime = Runtime(built_weights.path)
    renderer = PhotoRenderer(runtime, admit_everyone, WarpAnimator(runtime), MotionLibrary(tmp_path))
    marks = measure_previews(None, renderer)
    assert [mark.name for mark in marks] == ["photo", "still", *(one.value for one in MOVEMENTS[:2])]
    assert all(mark.size > 1000 for mark in marks[1:])
    assert [mark.wall for mark in marks] == sorted(mark.wall for mark in marks)
