"""A gesture that stands in the tables stands everywhere: in grammars, docs, command line, API and page."""

from __future__ import annotations

import pytest

from skill.gesture_files import ROOT, files

FILES = files()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_is_as_the_tables_say(path: object) -> None:
    """Where this fails: python -m skill.gesture_files."""
    name = next(one for one in FILES if one == path)
    assert (ROOT / name).read_text(encoding="utf-8") == FILES[name]
