"""`ozhivi`: the commands of the service, and a start that is light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.main import app

runner = CliRunner()


def test_wrong_settings_are_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_PORT", "http")
    for command in ("doctor", "serve", "ticket"):
        done = runner.invoke(app, [command])
        assert done.exit_code == 2
        assert "OZHIVI_PORT: should be a whole number" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_ticket_is_a_link_and_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path / "data"))
    link, code = runner.invoke(app, ["ticket", "--address", "https://photo.example.ru/"]).stdout.split("\n")[:2]
    assert link.startswith("https://photo.example.ru/u/")
    assert len(code.replace(" ", "")) == 6


def test_help_is_light() -> None:
    heavy = ("cv2", "onnxruntime", "av", "scipy", "numpy", "PIL", "onnx", "torch", "pydantic")
    script = f"import skill.cli.main, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
