"""`ozhivi doctor`: what a machine has and lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.main import app

runner = CliRunner()


def test_doctor_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    done = runner.invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert done.exit_code == 4, done.output
    assert "CPUExecutionProvider" in done.stdout
    (warning,) = (line for line in done.stdout.splitlines() if line.startswith("WARNING"))
    assert "every photo is refused (undetermined) until `ozhivi weights build`" in warning  # and not broken in two


def test_doctor_shows_the_settings_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_API_KEYS", f"{'k' * 40},{'l' * 40}")
    monkeypatch.setenv("OZHIVI_KEEP", "90m")
    done = runner.invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert "OZHIVI_KEEP" in done.stdout
    assert "5400" in done.stdout
    assert "2 given" in done.stdout
    assert "kkk" not in done.stdout
