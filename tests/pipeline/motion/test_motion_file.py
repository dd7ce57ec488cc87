"""A motion that is written as a file is read as itself; what is no motion file is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import MotionError
from pipeline.motion.compose import compose
from pipeline.motion.motion_file import MotionFiles, dump_motion, load_motion

STORY = compose("tenderness", seconds=2.0, seed=1)


def test_a_motion_is_read_as_it_was_written() -> None:
    table = json.loads(dump_motion(STORY, licence="CC0"))
    assert (table["format"], table["version"], table["licence"]) == ("ozhivi-motion", 1, "CC0")
    assert "blink_l" in table["curves"] and "jaw" not in table["curves"]
    found = load_motion(json.dumps(table))
    for name, curve in STORY.curves.items():
        assert np.allclose(found.curves[name], curve, atol=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"format": "gif"}, {"curves": {"wings": [0.0] * 50}}, {"curves": {"yaw": [0.0, 99.0]}},
        {"curves": {"yaw": [0.0] * 49 + [99.0]}}, {"curves": {"yaw": [1.0] * 50}}, {"frames": 10**9}, {"fps": 7},
        {"curves": {"yaw": "nod"}}, {"curves": [1]},
    ],
)  # fmt: skip
def test_what_is_no_motion_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MotionError):
        load_motion(json.dumps({**json.loads(dump_motion(STORY)), **change}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(MotionError, match="no motion file"):
        load_motion(text)


def test_a_library_has_its_motions_at_any_rate_and_length(tmp_path: Path) -> None:
    files = MotionFiles(tmp_path / "motions")
    assert (files.names(), files.get("mine")) == ((), None)
    files.put("mine", STORY)
    same, quick, short = files.get("mine"), files.get("mine", fps=30), files.get("mine", seconds=1.0)
    assert same is not None and quick is not None and short is not None
    assert (files.names(), len(same), len(quick), len(short)) == (("mine",), 50, 60, 25)
    assert np.abs(short.curves["roll"][-1]) <= np.abs(STORY.curves["roll"]).max()
    for name in ("auto", "nostalgia", "../x", "Mine"):
        with pytest.raises(MotionError):
            files.put(name, STORY)
    assert files.get("../x") is None
    (tmp_path / "motions" / "broken.json").write_text("{}")
    with pytest.raises(MotionError):
        files.get("broken")
