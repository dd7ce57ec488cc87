"""`ozhivi motion`: motions are imported, listed, and refused where they are none."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.animate.liveportrait.recording import MotionLibrary
from pipeline.limits import AUTO
from pipeline.motion.motion_file import MotionFiles
from skill.cli.main import app
from skill.cli.motions import motion_names
from skill.movements import STORY_LABELS


def test_motions_are_imported_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    frame = {"scale": np.ones((1, 1)), "R_d": np.eye(3)[None], "exp": np.zeros((1, 21, 3)), "t": np.zeros((1, 3))}
    file = tmp_path / "d.pkl"
    file.write_bytes(pickle.dumps({"output_fps": 20, "motion": [frame] * 40}))
    runner = CliRunner()
    composed = runner.invoke(app, ["motion", "list"]).output
    assert [line.split(":")[0] for line in composed.splitlines()] == [AUTO, *STORY_LABELS]
    assert "blown-kiss: Поцелуй (looks at us and blows a kiss)" in composed
    done = runner.invoke(app, ["motion", "import", str(file), "calm"])
    assert (done.exit_code, done.output) == (0, "Движение «calm» сохранено: 2.0 с, 50 кадров.\n")
    assert runner.invoke(app, ["motion", "list"]).output == composed + "calm: 2.0 с, 50 кадров\n"
    assert MotionLibrary(tmp_path / "motions").names() == MotionFiles(tmp_path / "motions").names() == ("calm",)
    again = runner.invoke(app, ["motion", "import", str(file), "calm"])
    assert again.exit_code == 2 and "--force" in again.output
    assert runner.invoke(app, ["motion", "import", str(file), "calm", "--force"]).exit_code == 0
    other = tmp_path / "calm.json"
    assert runner.invoke(app, ["motion", "export", "nod:2", "-o", str(other)]).exit_code == 0
    assert runner.invoke(app, ["motion", "import", str(other), "calm", "--force"]).exit_code == 0
    assert MotionLibrary(tmp_path / "motions").names() == ()  # else the neural animator would play the old one
    assert runner.invoke(app, ["motion", "list"]).output == composed + "calm: 4.0 с, 100 кадров\n"
    file.write_bytes(pickle.dumps({"motion": [print]}))
    bad = runner.invoke(app, ["motion", "import", str(file), "bad"])
    assert bad.exit_code == 2 and "is not opened" in bad.output
    assert runner.invoke(app, ["motion", "import", __file__, "bad"]).exit_code == 2


def test_a_template_shorter_than_a_clip_is_for_the_neural_animator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    frame = {"scale": np.ones((1, 1)), "R": np.eye(3)[None], "exp": np.zeros((1, 21, 3)), "t": np.zeros((1, 3))}
    file = tmp_path / "d.pkl"
    file.write_bytes(pickle.dumps({"output_fps": 25, "motion": [frame] * 16}))
    done = CliRunner().invoke(app, ["motion", "import", str(file), "short"])
    assert (done.exit_code, MotionLibrary(tmp_path / "motions").names()) == (0, ("short",))
    assert MotionFiles(tmp_path / "motions").names() == ()


def test_a_motion_is_written_drawn_changed_and_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path / "weights"))
    runner, file, plot = CliRunner(), tmp_path / "nod.json", tmp_path / "nod.png"
    for command in (
        ["export", "nod:2", "-o", str(file)],
        ["show", str(file), "-o", str(plot)],
        ["show", "tenderness", "-o", str(plot), "--force"],
        ["import", str(file), "mine"],
        ["export", "mine", "-o", str(tmp_path / "again.json")],
    ):
        done = runner.invoke(app, ["motion", *command])
        assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "again.json").read_text())["curves"] == json.loads(file.read_text())["curves"]
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "mine: 4.0 с, 100 кадров" in runner.invoke(app, ["motion", "list"]).output
    assert "mine" in motion_names()
    file.write_text("{}")
    bad = runner.invoke(app, ["motion", "import", str(file), "bad"])
    assert bad.exit_code != 0 and "no motion file" in bad.output
    assert runner.invoke(app, ["motion", "export", "waltz", "-o", str(file), "--force"]).exit_code != 0


def test_an_imported_motion_keeps_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path / "weights"))
    runner, file = CliRunner(), tmp_path / "nod.json"
    assert runner.invoke(app, ["motion", "export", "nod", "-o", str(file)]).exit_code == 0
    file.write_text(json.dumps({**json.loads(file.read_text()), "licence": "CC BY 4.0"}))
    for name, options, licence in (("own", [], "CC BY 4.0"), ("other", ["--licence", "MIT"], "MIT")):
        assert runner.invoke(app, ["motion", "import", str(file), name, *options]).exit_code == 0
        (kept,) = tmp_path.rglob(f"{name}.json")
        assert json.loads(kept.read_text())["licence"] == licence
