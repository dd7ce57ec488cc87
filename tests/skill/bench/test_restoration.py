"""The bench of restorations: once with the real models, on a small portrait and a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.runtime import Runtime
from skill.bench.restoration import measure_repairs, show
from skill.bench.restoration_cost import measure_costs, show_costs
from skill.demo_portrait import astronaut
from weights.store import WeightStore


def test_a_photo_is_measured_and_other_files_are_left_out(
    built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("skill.bench.restoration.SIDE", 320)
    monkeypatch.setattr("skill.bench.restoration_cost.PIXELS", 90_000)
    (tmp_path / "astronaut.png").write_bytes(astronaut())
    (tmp_path / "notes.txt").write_text("no photo")
    (one,) = measure_repairs(tmp_path, Runtime(built_weights.path))
    assert one.name == "astronaut.png" and one.find_seconds > 0 and one.fill_seconds > 0
    assert 0 <= one.clean_share < 0.02 and 0 <= one.found <= 1 and one.repaired > one.damaged - 0.1
    assert one.repaired > 20 and one.moved < 0.02
    show([one])
    assert "astronaut.png" in capsys.readouterr().out
    (cost,) = measure_costs(tmp_path, Runtime(built_weights.path), ["tone"])
    assert cost.parts == ("tone",) and 0 < cost.seconds < 20 and cost.cpu > 0
    show_costs([cost])
    assert "tone" in capsys.readouterr().out
