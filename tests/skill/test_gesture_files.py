"""A gesture that stands in the two tables stands in every file that follows from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.motion.gestures import GESTURES
from skill.gesture_files import DOCS, INTENTS, ROOT, files

FILES = files()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_is_as_the_tables_say(path: Path) -> None:
    """Where this fails: python -m skill.gesture_files."""
    assert (ROOT / path).read_text(encoding="utf-8") == FILES[path]


@pytest.mark.parametrize("name", GESTURES)
def test_a_gesture_stands_in_grammars_and_docs(name: str) -> None:
    identifier = name.replace("-", "_")
    assert INTENTS / f"photo.{identifier}.grammar" in FILES
    assert re.search(rf"^        {identifier}:$", FILES[INTENTS / "entities.grammar"], re.MULTILINE)
    assert f"| `{name}` | {GESTURES[name].about} |" in FILES[DOCS]


def test_no_grammar_is_left_of_a_gesture_that_is_gone() -> None:
    gestures = {path for path in (ROOT / INTENTS).glob("*.grammar") if "$Gesture:" in path.read_text(encoding="utf-8")}
    assert {path.relative_to(ROOT) for path in gestures} <= set(FILES)
