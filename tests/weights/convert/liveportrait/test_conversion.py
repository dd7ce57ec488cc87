"""From the five checkpoint files to ONNX files in the store, with nets that are small."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import onnx
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

import weights.cli  # noqa: E402
from tests.weights.convert.liveportrait.conftest import Converted  # noqa: E402
from tests.weights.file_server import FileServer, serve  # noqa: E402
from weights.convert.liveportrait import conversion  # noqa: E402
from weights.convert.liveportrait.sizes import TINY  # noqa: E402
from weights.errors import ParityMismatch  # noqa: E402
from weights.liveportrait import MODELS, Pack, sources  # noqa: E402


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command takes small nets."""
    monkeypatch.setattr(conversion, "convert_checkpoints", partial(conversion.convert_checkpoints, sizes=TINY))


def test_from_a_folder_to_the_store(converted: Converted) -> None:
    result, root, files = converted.result, converted.root, converted.files
    assert "10 models of LivePortrait (weights of another origin)" in result.output
    assert "odd: 27 of 27 coordinates move that should rest (" in result.output  # the weights are random ones
    assert "Look at a clip before you use it" in result.output
    pack = Pack(root)
    assert "weights of another origin" in str(pack.state()) and "; odd: 27 of 27" in str(pack.state())
    assert pack.state().ready == tuple(model.name for model in MODELS)
    record = json.loads((pack.folder / "pack.json").read_text())
    figures = record["models"]["liveportrait_frame_4d"]["figures"]["image"]
    assert 0 < figures["max_abs"] / figures["span"] < 1e-3
    assert record["models"]["liveportrait_frame_fp16"]["figures"]["image"]["psnr"] > 40
    assert record["models"]["liveportrait_frame"]["opset"] == 20
    assert record["sources"].keys() == {file.name for file in files.values()}
    assert [entry.name for entry in root.iterdir()] == ["liveportrait"]
    assert all(file.exists() for file in files.values())


def test_files_that_are_not_the_published_ones_need_trust(files: dict[str, Path], tiny: None, tmp_path: Path) -> None:
    folder, root = files["motion"].parent, tmp_path / "store"
    result = CliRunner().invoke(weights.cli.app, ["add", "liveportrait", "--from", str(folder), "--root", str(root)])
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "error" in line]
    assert "wrong hash" in line and "--trust" in line
    assert list(root.iterdir()) == []


def test_from_a_hub_whose_line_is_cut(
    files: dict[str, Path],
    exported: dict[str, Path],
    tiny: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The files are made of the same weights a second time, which is exported already."""
    graphs = {(one.net, one.form): onnx.load(exported[one.name]) for one in MODELS if one.precision == "fp32"}
    monkeypatch.setattr(conversion, "export", lambda module, net, sizes, form: graphs[net, form])
    payloads = {key: file.read_bytes() for key, file in files.items()}
    hashes, _ = sources.verify_checkpoints(files, trusted=True)
    changed = {
        key: replace(checkpoint, size=len(payloads[key]), sha256=hashes[checkpoint.name])
        for key, checkpoint in sources.CHECKPOINTS.items()
    }
    monkeypatch.setattr(sources, "CHECKPOINTS", changed)
    hub = FileServer({f"/{c.path}": payloads[key] for key, c in changed.items()}, cuts=[4000, 1000])
    root = tmp_path / "store"
    with serve(hub):
        arguments = ["add", "liveportrait", "--from", hub.url, "--root", str(root)]
        result = CliRunner().invoke(weights.cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert "official weights" in result.output
    assert [wanted for _, wanted in hub.requests if wanted] == ["bytes=4000-", "bytes=5000-"]
    assert Pack(root).state().published
    assert not (root / "downloads").exists()


def test_a_failure_leaves_the_old_files(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "liveportrait"
    folder.mkdir()
    (folder / "old").write_bytes(b"old")

    def refuse(*args: object) -> None:
        raise ParityMismatch("liveportrait_motion", "it is made up")

    monkeypatch.setattr(conversion, "compare_with_torch", refuse)
    with pytest.raises(ParityMismatch):
        conversion.convert_checkpoints(tmp_path, files, sizes=TINY, trusted=True)
    assert [entry.name for entry in folder.iterdir()] == ["old"]
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]
