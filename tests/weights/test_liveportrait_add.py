"""From the five checkpoint files to ONNX files in the store, with nets that are small."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

import weights.cli  # noqa: E402
from tests.weights.liveportrait_hub import Hub, serving  # noqa: E402
from weights.convert.liveportrait import add as making  # noqa: E402
from weights.convert.liveportrait.checkpoint import load_nets  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.randomised import randomise, write_checkpoints  # noqa: E402
from weights.convert.liveportrait.sizes import TINY  # noqa: E402
from weights.errors import BadCheckpoint, NotTheSame  # noqa: E402
from weights.liveportrait import MODELS, Pack, sources  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def nets() -> Nets:
    found = Nets.empty(TINY)
    randomise(found, 11)
    return found


@pytest.fixture
def files(nets: Nets, tmp_path: Path) -> dict[str, Path]:
    return write_checkpoints(nets, tmp_path / "checkpoints")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command takes small nets."""
    monkeypatch.setattr(making, "add", partial(making.add, sizes=TINY))


def test_from_a_folder_to_the_store(files: dict[str, Path], tiny: None, tmp_path: Path) -> None:
    folder, root = files["motion"].parent, tmp_path / "store"
    arguments = ["add", "liveportrait", "--from", str(folder), "--trust", "--root", str(root)]
    result = CliRunner().invoke(weights.cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert "10 models of LivePortrait (weights of another origin)" in result.output
    pack = Pack(root)
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
    files: dict[str, Path], tiny: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payloads = {key: file.read_bytes() for key, file in files.items()}
    hashes, _ = sources.checked(files, trusted=True)
    changed = {
        key: replace(checkpoint, size=len(payloads[key]), sha256=hashes[checkpoint.name])
        for key, checkpoint in sources.CHECKPOINTS.items()
    }
    monkeypatch.setattr(sources, "CHECKPOINTS", changed)
    hub = Hub({f"/{c.path}": payloads[key] for key, c in changed.items()}, cuts=[4000, 1000])
    root = tmp_path / "store"
    with serving(hub):
        arguments = ["add", "liveportrait", "--from", hub.url, "--root", str(root)]
        result = CliRunner().invoke(weights.cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert "official weights" in result.output
    assert [wanted for _, wanted in hub.asked if wanted] == ["bytes=4000-", "bytes=5000-"]
    assert Pack(root).state().published
    assert not (root / "downloads").exists()


def test_a_failure_leaves_the_old_files(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "liveportrait"
    folder.mkdir()
    (folder / "old").write_bytes(b"old")

    def refuse(*args: object) -> None:
        raise NotTheSame("liveportrait_motion", "it is made up")

    monkeypatch.setattr(making, "figures", refuse)
    with pytest.raises(NotTheSame):
        making.add(tmp_path, files, sizes=TINY, trusted=True)
    assert [entry.name for entry in folder.iterdir()] == ["old"]
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]


def test_loaded_nets_are_the_saved_ones(files: dict[str, Path], nets: Nets) -> None:
    loaded = load_nets(files, TINY)
    for name, net in nets.by_name().items():
        ours, theirs = net.state_dict(), loaded.by_name()[name].state_dict()
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.pop("first.conv.bias"), r"1 weights are missing: first\.conv\.bias"),
        (lambda table: table.update(strange=torch.zeros(1)), "belong to another net: strange"),
        (lambda table: table.update({"second.bias": torch.zeros(3)}), r"second\.bias is \(3,\) instead of \(24,\)"),
        (lambda table: table["second.bias"].fill_(torch.nan), r"second\.bias is not finite"),
        (lambda table: table.update({"second.bias": "text"}), r"second\.bias is str"),
    ],
)
def test_a_checkpoint_that_does_not_fit(change: object, reason: str, files: dict[str, Path]) -> None:
    table = torch.load(files["appearance"], weights_only=True)
    change(table)  # type: ignore[operator]
    torch.save(table, files["appearance"])
    with pytest.raises(BadCheckpoint, match=reason):
        load_nets(files, TINY)


class Harm:
    """A pickle that makes a folder where it is loaded without care."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_code_in_a_checkpoint_is_never_run(files: dict[str, Path], tmp_path: Path) -> None:
    torch.save({"first.conv.bias": Harm(tmp_path / "harm")}, files["appearance"])
    with pytest.raises(BadCheckpoint, match="never run"):
        load_nets(files, TINY)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs", b"PK\x03\x04 not a zip"])
def test_what_is_no_checkpoint(content: bytes, files: dict[str, Path]) -> None:
    files["generator"].write_bytes(content)
    with pytest.raises(BadCheckpoint, match=r"spade_generator\.pth can't be loaded"):
        load_nets(files, TINY)


def test_the_three_corrections_must_all_be_there(files: dict[str, Path]) -> None:
    together = torch.load(files["corrections"], weights_only=True)
    del together["retarget_eye"]
    torch.save({**together, "optimizer": {"step": 3}}, files["corrections"])
    with pytest.raises(BadCheckpoint, match="it has no 'retarget_eye'"):
        load_nets(files, TINY)


def test_a_list_is_no_table(files: dict[str, Path]) -> None:
    torch.save([torch.zeros(1)], files["motion"])
    with pytest.raises(BadCheckpoint, match="no table of weights"):
        load_nets(files, TINY)
