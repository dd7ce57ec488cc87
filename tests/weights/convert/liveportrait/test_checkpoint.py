"""Checkpoints are loaded strictly, and nothing that they bring is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.checkpoint import load_nets  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.sizes import TINY  # noqa: E402
from weights.errors import BadCheckpoint  # noqa: E402


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
