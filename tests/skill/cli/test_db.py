"""`ozhivi db`, as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.main import app
from skill.database.revision import HEAD


def test_a_backup_is_made_and_restored_and_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "kept"

    def say(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["db", *words])
        assert done.exit_code == code, done.output
        return done.output

    assert "nothing was ever stored" in say("backup", str(file), code=1)
    assert say("upgrade") == f"tables: none → {HEAD}\n"
    assert say("backup", str(file)) == f"{file}: {file.stat().st_size} bytes\n"
    assert "такой файл уже есть" in say("backup", str(file), code=1)
    assert say("restore", str(file)) == f"{file} is restored\n"
    assert "такого файла нет" in say("restore", str(tmp_path / "none"), code=1)
