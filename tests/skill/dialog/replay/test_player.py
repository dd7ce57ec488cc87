"""Playing scripts, over a rig and at a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skill.dialog.replay.player import merge_patch, play, replay, replay_files
from skill.dialog.replay.report import failures
from skill.dialog.replay.script import Mode, ScriptError, find_scripts
from skill.dialog.replay.service_rig import open_service_rig
from tests.skill.dialog.replay.script_fixture import HELLO, HERE, build_script, play_script


@pytest.mark.asyncio
async def test_each_script_begins_with_nobody_known() -> None:
    script = build_script({"do": "agreed"}, {"do": "full"}, {"do": "breaks", "what": "tickets"}, {"say": "оживи фото"})
    async with open_service_rig() as rig:
        await play(HERE, script, Mode(), rig)
        assert await rig.queue.waiting() == (0, 0.0)
        assert not rig.faults.broken
        assert not (await play(HERE, build_script(HELLO), Mode(), rig)).mismatches


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"do": "flood"}], "nothing is called 'flood'"),
        ([{"do": "photo"}], "no link or code"),
        ([{"do": "done"}], "no job of this person's"),
        ([{"do": "breaks", "what": "door"}], "'door' can't break"),
        ([HELLO, {"press": "yes"}], "no button 'yes'"),
    ],
)
@pytest.mark.asyncio
async def test_a_script_that_can_not_be_played_says_why(steps: list[dict[str, Any]], message: str) -> None:
    async with open_service_rig() as rig:
        with pytest.raises(ScriptError, match=message):
            await play(HERE, build_script(*steps), Mode(), rig)


@pytest.mark.asyncio
async def test_merge_patch() -> None:
    assert merge_patch({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": {"f": 1}}, "d": [1]}) == {
        "a": {"c": 2, "e": {"f": 1}}, "d": [1],
    }  # fmt: skip


@pytest.mark.asyncio
async def test_what_a_script_wants_of_the_speech_and_of_the_time() -> None:
    steps = [
        {"do": "agreed"},
        {"say": "оживи фото", "expect": {"spoken": ["{pause}"], "within": 5}},
        {"say": "помощь", "expect": {"spoken": ["ф+ото"]}},
    ]
    assert not failures(await play_script(build_script(*steps)))
    wrong = {"say": "помощь", "expect": {"spoken": ["фот+о"], "within": 1e-9}}
    (result,) = await play_script(build_script(wrong))
    spoken, within = result.mismatches[0].differences
    assert (spoken.what, spoken.expected) == ("spoken", "фот+о")
    assert (within.what, within.expected) == ("within", "1e-09 s")


@pytest.mark.asyncio
async def test_a_script_that_is_impossible_does_not_stop_the_others() -> None:
    scripts = [(Path("bad.json"), build_script({"do": "flood"}, modes=[])), (HERE, build_script(HELLO))]
    bad, good = await replay(scripts)
    assert "nothing is called 'flood'" in bad.error
    assert (good.error, good.mismatches, good.turns) == ("", (), 1)


def test_a_file_that_is_no_script_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in (("bad.json", "{"), ("good.json", json.dumps({"name": "x", "steps": [HELLO]}))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    results = replay_files([*find_scripts([tmp_path]), tmp_path / "missing.json"])
    assert [(one.path.name, bool(one.error)) for one in results] == [
        ("bad.json", True), ("missing.json", True), *[("good.json", False)] * 4,
    ]  # fmt: skip
    assert len(failures(results)) == 2
