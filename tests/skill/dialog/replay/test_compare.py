"""Comparison of answers with what a script expects."""

from __future__ import annotations

from typing import Any

import pytest

from skill.dialog.replay.answer import Answer, AnswerButton
from skill.dialog.replay.compare import compare, mask_codes
from skill.dialog.replay.report import failures
from skill.dialog.replay.script import Expectation
from tests.skill.dialog.replay.script_fixture import build_script, play_script

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


@pytest.mark.asyncio
@pytest.mark.parametrize(("expect", "what", "got"), WRONG, ids=[what for _, what, _ in WRONG])
async def test_a_difference_is_found(expect: dict[str, Any], what: str, got: str) -> None:
    (result,) = await play_script(build_script({"say": "", "expect": expect}))
    (difference,) = result.mismatches[0].differences
    assert difference.what == what
    assert got in difference.got


@pytest.mark.asyncio
async def test_buttons_are_compared_by_meaning_where_there_are_any() -> None:
    step = {"say": "", "expect": {"buttons": ["yes", "abilities"]}}
    assert not failures(await play_script(build_script(step, modes=[])))
    wrong = {"say": "", "expect": {"buttons": ["{link}"]}}
    assert {one.mode.screen for one in failures(await play_script(build_script(wrong, modes=[])))} == {True}
    none = {"say": "", "expect": {"buttons": []}}
    assert {one.mode.screen for one in failures(await play_script(build_script(none, modes=[])))} == {True}


def test_a_speaker_is_not_told_to_press_something() -> None:
    answer = Answer("Нажмите кнопку.", buttons=(AnswerButton("Да"),))
    (difference,) = compare(Expectation(), answer, screen=False, decided=None)
    assert (difference.what, difference.got) == ("never", "Нажмите")
    assert compare(Expectation(), answer, screen=True, decided=None) == []


def test_codes_are_masked() -> None:
    assert mask_codes("Ваш код: 524 871.") == "Ваш код: {code}."
