"""`ozhivi bench`: the commands from end to end, on the one portrait that there is, and their errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skill.cli.main import app
from skill.demo_portrait import astronaut
from tests.skill.bench.conftest import MeasuredClip
from weights.store import WeightStore

runner = CliRunner()


def run(*words: str | Path) -> Result:
    return runner.invoke(app, ["bench", *map(str, words)])


def test_without_a_photo_the_demo_portrait_is_measured(measured_clip: MeasuredClip) -> None:
    assert "320×240, 50 frames, 1 runs" in measured_clip.result.stdout
    assert "| encode |" in measured_clip.markdown


def test_the_command_of_make_bench_is_understood() -> None:
    makefile = (Path(__file__).parents[3] / "Makefile").read_text(encoding="utf-8")
    (words,) = re.findall(r"\$\(BIN\)/ozhivi bench(.*)", makefile)
    done = run(*words.split(), "--runs", "0")
    assert done.exit_code == 2
    assert "greater than or equal to 1" in done.output  # the only thing that is wrong


def test_bench_alone_is_about_clips() -> None:
    done = run("--runs", "0")
    assert done.exit_code == 2
    assert "--runs" in done.output


def test_an_unknown_frame_rate_is_refused_before_any_work() -> None:
    done = run("--fps", "26")
    assert done.exit_code == 2
    assert "25 or 30" in done.output


def test_a_refused_photo_is_one_line_in_plain_words(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not a photo")
    done = run("clip", bad, "--runs", "1")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("the photo is refused (not_an_image): ")
    assert len(done.stderr.splitlines()) == 1


def test_the_filters_of_a_folder_are_measured(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "38_1_astronaut.png").write_bytes(astronaut())
    out = tmp_path / "table.md"
    done = run("filters", tmp_path, "--damage", "clean", "--damage", "JPEG", "--markdown", out)
    assert done.exit_code == 0, done.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("Refused as minors, percent, level normal, 1 photos")
    assert [line.split(" | ")[0] for line in lines[4:6]] == ["| clean", "| JPEG"]
    assert lines[4].endswith("| 0 |")


def test_an_unknown_damage_is_named(tmp_path: Path) -> None:
    done = run("filters", tmp_path, "--damage", "rust")
    assert done.exit_code == 2
    assert "rust" in done.output


@pytest.mark.parametrize(("command", "advice"), [("filters", "34_1_photo.jpg"), ("readable", "directly in it")])
def test_a_folder_without_photos_is_a_usage_error_with_advice(
    command: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = run(command, tmp_path)
    assert done.exit_code == 2
    assert "FOLDER" in done.output
    assert advice in done.output
    assert "NoPhotosError" not in done.output


def test_the_readability_of_a_folder_is_shown(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "astronaut.png").write_bytes(astronaut())
    for options, name in (((), "astronaut"), (("--numbered",), "1")):
        done = run("readable", tmp_path, *options)
        assert done.exit_code == 0, done.output
        heading, _, row = done.stdout.splitlines()
        assert heading.startswith("| photo | face | answer |")
        assert row.startswith(f"| {name} | 1 | animate |")


def test_look_ups_in_a_gallery_are_measured() -> None:
    done = run("gallery", "--entries", "50")
    assert done.exit_code == 0, done.output
    assert "entries: 50" in done.stdout
    assert "look-up, median: " in done.stdout


def test_a_film_of_our_own_is_compared(film: Path, tmp_path: Path) -> None:
    sheet, markdown = tmp_path / "worst.png", tmp_path / "truth.md"
    done = run("truth", film, "--every", "5", "--part", "lids", "--sheet", sheet, "--markdown", markdown)
    assert done.exit_code == 0, done.output
    assert "error in lids" in done.stdout
    assert sheet.read_bytes().startswith(b"\x89PNG")
    assert "| L* of a shut lid" in markdown.read_text(encoding="utf-8")


def test_an_unknown_part_of_the_face_is_refused(film: Path) -> None:
    done = run("truth", film, "--part", "ears")
    assert done.exit_code == 2
    assert "lids, mouth, brows, face" in done.output


def test_a_folder_without_videos_is_one_line(tmp_path: Path) -> None:
    done = run("truth", tmp_path)
    assert done.exit_code == 1
    assert "holds no video" in done.stderr
