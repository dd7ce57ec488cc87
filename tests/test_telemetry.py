"""Nothing calls anybody: a render asks for no host's name and leaves nothing in the home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source_code import ROOT, modules, parsed
from tests.test_imports import imports
from weights.store import WeightStore

SILENT = ("pipeline", "weights", "skill.bench.gpu")
"""Packages that turn onnxruntime's telemetry off when they are imported."""


def test_onnxruntime_is_imported_only_where_its_telemetry_is_off() -> None:
    importers = [
        ".".join(path.relative_to(ROOT).parts)
        for path in modules()
        if any(name.split(".")[0] == "onnxruntime" for name in imports(parsed(path), ""))
    ]
    assert importers
    assert [name for name in importers if not name.startswith(tuple(f"{package}." for package in SILENT))] == []


@pytest.mark.parametrize("package", [*SILENT, "filters.embeddings.insightface_pack"])
def test_it_is_off_in_every_process(package: str) -> None:
    line = f"import {package}, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run([sys.executable, "-c", line], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_it_is_off_in_the_tests() -> None:
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_render_looks_nobody_up_and_writes_nothing_home(tmp_path: Path, built_weights: WeightStore) -> None:
    closed = ["unshare", "--net", "--mount"]
    if subprocess.run([*closed, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here: run as root")
    home, resolver = tmp_path / "home", tmp_path / "resolv.conf"
    home.mkdir()
    resolver.write_text("nameserver 127.0.0.1\n", encoding="ascii")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OZHIVI_", "XDG_")) and name != "ORT_DISABLE_TELEMETRY"
    }
    ours = {"OZHIVI_WEIGHTS": built_weights.root, "XDG_DATA_HOME": tmp_path / "data"}
    environment |= {"HOME": str(home), **{name: str(path) for name, path in ours.items()}}
    program = [sys.executable, "-m", "tests.closed_network", str(tmp_path), str(resolver)]
    done = subprocess.run([*closed, *program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [path.name for path in home.rglob("*")] == []
