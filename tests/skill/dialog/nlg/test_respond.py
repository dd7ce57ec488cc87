"""Every scene of the conversation: what is said, what is heard."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.understand import understand
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from tests.skill.dialog.policy.dialog_cases import CASES, Case
from tests.skill.dialog.policy.policy_fixture import PHONE, say

BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@BY_NAME
def test_a_response_is_of_the_kind_that_was_meant(case: Case) -> None:
    heard = say(case.turn, case.facts, case.outcomes)
    assert heard.decision.kind is case.kind
    assert case.heard in heard.text


@BY_NAME
def test_the_next_turn_is_answered_in_other_words(case: Case) -> None:
    later = replace(case.turn, number=case.turn.number + 1)
    assert say(later, case.facts, case.outcomes).text != say(case.turn, case.facts, case.outcomes).text


@BY_NAME
def test_the_same_turn_is_answered_in_the_same_words(case: Case) -> None:
    assert say(case.turn, case.facts, case.outcomes).reply == say(case.turn, case.facts, case.outcomes).reply


@BY_NAME
def test_what_is_spoken_is_what_is_written(case: Case) -> None:
    """Apart from marks, pauses, numbers and Latin letters."""
    reply = say(case.turn, case.facts, case.outcomes).reply
    spoken = re.sub(r"sil <\[\d+\]>|\+", "", reply.tts or reply.text)
    assert not re.search(r"[0-9A-Za-z]", spoken)
    written = set(re.findall(r"[а-яё]{4,}", reply.text.lower()))
    assert written <= set(re.findall(r"[а-яё]{4,}", spoken.lower()))


@BY_NAME
def test_a_screen_only_adds(case: Case) -> None:
    """Buttons can be said as well, and say what they show."""
    seen = say(replace(case.turn, surface=PHONE), case.facts)
    assert len(seen.reply.buttons) <= 5
    for button in seen.reply.buttons:
        assert len(button.title) <= 20
        assert button.url or button.title == "Не помню" or understand(button.title).intent is not Intent.UNKNOWN
    assert len({button.title for button in seen.reply.buttons}) == len(seen.reply.buttons)
    assert say(case.turn, case.facts).reply.buttons == () or case.turn.surface.screen


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES} == set(ResponseKind)


def test_every_question_is_asked_in_a_case() -> None:
    asked = {say(case.turn, case.facts, case.outcomes).decision.state.question for case in CASES}
    assert asked == set(Question)


def test_names_tell_cases_apart() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
