"""`ozhivi bench filters`: the command from end to end, on the one portrait that there is."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from skill.cli.main import app
from skill.demo_portrait import astronaut
from weights.store import WeightStore

runner = CliRunner()


def test_tables_of_a_folder(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "38_1_astronaut.png").write_bytes(astronaut())
    out = tmp_path / "table.md"
    told = ["bench", "filters", str(tmp_path), "--damage", "clean", "--damage", "JPEG", "--markdown", str(out)]
    done = runner.invoke(app, told)
    assert done.exit_code == 0, done.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("Refused as minors, percent, level normal, 1 photos")
    assert [line.split(" | ")[0] for line in lines[4:6]] == ["| clean", "| JPEG"]
    assert lines[4].endswith("| 0 |")


def test_what_is_readable_in_a_folder(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "astronaut.png").write_bytes(astronaut())
    for options, name in (((), "astronaut"), (("--numbered",), "1")):
        done = runner.invoke(app, ["bench", "readable", str(tmp_path), *options])
        assert done.exit_code == 0, done.output
        heading, _, row = done.stdout.splitlines()
        assert heading.startswith("| photo | face | answer |")
        assert row.startswith(f"| {name} | 1 | animate |")


def test_an_unknown_damage_is_named(tmp_path: Path) -> None:
    done = runner.invoke(app, ["bench", "filters", str(tmp_path), "--damage", "rust"])
    assert done.exit_code == 2
    assert "rust" in done.output


def test_bench_alone_is_still_about_clips() -> None:
    done = runner.invoke(app, ["bench", "--runs", "0"])
    assert done.exit_code == 2
    assert "--runs" in done.output
