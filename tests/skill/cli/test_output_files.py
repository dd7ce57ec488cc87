"""Names of output files: the photo survives whatever it is called, other files survive without `--force`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.failures import CommandError
from skill.cli.main import app
from skill.cli.output_files import staged_files
from tests.skill.cli.fake_pipeline import FakePipeline

runner = CliRunner()

PHOTO = b"the only copy"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a photo, and other names of it."""
    monkeypatch.chdir(tmp_path)
    photo = tmp_path / "granny.jpg"
    photo.write_bytes(PHOTO)
    (tmp_path / "other").mkdir()
    (tmp_path / "link.jpg").symlink_to(photo)
    (tmp_path / "other" / "link.mp4").symlink_to("../granny.jpg")
    (tmp_path / "hard.gif").hardlink_to(photo)
    (tmp_path / "page.png").hardlink_to(photo)
    return tmp_path


@pytest.mark.parametrize(
    "options",
    [
        ["-o", "granny.jpg"],
        ["-o", "./other/../granny.jpg"],
        ["-o", "granny", "--format", "jpg"],
        ["-o", "granny", "--format", "mp4,jpg"],
        ["-o", "link.jpg"],
        ["-o", "other/link.mp4"],
        ["-o", "other/link"],
        ["-o", "hard", "--format", "mp4,gif"],
        ["--sheet", "page.png"],
        ["--sheet", "page"],
    ],
)
@pytest.mark.parametrize("photo", ["granny.jpg", "link.jpg", "other/link.mp4"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_the_photo_is_never_overwritten(
    pipeline: FakePipeline, folder: Path, photo: str, options: list[str], force: list[str]
) -> None:
    before = sorted(folder.rglob("*"))
    done = runner.invoke(app, ["animate", photo, *options, *force])
    assert done.exit_code == 2, done.output
    assert "never overwritten" in " ".join(done.stderr.replace("│", "").split())
    assert pipeline.wish is None
    assert (folder / "granny.jpg").read_bytes() == PHOTO
    assert sorted(folder.rglob("*")) == before


def test_a_disk_that_knows_no_case_is_asked_for_the_file(
    pipeline: FakePipeline, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two names of one file, as GRANNY.JPG and granny.jpg are on such a disk, are told by the disk, not by letters."""
    (folder / "GRANNY.JPG").hardlink_to(folder / "granny.jpg")
    done = runner.invoke(app, ["animate", "granny.jpg", "-o", "GRANNY.JPG", "--force"])
    assert done.exit_code == 2, done.output
    assert (folder / "GRANNY.JPG").read_bytes() == PHOTO


def test_a_clip_is_never_overwritten_by_its_sheet(folder: Path) -> None:
    for options in (["-o", "page.png"], ["-o", "page"], ["-o", "page.png", "--force"]):
        assert runner.invoke(app, ["sheet", "granny.jpg", *options]).exit_code == 2
    done = runner.invoke(app, ["sheet", "hard.gif", "-o", "hard.gif"])
    assert done.exit_code == 2
    assert (folder / "granny.jpg").read_bytes() == (folder / "page.png").read_bytes() == PHOTO


def test_other_files_are_overwritten_by_force_alone(pipeline: FakePipeline, folder: Path) -> None:
    clip = folder / "granny-ozhivi.gif"
    clip.write_bytes(b"of yesterday")
    command = ["animate", "granny.jpg", "--format", "mp4,gif"]
    refused = runner.invoke(app, command)
    assert refused.exit_code == 2
    assert "granny-ozhivi.gif is there already" in refused.stderr and "--force" in refused.stderr
    assert pipeline.wish is None
    assert clip.read_bytes() == b"of yesterday"
    assert not (folder / "granny-ozhivi.mp4").exists()
    assert runner.invoke(app, [*command, "--force"]).exit_code == 0
    assert clip.read_bytes() == b"clip"


def test_a_link_to_another_file_is_replaced_and_the_file_stays(pipeline: FakePipeline, folder: Path) -> None:
    kept = folder / "kept.mp4"
    kept.write_bytes(b"kept")
    (folder / "clip.mp4").symlink_to(kept)
    assert runner.invoke(app, ["animate", "granny.jpg", "-o", "clip.mp4"]).exit_code == 2
    assert runner.invoke(app, ["animate", "granny.jpg", "-o", "clip.mp4", "--force"]).exit_code == 0
    assert (kept.read_bytes(), (folder / "clip.mp4").read_bytes()) == (b"kept", b"clip")


@pytest.mark.parametrize(
    ("options", "made"),
    [
        (["-o", "other"], ["other/granny-ozhivi.mp4"]),
        (["-o", "other/", "--format", "gif,webp"], ["other/granny-ozhivi.gif", "other/granny-ozhivi.webp"]),
        (["-o", "other/clip"], ["other/clip.mp4"]),
        (["-o", "clip.MP4"], ["clip.MP4"]),
        (["-o", "clip.gif", "--format", "gif,webp"], ["clip.gif", "clip.webp"]),
        (["-o", "granny.1944"], ["granny.1944.mp4"]),
        (["-o", "Dr. Smith"], ["Dr. Smith.mp4"]),
    ],
)
def test_where_clips_go(pipeline: FakePipeline, folder: Path, options: list[str], made: list[str]) -> None:
    before = set(folder.rglob("*"))
    done = runner.invoke(app, ["animate", "granny.jpg", *options])
    assert done.exit_code == 0, done.output
    assert sorted(path.relative_to(folder).as_posix() for path in set(folder.rglob("*")) - before) == sorted(made)
    assert f"Готово: {', '.join(made)}" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "clip.avi"], "no format '.avi'; a name ends with .mp4, .gif, .webp, .jpg"),
        (["-o", "clip.jpeg"], "no format '.jpeg'"),
        (["-o", "nowhere/"], "there is no folder nowhere"),
        (["-o", "nowhere/clip.mp4"], "there is no folder nowhere"),
        (["--sheet", "nowhere/page.png"], "there is no folder nowhere"),
        (["--sheet", "page.jpg"], "no format '.jpg'; a name ends with .png"),
    ],
)
def test_names_that_can_not_be(pipeline: FakePipeline, folder: Path, options: list[str], words: str) -> None:
    before = sorted(folder.rglob("*"))
    done = runner.invoke(app, ["animate", "granny.jpg", *options], env={"COLUMNS": "200"})
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert pipeline.wish is None
    assert sorted(folder.rglob("*")) == before


def test_a_sheet_makes_no_folder_either(folder: Path) -> None:
    done = runner.invoke(app, ["sheet", "hard.gif", "-o", "nowhere/page.png"], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert "there is no folder nowhere" in done.stderr
    assert not (folder / "nowhere").exists()


def test_a_folder_of_that_name_is_not_replaced(pipeline: FakePipeline, folder: Path) -> None:
    (folder / "clip.gif").mkdir()
    done = runner.invoke(app, ["animate", "granny.jpg", "-o", "clip.mp4", "--format", "mp4,gif", "--force"])
    assert done.exit_code == 2, done.output
    assert not (folder / "clip.mp4").exists()


def test_files_appear_whole_or_not_at_all(pipeline: FakePipeline, folder: Path) -> None:
    """A sheet that can't be made takes its clip along."""
    before = sorted(folder.rglob("*"))
    done = runner.invoke(app, ["animate", "granny.jpg", "--sheet", "new.png"])
    assert done.exit_code != 0  # what the fake pipeline has written is no clip
    assert sorted(folder.rglob("*")) == before


def test_a_file_that_comes_meanwhile_is_kept(folder: Path) -> None:
    clip, page = folder / "clip.mp4", folder / "clip.png"
    with pytest.raises(CommandError, match="is there already"), staged_files({clip: "-o", page: "--sheet"}) as staged:
        staged[clip].write_bytes(b"new")
        staged[page].write_bytes(b"new")
        page.write_bytes(b"of somebody else")
    assert page.read_bytes() == b"of somebody else"
    assert not clip.exists()


def test_a_disk_without_links_of_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    with staged_files({folder / "clip.mp4": "-o"}) as staged:
        staged[folder / "clip.mp4"].write_bytes(b"new")
    assert (folder / "clip.mp4").read_bytes() == b"new"


def test_a_folder_that_can_not_be_written_to(pipeline: FakePipeline) -> None:
    done = runner.invoke(app, ["animate", "granny.jpg", "-o", "/proc"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Не получилось с файлом /proc: ")
    assert pipeline.wish is None
