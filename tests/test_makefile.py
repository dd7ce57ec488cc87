"""Makefile: what its recipes ask of `ozhivi` is possible, without running it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.test_docs import command_tree

MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
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
