"""Playing scenes: what is compared, how a difference is told, at the stage and at a server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from skill.cli.main import app
from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.replay.answer import certain, phrases_in
from skill.dialog.replay.player import Played, Remote, patched, play, play_all, replay
from skill.dialog.replay.report import as_text, failed
from skill.dialog.replay.script import MODES, Mode, Script, ScriptError, find_scripts, read_script
from skill.dialog.replay.service_rig import Stage, open_stage
from tests.skill.dialog.replay.test_all_scripts import SCENES

pytestmark = pytest.mark.asyncio
HERE = Path("scene.json")


def scene(*steps: dict[str, Any], **given: Any) -> Script:
    return Script.model_validate({"name": "Проба", "modes": ["speaker", "anonymous"], "steps": steps, **given})


async def played(script: Script) -> list[Played]:
    return await replay([(HERE, script)])


HELLO = {"say": "", "expect": {"scene": "welcome", "says": ["welcome"]}}
WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"scene": "help"}, "scene", "welcome"),
    ({"intent": "help"}, "intent", "unknown"),
    ({"says": ["bye"]}, "says", "welcome"),
    ({"heard": ["{code}"]}, "heard", "дравствуйте"),
    ({"never": ["здравствуйте"]}, "never", "дравствуйте"),
    ({"end": True}, "end_session", "no"),
    ({"linking": True}, "linking", "no"),
    ({"card": "BigImage"}, "card", "–"),
    ({"status": 404}, "status", "200"),
    ({"jobs": 1}, "jobs", "0"),
    ({"wish": {"face": "left"}}, "wish", "no job"),
)


@pytest.mark.parametrize(("expect", "what", "got"), WRONG, ids=[what for _, what, _ in WRONG])
async def test_a_difference_is_found(expect: dict[str, Any], what: str, got: str) -> None:
    (one,) = await played(scene({"say": "", "expect": expect}))
    (difference,) = one.misses[0].differences
    assert difference.what == what
    assert got in difference.got


async def test_a_difference_is_told_with_its_turn() -> None:
    found = await played(scene(HELLO, {"say": "помощь", "expect": {"scene": "bye"}}))
    text = as_text(found)
    for piece in ("✗ Проба", "(scene.json, speaker+anonymous)", "  2. помощь", "     ←", "- bye", "+ help"):
        assert piece in text
    assert "1 scenes, 1 times, 2 turns: 1 went otherwise" in text


async def test_buttons_are_compared_by_meaning_where_there_are_any() -> None:
    step = {"say": "", "expect": {"buttons": ["yes", "abilities"]}}
    assert not failed(await played(scene(step, modes=[])))
    wrong = {"say": "", "expect": {"buttons": ["{link}"]}}
    assert {one.mode.screen for one in failed(await played(scene(wrong, modes=[])))} == {True}
    none = {"say": "", "expect": {"buttons": []}}
    assert {one.mode.screen for one in failed(await played(scene(none, modes=[])))} == {True}


async def test_expectations_of_a_half_go_before_those_of_all() -> None:
    step = {"say": "", "expect": {"scene": "welcome"}, "on": {"screen": {"scene": "help"}, "account": {"scene": "bye"}}}
    wrong = {
        one.mode.name: one.misses[0].differences[0].expected for one in failed(await played(scene(step, modes=[])))
    }
    assert wrong == {"screen+anonymous": "help", "speaker+account": "bye", "screen+account": "bye"}


async def test_each_scene_begins_with_nobody_known() -> None:
    script = scene({"do": "agreed"}, {"do": "full"}, {"do": "breaks", "what": "tickets"}, {"say": "оживи фото"})
    async with open_stage() as stage:
        await play(HERE, script, Mode(), stage)
        assert await stage.queue.waiting() == (0, 0.0)
        assert not any(vars(stage.broken).values())
        assert (await play(HERE, scene(HELLO), Mode(), stage)).well


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"do": "flood"}], "nothing is called 'flood'"),
        ([{"do": "photo"}], "no link or code"),
        ([{"do": "done"}], "no job of this person's"),
        ([{"do": "breaks", "what": "door"}], "'door' can't break"),
        ([HELLO, {"press": "yes"}], "no button 'yes'"),
    ],
)
async def test_a_scene_that_can_not_be_played_says_why(steps: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(ScriptError, match=told):
        await played(scene(*steps))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"say": "", "expect": {"scene": "party"}}, "no scene 'party'"),
        ({"say": "", "expect": {"intent": "party"}}, "no intent 'party'"),
        ({"say": "", "expect": {"says": ["party"]}}, "no phrase 'party'"),
        ({"say": "", "press": "yes"}, "exactly one of"),
        ({"say": "", "on": {"screen": {"scene": "party"}}}, "no scene 'party'"),
        ({"shout": "да"}, "shout"),
    ],
)
async def test_a_file_that_is_no_scene_says_where(tmp_path: Path, step: dict[str, Any], told: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"name": "x", "steps": [step]}), encoding="utf-8")
    with pytest.raises(ScriptError, match=f"wrong.json: steps.0.*{told}"):
        read_script(path)


async def test_folders_are_searched(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="no scenes there"):
        find_scripts([tmp_path])
    assert len(find_scripts([SCENES])) == len(list(SCENES.glob("*.json")))


async def test_merge_patch() -> None:
    assert patched({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": {"f": 1}}, "d": [1]}) == {
        "a": {"c": 2, "e": {"f": 1}}, "d": [1],
    }  # fmt: skip


async def test_every_phrase_is_found_in_itself() -> None:
    for name, variants in PHRASES.items():
        for variant in variants:
            if name != "refused":
                text = " ".join(variant.replace("{pause}", "").split()).format_map(_Anything())
                assert name in phrases_in(text), variant
    assert phrases_in("Бур бур.") == frozenset()


async def test_a_phrase_inside_another_one_is_not_certain() -> None:
    assert certain({"where_page", "where_page_many", "ready_again"}) == ("ready_again", "where_page")


class _Anything(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return "7 минут"


async def test_at_a_server_what_can_not_be_done_from_afar_ends_the_scene() -> None:
    """A server like any other: the stage's, over its address alone."""
    names = ("greeting-first-time", "greeting-ways-to-leave", "salute-first-time", "protocol-too-large")
    scripts = [(SCENES / f"{name}.json", read_script(SCENES / f"{name}.json")) for name in names]
    async with open_stage() as stage, aiohttp.ClientSession() as client:
        found = await play_all(scripts, Remote(client, _hooks(stage)))
    assert not failed(found), as_text(found)
    notes = {one.path.stem: one.note for one in found}
    assert notes["greeting-first-time"] == notes["protocol-too-large"] == ""
    assert "«agreed», which can't be done from afar" in notes["greeting-ways-to-leave"]
    assert "«photo»" in notes["salute-first-time"]
    assert "greeting-ways" not in as_text(found)
    assert "Все способы уйти: up to «agreed»" in as_text(found)


