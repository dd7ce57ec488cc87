"""The folder of imported motions: names, and files that are there whole or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import MotionError
from pipeline.motion.motion_folder import is_motion_name, store_motion


@pytest.mark.parametrize("name", ["", "auto", "nostalgia", "../x", "Mine", "x" * 41, "-x"])
def test_a_name_that_is_taken_or_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(MotionError, match="a name has"):
        store_motion(tmp_path / "motions", name, ".json", lambda part: part.write_text("new"))
    assert not (tmp_path / "motions").exists()
    assert is_motion_name(name) == (name in {"auto", "nostalgia"})


def test_a_file_that_can_not_be_written_leaves_the_earlier_one(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError("full")

    path = store_motion(tmp_path, "mine", ".json", lambda part: part.write_text("earlier"))
    with pytest.raises(OSError, match="full"):
        store_motion(tmp_path, "mine", ".json", fail)
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], "earlier")
