"""Benchmarks: figures → tables; and the measuring process itself, once."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from skill.bench.clip import ClipFigures, check_ratios, format_json, format_markdown, measure_clip, table
from skill.bench.clip_cost import OPERATIONS, ClipCost
from skill.bench.clip_photos import MEASURED, SLACK
from skill.bench.errors import BenchError
from tests.skill.bench.conftest import MeasuredClip

FIGURES = ClipFigures(
    width=1280,
    height=960,
    frames=100,
    start_s=0.8,
    timings=(
        {"decode": 0.1, "animate": 5.0},
        {"decode": 0.05, "animate": 4.0},
        {"decode": 0.05, "animate": 3.0},
    ),
    walls=(6.0, 5.0, 4.0),
    peak_mib=512.3,
    cost=ClipCost((6.0, 3.0), (1.0, 1.0), 4.5, 20.0, {"eyes": 5.0, "rest": 15.0}, 0.25),
)


def test_cold_is_the_first_run_and_warm_the_median_of_the_others() -> None:
    rows = {what: (cold, warm) for what, cold, warm in table(FIGURES)}
    assert rows["animate"] == ("5.00 s", "3.50 s")
    assert rows["all"] == ("6.00 s", "4.50 s")
    assert rows["frames a second"] == ("16.7", "22.2")
    assert rows["peak memory"] == ("512 MiB", "")
    assert rows["whole / encoding alone"] == ("", "4.50")
    assert rows["… eyes"] == ("", "5.0 ms")
    assert rows["pixels that move"] == ("", "25%")


def test_json_has_the_ratio() -> None:
    figures = json.loads(format_json(FIGURES))
    assert figures["ratio"] == 4.5
    assert figures["cost"]["operations_ms"] == {"eyes": 5.0, "rest": 15.0}


@pytest.mark.parametrize(("times", "fails"), [(0.99 * SLACK, False), (1.01 * SLACK, True)])
def test_ratios_are_held_against_the_table(monkeypatch: pytest.MonkeyPatch, times: float, fails: bool) -> None:
    def measure(_: None, *, portrait: str, **options: float) -> ClipFigures:
        return replace(FIGURES, cost=replace(FIGURES.cost, ratio=times * MEASURED[portrait].limit))

    monkeypatch.setattr("skill.bench.clip.measure_clip", measure)
    lines = check_ratios(runs=1, seconds=2, fps=25, long_side=320)
    for name in MEASURED:
        assert next(lines).startswith(f"{name}, ")
    with pytest.raises(BenchError, match="small, close, large, group") if fails else nullcontext():
        assert list(lines) == []


def test_markdown_is_a_table() -> None:
    lines = format_markdown(FIGURES).splitlines()
    assert lines[0].startswith("1280×960, 100 frames, 3 runs")
    assert lines[2:4] == ["| step | cold | warm |", "| --- | --- | --- |"]
    assert all(line.count("|") == 4 for line in lines[2:])


def test_a_measurement_in_a_process_of_its_own(measured_clip: MeasuredClip) -> None:
    figures = measured_clip.figures
    assert (figures.width, figures.height, figures.frames) == (320, 240, 50)
    assert len(figures.walls) == len(figures.timings) == 1
    assert 0 < figures.start_s < 30
    assert 50 < figures.peak_mib < 4000
    assert figures.cost.ratio > 1.0
    assert 0.02 < figures.cost.moving < 0.9
    assert set(figures.cost.operations_ms) == {*OPERATIONS, "rest"}
    assert sum(figures.cost.operations_ms.values()) > 0.5 * figures.cost.frame_ms
    assert all(spent > 0.0 for name, spent in figures.cost.operations_ms.items() if name != "mouth")


def test_a_failed_measurement_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not a photo")
    with pytest.raises(BenchError, match="not_an_image"):
        measure_clip(bad, runs=1, seconds=2, fps=25, long_side=320)
