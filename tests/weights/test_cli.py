from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

import weights.cli
import weights.convert
from weights.errors import MissingWeights
from weights.store import WeightStore

if TYPE_CHECKING:
    from tests.weights.conftest import TinyRegistry

Cli = Callable[..., Result]


@pytest.fixture
def cli(store: WeightStore, registry: TinyRegistry, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The commands over the tiny manifest and a registry that never reaches a network."""
    monkeypatch.setattr(weights.cli, "WeightStore", partial(WeightStore, manifest=store.manifest))
    build = weights.convert.build_weights
    monkeypatch.setattr(weights.convert, "build_weights", partial(build, fetch=registry.fetch))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(weights.cli.app, [*arguments, "--root", str(store.root)])

    return run


def test_build_list_and_verify(cli: Cli, store: WeightStore) -> None:
    result = cli("build")
    assert result.exit_code == 0, result.output
    assert f"2 built, 0 were ready, in {store.root}" in result.output
    assert "0 built, 2 were ready" in cli("build").output
    assert cli("verify").exit_code == 0
    first = next(line for line in cli("list").output.splitlines() if line.startswith("first"))
    assert first.split() == ["first", "testing", "0.0", "MIT", "ready"]


def test_an_extra_is_built_where_it_is_asked_for(cli: Cli, store: WeightStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = store.manifest.models
    manifest = replace(store.manifest, models=(first,), extras=(replace(second, extra="more"),))
    monkeypatch.setattr(weights.cli, "WeightStore", partial(WeightStore, manifest=manifest))
    assert "1 built, 0 were ready" in cli("build").output
    assert "extra: more" in cli("list").output
    assert "1 models ready" in cli("verify").output
    with pytest.raises(MissingWeights, match="--with more"):
        WeightStore(store.root, manifest).path("second")
    unknown = cli("build", "--with", "mroe")
    assert unknown.exit_code == 1 and "there is more" in unknown.output
    assert "1 built, 1 were ready" in cli("build", "--with", "more").output
    assert "2 models ready" in cli("verify").output
    (store.root / "second.onnx").write_bytes(b"damaged")
    assert "second: wrong hash" in cli("verify").output


def test_verify_fails_when_something_is_missing_or_wrong(cli: Cli, store: WeightStore) -> None:
    cli("build")
    (store.root / "first.onnx").unlink()
    (store.root / "second.onnx").write_bytes(b"damaged")
    result = cli("verify")
    assert result.exit_code == 1
    assert "first: missing" in result.output and "second: wrong hash" in result.output
    assert "ozhivi weights build" in result.output
    listed = cli("list").output
    assert "missing" in listed and "wrong hash" in listed


def test_an_error_is_one_line(cli: Cli, registry: TinyRegistry) -> None:
    registry.payload += b"\0"
    result = cli("build")
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "error" in line]
    assert "@someone/tiny 1.0.0 has a wrong hash" in line
    assert "Traceback" not in result.output


def test_only_liveportrait_can_be_added(tmp_path: Path) -> None:
    result = CliRunner().invoke(weights.cli.app, ["add", "stylegan", "--root", str(tmp_path)])
    assert result.exit_code == 2
    assert "only liveportrait can be added" in result.output
