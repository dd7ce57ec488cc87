"""Benchmarks: figures → tables; and the measuring process itself, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.bench.clip import ClipFigures, format_markdown, measure_clip, table
from skill.bench.errors import BenchError
from weights.store import WeightStore

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
)


def test_cold_is_the_first_run_and_warm_the_median_of_the_others() -> None:
    rows = {what: (cold, warm) for what, cold, warm in table(FIGURES)}
    assert rows["animate"] == ("5.00 s", "3.50 s")
    assert rows["all"] == ("6.00 s", "4.50 s")
    assert rows["frames a second"] == ("16.7", "22.2")
    assert rows["peak memory"] == ("512 MiB", "")


def test_markdown_is_a_table() -> None:
    lines = format_markdown(FIGURES).splitlines()
    assert lines[0].startswith("1280×960, 100 frames, 3 runs")
    assert lines[2:4] == ["| step | cold | warm |", "| --- | --- | --- |"]
    assert all(line.count("|") == 4 for line in lines[2:])


def test_a_measurement_in_a_process_of_its_own(built_weights: WeightStore) -> None:
    figures = measure_clip(None, runs=1, seconds=2, fps=25, long_side=320)
    assert (figures.width, figures.height, figures.frames) == (320, 240, 50)
    assert len(figures.walls) == len(figures.timings) == 1
    assert 0 < figures.start_s < 30
    assert 50 < figures.peak_mib < 4000


def test_a_failed_measurement_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not a photo")
    with pytest.raises(BenchError, match="not_an_image"):
        measure_clip(bad, runs=1, seconds=2, fps=25, long_side=320)
