"""The setup of the filters fails closed: without one whole model nobody is animated, and `doctor` says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import weights.store as store_module
from filters.gallery import Gallery, GallerySummary
from pipeline.errors import FaceError, Reason
from pipeline.run import Wish
from pipeline.runtime import Runtime
from skill.app import build_service
from skill.cli.main import app
from skill.demo_portrait import astronaut
from skill.filter_setup import FilterGate, open_analyser, open_gallery, require_gallery
from skill.filter_status import read_filter_status
from skill.render_job import open_renderer
from skill.settings import WrongSettings, load
from weights.errors import MissingWeights
from weights.manifest import MANIFEST_FILE, Converter, load_manifest
from weights.store import WeightStore

MODELS = [model.name for model in load_manifest().models]
runner = CliRunner()


@pytest.fixture
def models(built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """All models as links in folders of the test's own: the stores of this process are there. Name → file."""
    built, own = tmp_path / "built", tmp_path / "own"
    built.mkdir()
    own.mkdir()
    (own / MANIFEST_FILE.name).symlink_to(MANIFEST_FILE)
    manifest = load_manifest(own / MANIFEST_FILE.name)
    for model in manifest.models:
        source = built_weights.location(model)
        ((own if model.converter is Converter.OWN else built) / source.name).symlink_to(source)
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(built))
    monkeypatch.setattr(store_module, "load_manifest", lambda: manifest)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return lambda name: WeightStore().location(manifest.model(name))


def delete(path: Path) -> None:
    path.unlink()


def change_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def render_as_worker(folder: Path) -> list[str]:
    """Formats that a worker makes of the portrait."""
    wish = Wish(seconds=2.0, long_side=320)
    render = open_renderer(load())
    return [name for name, _ in render(write_portrait(folder), wish, folder / "clip", lambda step, share: None).files]


def write_portrait(folder: Path) -> Path:
    photo = folder / "portrait.png"
    photo.write_bytes(astronaut((320, 320)))
    return photo


def clips(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in (".mp4", ".gif", ".jpg")]


def test_with_all_models_the_portrait_is_animated(models: Callable[[str], Path], tmp_path: Path) -> None:
    """So that the refusals below are those of the models."""
    assert render_as_worker(tmp_path) == ["mp4", "gif", "jpg"]


# each model with each harm, in one of the two ways
HARMED = [(name, harm) for name in MODELS for harm in (delete, change_a_bit)]
BY_WORKER = [one for at, one in enumerate(HARMED) if at % 4 in {0, 3}]
BY_COMMAND = [one for one in HARMED if one not in BY_WORKER]


@pytest.mark.parametrize(("name", "harm"), BY_WORKER)
def test_a_worker_refuses(
    models: Callable[[str], Path], tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(models(name))
    with pytest.raises(FaceError) as refused:
        render_as_worker(tmp_path)
    assert refused.value.reason is Reason.UNDETERMINED
    assert clips(tmp_path) == []


@pytest.mark.parametrize(("name", "harm"), BY_COMMAND)
def test_the_command_line_refuses_and_doctor_says_why(
    models: Callable[[str], Path], tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(models(name))
    photo = write_portrait(tmp_path)
    done = runner.invoke(app, ["animate", str(photo), "-o", str(tmp_path / "clip.mp4"), "--json", "--seconds", "2"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["ok"], answer["reason"]) == (4, False, "undetermined")
    assert clips(tmp_path) == []
    found = runner.invoke(app, ["doctor"], env={"COLUMNS": "2000"})
    assert found.exit_code == 4
    assert f"{name}: {'missing' if harm is delete else 'wrong hash'}" in found.stdout
    assert "every photo is refused (undetermined)" in found.stdout


def test_the_gate_verifies_every_model_before_the_first_photo(models: Callable[[str], Path]) -> None:
    models("face_expression").unlink()
    gate = FilterGate(load(), Runtime(WeightStore().path), WeightStore())
    with pytest.raises(FaceError) as refused:
        gate(np.zeros((8, 8, 3), np.uint8), [], Wish())
    assert refused.value.reason is Reason.UNDETERMINED
    assert isinstance(refused.value.__cause__, MissingWeights)


def test_a_gallery_that_was_set_and_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    """An empty one in its place would refuse nobody."""
    missing, runtime = tmp_path / "lost" / "gallery.db", Runtime(WeightStore(tmp_path).path)
    settings = load({"gallery": missing, "data_dir": tmp_path / "data"})
    for refuse in (
        lambda: require_gallery(settings.photo),
        lambda: open_gallery(settings.photo, open_analyser(settings, runtime)),
        lambda: build_service(settings),
    ):
        with pytest.raises(WrongSettings, match="ozhivi gallery create"):
            refuse()
    assert not missing.parent.exists()
    open_gallery(settings, open_analyser(settings, runtime), create=True).close()
    require_gallery(settings.photo)


def test_a_gallery_with_another_key_is_a_wrong_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is animated, and the service does not start."""
    path, key = tmp_path / "gallery.db", tmp_path / "key"
    Gallery(path, "open-1", (4,), "k" * 64).close()
    monkeypatch.setenv("OZHIVI_GALLERY_KEY_FILE", str(key))
    key.write_text("k" * 64 + "\n")
    assert require_gallery(load({"gallery": path}).photo) == GallerySummary("open-1", 0, 0, encrypted=True)
    key.write_text("w" * 64)
    settings = load({"gallery": path, "data_dir": tmp_path / "data"})
    with pytest.raises(WrongSettings, match=r"OZHIVI_GALLERY_KEY: .*encrypted with another key"):
        build_service(settings)
    assert "encrypted with another key" in read_filter_status(settings).problem


def test_the_usual_gallery_is_made_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("OZHIVI_GALLERY", "")
    settings = load({"data_dir": tmp_path / "data"})
    require_gallery(settings.photo)
    open_gallery(settings.photo, open_analyser(settings, Runtime(WeightStore(tmp_path).path))).close()
    assert (tmp_path / "ozhivi" / "gallery.db").exists()


def test_a_pack_or_a_gallery_that_can_not_be_used_is_a_wrong_setting(tmp_path: Path) -> None:
    runtime = Runtime(WeightStore(tmp_path).path)
    with pytest.raises(WrongSettings, match="OZHIVI_INSIGHTFACE_LICENSED"):
        open_analyser(load({"faces": f"insightface:{tmp_path}"}), runtime)
    (tmp_path / "gallery.db").write_bytes(b"no gallery " * 100)
    settings = load({"gallery": tmp_path / "gallery.db"})
    with pytest.raises(WrongSettings, match="OZHIVI_GALLERY"):
        open_gallery(settings, open_analyser(settings, runtime))
