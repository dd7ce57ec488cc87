"""Imports run one way: skill → filters, pipeline, weights; filters → pipeline.faces.finder; no other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.source_code import PACKAGES, modules, name_of, parsed, statements

# package → the modules of other packages that it may import (a name stands for what is below it too)
ALLOWED = {
    "skill": ("filters", "pipeline", "weights"),
    "filters": tuple(
        f"pipeline.{name}"
        for name in (
            "arrays",
            "errors",
            "faces",
            "gate",
            "photo",
            "runtime",
        )
    ),
    "pipeline": (),
    # names and numbers that the exported graph shares with the pipeline; both import the standard library alone
    "weights": ("pipeline.animate.warp.formula", "pipeline.motion.channels"),
}
# Torch is for export and training; the pipeline knows nothing of HTTP, queues, storage, and starts fast.
TORCH = ("weights/convert/", "weights/train/")
FOREIGN_TO_PIPELINE = (
    "aiohttp", "boto3", "botocore", "httpx", "requests", "urllib.request", "http.server", "socket", "sqlite3",
    "procrastinate", "psycopg", "jinja2", "typer", "rich", "pydantic_settings",
    "scipy.interpolate", "scipy.spatial",  # half the time in which a rendering process begins
)  # fmt: skip


def imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Full names of all that is imported, also inside functions; `package`: dotted, for relative imports."""
    for node in statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def below(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def wrong(path: str, tree: ast.Module) -> list[str]:
    """Imports of the module at `path` (relative to the repository) that go the wrong way."""
    own = path.split("/", 1)[0]
    package = ".".join(path.split("/")[:-1])
    found = []
    for name in imports(tree, package):
        top = name.split(".", 1)[0]
        strange = top in PACKAGES and top != own and not below(name, ALLOWED[own])
        heavy = top in {"torch", "onnxscript"} and not path.startswith(TORCH)
        outward = own == "pipeline" and below(name, FOREIGN_TO_PIPELINE)
        if strange or heavy or outward or top == "tests":
            found.append(name)
    return found


def test_imports_run_one_way() -> None:
    found = {name: wrong(name, parsed(path)) for path in modules() for name in [name_of(path)]}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("path", "source", "caught"),
    [
        ("pipeline/run.py", "from weights.store import WeightStore", ["weights.store.WeightStore"]),
        ("pipeline/run.py", "def f():\n    import skill.cli.main", ["skill.cli.main"]),
        ("pipeline/run.py", "import aiohttp.web", ["aiohttp.web"]),
        (
            "pipeline/animate/warp/face_maps.py",
            "from ... import faces\nfrom ....weights import store",
            ["weights.store"],
        ),
        (
            "filters/minors.py",
            "from pipeline.faces.finder import Face\nfrom pipeline.run import run",
            ["pipeline.run.run"],
        ),
        ("filters/minors.py", "from pipeline import faces, run", ["pipeline.run"]),
        ("weights/store.py", "import torch", ["torch"]),
        (
            "weights/convert/warp/graph.py",
            "from pipeline.animate.warp import formula, texture\nfrom pipeline.motion.channels import CHANNELS",
            ["pipeline.animate.warp.texture"],
        ),
        ("weights/convert/graph.py", "import torch.nn\nimport pipeline", ["pipeline"]),
        ("skill/cli/main.py", "import pipeline.run, filters, weights.cli, tests.fakes", ["tests.fakes"]),
    ],
)
def test_a_wrong_import_is_caught(path: str, source: str, caught: list[str]) -> None:
    assert wrong(path, ast.parse(source)) == caught


def test_there_are_modules_to_look_at() -> None:
    assert len(modules()) > 20
