"""The bench of restorations: once with the real models, on a small portrait and a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.runtime import Runtime
from skill.bench.restoration import DAMAGES, format_markdown, measure_restorations, show
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
    done = list(measure_restorations(tmp_path, Runtime(built_weights.path), ("none", "scratches", "faded")))
    assert [(one.name, one.damage) for one in done] == [
        ("astronaut.png", kind) for kind in ("none", "scratches", "faded")
    ]
    none, scratched, faded = done
    assert all(one.after.cosine >= one.before.cosine - 0.005 for one in done)  # the bound of docs/figures.md
    assert none.before == none.after and none.after.signal > 70 and none.after.structure > 0.9999
    assert none.after.moved < 0.001 and none.after.cosine > 0.9999
    assert scratched.before.signal < 45 and scratched.after.signal > scratched.before.signal - 0.1
    assert faded.after.signal > faded.before.signal + 4 and faded.after.moved < 0.02 and faded.seconds > 0
    show(done)
    shown = capsys.readouterr().out
    assert "scratches, `repair`" in shown and "cracks, `repair`" not in shown
    assert format_markdown(done).count("\n") == 5 and "cracks" in DAMAGES
    (cost,) = measure_costs(tmp_path, Runtime(built_weights.path), ["tone"])
    assert cost.parts == ("tone",) and 0 < cost.seconds < 20 and cost.cpu > 0
    show_costs([cost])
    assert "tone" in capsys.readouterr().out
