"""The status of the filters, as operators read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from filters.embeddings.base import FaceEmbedding
from filters.gallery import Gallery
from skill.cli.main import app
from skill.filter_status import log_filters, read_filter_status
from skill.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings with a gallery of the test's own, and others by name."""
    return lambda **others: load({"gallery": tmp_path / "gallery.db", **others})


def fill(path: Path, pack: str = "open-1") -> None:
    gallery = Gallery(path, pack, (4,))
    gallery.add("Анна", [FaceEmbedding((np.ones(4, np.float32),), 1.0, 100.0)] * 2)
    gallery.close()


def test_states_are_for_programs_and_hold_no_path(settings: Callable[..., Settings], tmp_path: Path) -> None:
    fill(tmp_path / "gallery.db")
    states = read_filter_status(settings(children="strict", archive=True, faces="insightface:/secret/place")).states()
    assert states == {
        "readable": "on",
        "children": "strict",
        "archive": "on",
        "drawings": "refused",
        "faces": "insightface",
        "gallery": "on",
        "gallery_people": 1,
        "gallery_photos": 2,
    }
    (tmp_path / "gallery.db").write_bytes(b"something else")
    assert read_filter_status(settings()).states()["gallery"] == "unreadable"


def test_a_filter_that_is_off_is_a_warning_in_the_log(settings: Callable[..., Settings], tmp_path: Path) -> None:
    fill(tmp_path / "gallery.db")
    with capture_logs() as calm:
        log_filters(settings())
    assert [line["log_level"] for line in calm] == ["info"]
    with capture_logs() as lines:
        log_filters(settings(children="off", readable=False))
    warned = [str(line["what"]) for line in lines if line["log_level"] == "warning"]
    assert [word in text for word, text in zip(("OZHIVI_CHILDREN", "OZHIVI_READABLE"), warned, strict=True)] == [
        True
    ] * 2


def test_a_gallery_that_is_empty_is_a_warning(settings: Callable[..., Settings], tmp_path: Path) -> None:
    Gallery(tmp_path / "gallery.db", "open-1", (4,)).close()
    status = read_filter_status(settings())
    assert status.states()["gallery"] == "empty"
    assert [("gallery" in warning, "empty" in warning) for warning in status.warnings()] == [(True, True)]


def test_a_gallery_that_was_set_and_is_missing_is_not_an_empty_one(settings: Callable[..., Settings]) -> None:
    assert read_filter_status(settings()).states()["gallery"] == "unreadable"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CHILDREN", "normal", "children refused, level normal"),
        ("CHILDREN", "strict", "children refused, level strict"),
        ("CHILDREN", "off", "warning the filter of minors is off"),
        ("READABLE", "false", "warning covered, turned and blurred faces are animated"),
        ("READABLE", "true", "unreadable faces refused"),
        ("ARCHIVE", "true", "archive a child on an old photo is animated with consent"),
        ("ARCHIVE", "false", "archive off"),
        ("DRAWINGS", "true", "drawings animated"),
        ("FACES", "open", "face nets open-1"),
        ("FACES", "insightface:/nowhere", "nobody is animated: insightface's packs are for non-commercial research"),
    ],
)
def test_doctor_shows_each(name: str, value: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_GALLERY", str(tmp_path / "gallery.db"))
    monkeypatch.setenv(f"OZHIVI_{name}", value)
    shown = " ".join(CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "2000"}).stdout.split())
    assert words in shown


def test_doctor_warns_of_a_gallery_of_other_nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_GALLERY", str(tmp_path / "gallery.db"))
    fill(tmp_path / "gallery.db", "insightface-0123")
    shown = " ".join(CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "2000"}).stdout.split())
    assert "gallery made with the nets insightface-0123, nobody is animated" in shown