def _hooks(stage: Stage) -> dict[str, str]:
    return {kind: f"{stage.address}/{kind}/{'s' * 32}" for kind in ("alice", "salute")}


async def test_the_command(tmp_path: Path) -> None:
    """Its exit code, and a server by its address."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({"name": "Привет", "steps": [HELLO]}), encoding="utf-8")
    bad.write_text(json.dumps({"name": "Неправда", "steps": [{"say": "", "expect": {"end": True}}]}), encoding="utf-8")
    runner = CliRunner()
    done = await asyncio.to_thread(runner.invoke, app, ["replay", str(good)])
    assert (done.exit_code, "1 scenes, 4 times, 4 turns: none" in done.output) == (0, True)
    done = await asyncio.to_thread(runner.invoke, app, ["replay", str(tmp_path)])
    assert (done.exit_code, "✗ Неправда" in done.output) == (1, True)
    async with open_stage() as stage:
        command = ["replay", str(good), "--url", stage.address, "--secret", "s" * 32]
        done = await asyncio.to_thread(runner.invoke, app, command)
        assert (done.exit_code, "none went otherwise" in done.output) == (0, True)
        done = await asyncio.to_thread(runner.invoke, app, [*command[:-1], "wrong"])
        assert (done.exit_code, "404" in done.output) == (1, True)


async def test_modes_are_all_four() -> None:
    assert [mode.name for mode in MODES] == [
        "speaker+anonymous", "speaker+account", "screen+anonymous", "screen+account",
    ]  # fmt: skip
