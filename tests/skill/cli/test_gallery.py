"""`ozhivi gallery`: the astronaut is added, found again on another picture, and forgotten."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance
from typer.testing import CliRunner, Result

from skill.cli.main import app
from skill.demo_portrait import astronaut
from weights.store import WeightStore

NAME = "Eileen  Collins"
runner = CliRunner()


@pytest.fixture(autouse=True)
def gallery(built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(built_weights.root))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "operator"))
    return tmp_path / "operator" / "ozhivi" / "gallery.db"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(astronaut())
    return path


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """The same person otherwise: mirrored, smaller, paler."""
    picture = Image.open(BytesIO(astronaut())).transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((400, 400))
    path = tmp_path / "another.jpg"
    ImageEnhance.Color(picture.convert("RGB")).enhance(0.4).save(path, quality=80)
    return path


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    path = tmp_path / "wall.png"
    Image.new("RGB", (300, 300), "#a87").save(path)
    return path


def run(*words: str | Path, code: int = 0) -> Result:
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def test_a_person_of_the_gallery_is_not_animated(photo: Path, another: Path, gallery: Path, tmp_path: Path) -> None:
    assert "empty gallery" in run("gallery", "check", another).stdout
    assert run("gallery", "add", NAME, photo).stdout == "Eileen Collins: 1\n"
    assert gallery.stat().st_mode & 0o777 == 0o600
    assert "Eileen Collins: 1" in run("gallery", "list").stdout
    assert run("gallery", "check", another).stdout.startswith("1: public_figure (Eileen Collins at 0.")
    refused = run("animate", another, "-o", tmp_path / "clip.mp4", "--json", code=3)
    assert json.loads(refused.stdout)["reason"] == "public_figure"
    assert "Collins" not in refused.stdout + refused.stderr  # the name stays with the operator
    assert not (tmp_path / "clip.mp4").exists()


def test_a_folder_is_imported_and_photos_without_a_face_are_listed(photo: Path, nobody: Path, tmp_path: Path) -> None:
    person = tmp_path / "people" / "Eileen Collins"
    person.mkdir(parents=True)
    photo.rename(person / "1.png")
    nobody.rename(person / "2.png")
    (person / "notes.txt").write_text("not a picture")
    output = run("gallery", "import", tmp_path / "people").stdout
    assert output.startswith("1 added, 1 passed over")
    assert "Eileen Collins/2.png: no_face" in output
    assert "1 people, 1 photos" in run("gallery", "list").stdout


def test_somebody_is_forgotten(photo: Path) -> None:
    run("gallery", "add", NAME, photo, photo)
    assert run("gallery", "remove", "Eileen Collins").stdout == "2 removed\n"
    assert "0 people" in run("gallery", "list").stdout
    assert "nobody is called" in run("gallery", "remove", "Eileen Collins", code=2).stderr


def test_a_photo_without_a_face_adds_nobody(nobody: Path) -> None:
    assert "не вижу" in run("gallery", "add", NAME, nobody, code=3).stderr
    assert "no face" in run("gallery", "check", nobody).stdout
    assert "0 people" in run("gallery", "list").stdout


def test_a_blank_name_is_refused(photo: Path) -> None:
    assert "the name is blank" in run("gallery", "add", "  ", photo, code=2).stderr
    assert "0 people" in run("gallery", "list").stdout


def test_doctor_counts_the_gallery(photo: Path, gallery: Path) -> None:
    def doctor() -> str:
        return " ".join(runner.invoke(app, ["doctor"], env={"COLUMNS": "2000"}).stdout.split())

    assert "gallery empty, nobody counts as a public figure: ozhivi gallery add" in doctor()
    assert not gallery.exists()  # looking makes nothing
    run("gallery", "add", NAME, photo)
    assert "gallery 1 people, 1 photos" in doctor()
    gallery.write_bytes(b"no SQLite at all")
    assert "gallery can't be read, nobody is animated" in doctor()


def test_a_gallery_that_was_set_and_is_missing_is_made_by_those_who_fill_it(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "chosen" / "gallery.db"
    monkeypatch.setenv("OZHIVI_GALLERY", str(chosen))
    assert "OZHIVI_GALLERY: there is no file" in run("gallery", "list", code=2).stderr
    assert "ozhivi gallery create" in run("animate", photo, "-o", tmp_path / "clip.mp4", code=2).stderr
    assert not chosen.exists()
    assert run("gallery", "create").stdout == "0 people, 0 photos\n"
    assert "0 people" in run("gallery", "list").stdout
