"""`--help` of every command: a stranger understands each option without the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from pipeline.motion.gestures import GESTURES
from skill.cli.main import app


def commands(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command and group, with the words that call it."""
    yield path, node
    for name, one in getattr(node, "commands", {}).items():
        yield from commands(one, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_in_whole_sentences(path: tuple[str, ...]) -> None:
    """Begins with a capital letter, ends with a full stop, and has a verb's room: three words at least."""
    node = COMMANDS[path]
    texts = {"the command itself": node.help, **{one.name: getattr(one, "help", None) for one in node.params}}
    for name, text in texts.items():
        words = re.sub(r"\s*\[default: .*?\]$", "", (text or "").strip())
        assert re.match(r"[A-ZА-Я]", words) and words.endswith(".") and len(words.split()) >= 3, f"{name}: {text!r}"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("width", ["80", "120"])
def test_help_fits(path: tuple[str, ...], width: str) -> None:
    done = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": width})
    assert done.exit_code == 0
    assert max(map(len, done.output.splitlines())) <= int(width)
    assert "…" not in re.sub(r"NAME/…|\w…", "", done.output), "a cell is cut off"


def test_what_a_newcomer_needs_goes_first() -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "100"}).output
    places = [listed.index(f"│ {name} ") for name in ("animate", "demo", "serve", "doctor")]
    assert places == sorted(places)


def test_every_gesture_is_named() -> None:
    help_text = next(one.help for one in COMMANDS["animate",].params if one.name == "gesture")
    assert all(re.search(rf"\b{name}\b", help_text) for name in GESTURES)
