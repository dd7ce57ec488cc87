"""A model that is missing or changed: nobody is animated, whoever asks, and `doctor` says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import weights.store as store_module
from pipeline.errors import FaceError, Reason
from pipeline.run import Wish
from skill import render_job as rendering
from skill.cli.main import app
from skill.demo_portrait import astronaut
from weights.manifest import MANIFEST_FILE, Converter, load_manifest
from weights.store import WeightStore

MODELS = [model.name for model in load_manifest().models]
runner = CliRunner()


@pytest.fixture
def models(
    built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Path]]:
    """All models as links in folders of the test's own, and where one lies; every store of the process is there."""
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
    monkeypatch.setenv("OZHIVI_GALLERY", str(tmp_path / "gallery.db"))
    forget()
    yield lambda name: WeightStore().location(manifest.model(name))
    forget()


def forget() -> None:
    """What a rendering process keeps warm."""
    rendering._renderer.cache_clear()


def missing(path: Path) -> None:
    path.unlink()


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def rendered(folder: Path) -> list[str]:
    """Formats that a worker makes of the portrait."""
    wish = Wish(seconds=2.0, long_side=320)
    return [name for name, _ in rendering.render(write(folder), wish, folder / "clip", lambda step, share: None)]


def write(folder: Path) -> Path:
    photo = folder / "portrait.png"
    photo.write_bytes(astronaut((320, 320)))
    return photo


def clips(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in (".mp4", ".gif", ".jpg")]


def test_with_all_models_the_portrait_is_animated(models: Callable[[str], Path], tmp_path: Path) -> None:
    """So that the refusals below are those of the models."""
    assert rendered(tmp_path) == ["mp4", "gif", "jpg"]


@pytest.mark.parametrize("harm", [missing, changed])
@pytest.mark.parametrize("name", MODELS)
def test_a_worker_refuses(
    models: Callable[[str], Path], tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(models(name))
    with pytest.raises(FaceError) as refused:
        rendered(tmp_path)
    assert refused.value.reason is Reason.UNDETERMINED
    assert clips(tmp_path) == []


@pytest.mark.parametrize("harm", [missing, changed])
@pytest.mark.parametrize("name", MODELS)
def test_the_command_line_refuses_and_doctor_says_why(
    models: Callable[[str], Path], tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(models(name))
    photo = write(tmp_path)
    done = runner.invoke(app, ["animate", str(photo), "-o", str(tmp_path / "clip.mp4"), "--json", "--seconds", "2"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["ok"], told["reason"]) == (4, False, "undetermined")
    assert clips(tmp_path) == []
    found = runner.invoke(app, ["doctor"], env={"COLUMNS": "2000"})
    assert found.exit_code == 4
    assert f"{name}: {'missing' if harm is missing else 'wrong hash'}" in found.stdout
    assert "every photo is refused (undetermined)" in found.stdout
