"""The project's own source, every file read and parsed once for all tests that look at it."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("skill", "pipeline", "filters", "weights")


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    """Every module of these packages; by default those of the project, without its tests."""
    return tuple(sorted(path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py")))


def name_of(path: Path) -> str:
    """The path as it is written in docs: relative to the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    """Its tree. The garbage collector rests meanwhile: to count what is kept costs it twice the time of parsing."""
    resting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text_of(path))
    finally:
        if resting:
            gc.enable()


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement in a node, however deep; expressions, which hold none, are not searched."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for inner in getattr(node, name, ()):
            if isinstance(inner, ast.stmt):
                yield inner
            yield from statements(inner)
