"""`ozhivi motion`: motions are imported, listed, and refused where they are none."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.animate.liveportrait.recording import MotionLibrary
from skill.cli.main import app
from skill.movements import STORY_LABELS


def test_motions_are_imported_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    frame = {"scale": np.ones((1, 1)), "R_d": np.eye(3)[None], "exp": np.zeros((1, 21, 3)), "t": np.zeros((1, 3))}
    file = tmp_path / "d.pkl"
    file.write_bytes(pickle.dumps({"output_fps": 20, "motion": [frame] * 40}))
    runner = CliRunner()
    composed = runner.invoke(app, ["motion", "list"]).output
    assert [line.split(":")[0] for line in composed.splitlines()] == list(STORY_LABELS)
    assert "blown-kiss: Поцелуй (looks at us and blows a kiss)" in composed
    done = runner.invoke(app, ["motion", "import", str(file), "calm"])
    assert (done.exit_code, done.output) == (0, "Движение «calm» сохранено: 2.0 с, 40 кадров.\n")
    assert runner.invoke(app, ["motion", "list"]).output == composed + "calm: 2.0 с, 40 кадров\n"
    assert MotionLibrary(tmp_path / "motions").names() == ("calm",)
    again = runner.invoke(app, ["motion", "import", str(file), "calm"])
    assert again.exit_code == 2 and "--force" in again.output
    assert runner.invoke(app, ["motion", "import", str(file), "calm", "--force"]).exit_code == 0
    file.write_bytes(pickle.dumps({"motion": [print]}))
    bad = runner.invoke(app, ["motion", "import", str(file), "bad"])
    assert bad.exit_code == 2 and "is not opened" in bad.output
    assert runner.invoke(app, ["motion", "import", __file__, "bad"]).exit_code == 2
