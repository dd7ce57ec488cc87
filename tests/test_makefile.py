"""Makefile: what its recipes ask of `ozhivi` is possible, without running it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.test_docs import command_tree

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RECIPES = re.findall(r"^\t\$\(BIN\)/ozhivi (.+)$", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_are_commands(recipe: str) -> None:
    """`ozhivi bench --markdown`, which lacks the name of a file, is none."""
    node, words = command_tree(), shlex.split(recipe)
    while words and words[0] in getattr(node, "commands", {}):
        node = node.commands[words.pop(0)]
    assert node.make_context("ozhivi", words).params is not None


def test_targets_exist() -> None:
    phony = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    assert {"demo", "test", "bench"} <= set(phony)
    for target in phony:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_downloads_are_announced() -> None:
    """Set-up takes a minute: whoever waits sees for what."""
    for line in re.findall(r"^.*(?:pip install|PIP\) install|weights build).*$", MAKEFILE, re.MULTILINE):
        before = MAKEFILE[: MAKEFILE.index(line)].rstrip().splitlines()[-1]
        assert before.startswith("\t@echo") or "install" in before, line


def run_by(command: str) -> set[Path]:
    """The files of tests that a command line of pytest runs."""
    words = [word for word in shlex.split(command) if word.startswith(("tests", "--ignore="))]
    left_out = [ROOT / word.removeprefix("--ignore=") for word in words if word.startswith("--")]
    found: set[Path] = set()
    for place in (ROOT / word for word in words if not word.startswith("--")):
        found.update([place] if place.is_file() else place.rglob("test_*.py"))
    return {path for path in found if not any(path == one or one in path.parents for one in left_out)}


def test_each_file_of_tests_is_in_one_part() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make: apt-get install make")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    said = subprocess.run([make, "-n", "test"], cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout
    parts = [line for line in said.splitlines() if "bin/pytest" in line]
    counted = Counter(path for part in parts for path in run_by(part))
    assert len(parts) > 1
    assert {path for path in (ROOT / "tests").rglob("test_*.py") if counted[path] != 1} == set()
