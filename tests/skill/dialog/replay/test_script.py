"""Scripts in files: what is read, and what is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skill.dialog.replay.report import failures
from skill.dialog.replay.script import MODES, ScriptError, find_scripts, read_script
from tests.skill.dialog.replay.script_fixture import SCENES, build_script, play_script


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"say": "", "expect": {"scene": "party"}}, "no scene 'party'"),
        ({"say": "", "expect": {"intent": "party"}}, "no intent 'party'"),
        ({"say": "", "expect": {"says": ["party"]}}, "no phrase 'party'"),
        ({"say": "", "press": "yes"}, "exactly one of"),
        ({"say": "", "on": {"screen": {"scene": "party"}}}, "no scene 'party'"),
        ({"shout": "да"}, "shout"),
    ],
)
def test_a_file_that_is_no_script_says_where(tmp_path: Path, step: dict[str, Any], message: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"name": "x", "steps": [step]}), encoding="utf-8")
    with pytest.raises(ScriptError, match=f"wrong.json: steps.0.*{message}"):
        read_script(path)


def test_folders_are_searched(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="no scenes there"):
        find_scripts([tmp_path])
    assert len(find_scripts([SCENES])) == len(list(SCENES.glob("*.json")))


def test_modes_are_all_four() -> None:
    assert [mode.name for mode in MODES] == [
        "speaker+anonymous", "speaker+account", "screen+anonymous", "screen+account",
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_expectations_of_a_half_go_before_those_of_all() -> None:
    step = {"say": "", "expect": {"scene": "welcome"}, "on": {"screen": {"scene": "help"}, "account": {"scene": "bye"}}}
    results = failures(await play_script(build_script(step, modes=[])))
    assert {one.mode.name: one.mismatches[0].differences[0].expected for one in results} == {
        "screen+anonymous": "help", "speaker+account": "bye", "screen+account": "bye",
    }  # fmt: skip
