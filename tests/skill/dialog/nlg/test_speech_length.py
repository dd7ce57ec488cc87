"""The length of speech, and that no answer is long."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from filters import messages
from pipeline.errors import Reason
from skill.dialog.context import ServiceInfo
from skill.dialog.nlg.phrase_book import PHRASES, Voice
from skill.dialog.nlg.speech_length import LONGEST, LONGEST_RULES, speech_seconds
from skill.dialog.policy.decision import ResponseKind
from skill.jobs.model import JobState
from skill.russian import span
from tests.skill.dialog.policy.dialog_cases import CASES, Case
from tests.skill.dialog.policy.policy_fixture import PHONE, facts_with, job, say, turn

VARIANTS = [(session, number) for session, number in product("abcde", range(3, 9))]
UNLIMITED = {ResponseKind.CONSENT, ResponseKind.RULES, ResponseKind.BY_CODE, ResponseKind.NEW_CODE}


def test_syllables_and_pauses_take_time() -> None:
    assert speech_seconds("Гот+ово? sil <[300]> Да!") == pytest.approx(4 / 5.4 + 0.3)
    assert speech_seconds("") == 0.0


@pytest.mark.parametrize("case", [case for case in CASES if case.kind not in UNLIMITED], ids=lambda case: case.name)
def test_no_answer_is_long(case: Case) -> None:
    """But for the rules and a code, in every variant."""
    for session, number in VARIANTS:
        reply = say(replace(case.turn, session=session, number=number), case.facts, case.outcomes).reply
        assert speech_seconds(reply.tts or reply.text) <= LONGEST, reply.text


@pytest.mark.parametrize("reason", [*Reason, *(f"{Reason.FACE_COVERED}.{cause}" for cause in messages._MESSAGES)])
def test_no_refusal_is_long(reason: str) -> None:
    for session, number in VARIANTS:
        asks = turn("готово?", session=session, number=number, surface=PHONE)
        reply = say(asks, facts_with(job(JobState.REFUSED, reason=str(reason)))).reply
        assert speech_seconds(reply.tts or reply.text) <= LONGEST, reply.text


@pytest.mark.parametrize("keep", [ServiceInfo().keep, 3600.0, 3 * 86400.0])
def test_the_rules_are_short(keep: float) -> None:
    for number in range(len(PHRASES["rules"])):
        assert speech_seconds(Voice("", number).say("rules", {"keep": span(keep)}).tts) <= LONGEST_RULES
