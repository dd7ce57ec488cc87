"""`ozhivi bench gpu`, once and whole at its small size: it may not rot where there is no card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.runtime import CPU, Runtime
from skill.bench.gpu import report
from skill.bench.gpu.placement import SHAPES, place
from skill.bench.gpu.report import format_section, measure_gpu
from skill.bench.gpu.section import REDUCED, Section, best_ms
from skill.cli.main import app
from weights.store import WeightStore

Sections = dict[str, dict[str, Any]]


@contextmanager
def one_thread() -> Iterator[None]:
    """In torch: tiny nets are ten times dearer where its threads wait for each other."""
    try:
        import torch  # noqa: PLC0415  (as the report does, where it is installed)
    except ImportError:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def measured(built_weights: WeightStore, tmp_path_factory: pytest.TempPathFactory) -> Sections:
    """The report of this machine: heading → section."""
    folder = tmp_path_factory.mktemp("gpu") / "report"
    with one_thread():
        done = CliRunner().invoke(app, ["bench", "gpu", "--reduced", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    text = (folder / "ozhivi-gpu.md").read_text(encoding="utf-8")
    assert "FAILED" not in text
    assert all(line in done.stdout for line in text.splitlines())
    sections = json.loads((folder / "ozhivi-gpu.json").read_text(encoding="utf-8"))
    return {section["title"]: section for section in sections}


def test_every_section_is_there(measured: Sections) -> None:
    assert [*measured][:6] == [
        "Machine",
        "Where the graphs run",
        "The warp's graph against OpenCV",
        "A frame of the warp",
        "Clips",
        "Encoders",
    ]
    assert "LivePortrait's frame nets" in measured


def test_every_graph_is_placed(measured: Sections, built_weights: WeightStore) -> None:
    rows = {row["graph"]: row for row in measured["Where the graphs run"]["rows"]}
    assert rows.keys() == {model.name for model in built_weights.manifest.models}
    assert all(row["on the card"] + row["on the CPU"] > 0 for row in rows.values())


def test_the_graph_agrees(measured: Sections) -> None:
    assert {row["agrees"] for row in measured["The warp's graph against OpenCV"]["rows"]} == {"yes"}


def test_times_are_times(measured: Sections) -> None:
    (row,) = measured["A frame of the warp"]["rows"]
    assert 0 < row["graph, best, ms"] <= row["graph, one at once, ms"]
    assert row["OpenCV, ms"] > 0
    clips = measured["Clips"]["rows"]
    assert [one["at once"] for one in clips] == list(REDUCED.jobs)
    assert all(one["clips a second"] > 0 and 0 < one["share of encoding"] < 1 for one in clips)
    assert measured["Encoders"]["rows"][0]["frames a second"] > 0


def test_liveportrait_is_measured_or_says_why_not(measured: Sections) -> None:
    section = measured["LivePortrait's frame nets"]
    if section["rows"]:
        assert [row["what"] for row in section["rows"]][:2] == ["onnxruntime fp32", "onnxruntime fp16"]
        assert all(row["best, ms"] > 0 for row in section["rows"])
    else:
        assert "torch" in section["note"]


def test_what_fails_is_said_and_the_rest_goes_on(built_weights: WeightStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Section:
        raise RuntimeError("CUDA failure 2: out of memory")

    for name in ("measure_placement", "measure_agreement", "measure_frames", "measure_clips", "measure_liveportrait"):
        monkeypatch.setattr(report, name, fail)
    monkeypatch.setattr(report, "open_photo_renderer", lambda: None)
    found = {
        section.title: section.note for section in measure_gpu(Runtime(built_weights.path, providers=[CPU]), REDUCED)
    }
    assert found["Clips"] == "FAILED: RuntimeError: CUDA failure 2: out of memory"
    assert not found["Machine"] and "libx264" in found["Encoders"]


def test_a_heavy_node_on_the_cpu_is_named(built_weights: WeightStore) -> None:
    row = place("face_cover", built_weights.path("face_cover"), [CPU])
    assert "Conv 7" in str(row["of these not of shapes"])
    assert not SHAPES & {"Conv", "GridSample", "MatMul", "Resize"}


def test_a_section_is_a_table() -> None:
    section = Section("Title", [{"one": 1, "two": "b"}, {"one": 2, "two": "c"}], "A note.")
    assert format_section(section) == "## Title\n\n| one | two |\n| --- | --- |\n| 1 | b |\n| 2 | c |\n\nA note.\n"


def test_a_time_is_the_shortest_of_two_at_least() -> None:
    calls: list[None] = []
    assert best_ms(lambda: calls.append(None), 4, 0.0) >= 0
    assert len(calls) == 3
