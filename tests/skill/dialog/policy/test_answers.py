"""Questions about the skill, and what stays open beside them."""

from __future__ import annotations

import pytest

from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import TICKET, asked, facts_with, job, say, turn

TOLD = job(announced=True)


def test_the_rules_stay_open_beside_a_question() -> None:
    facts = facts_with(consented=False, state=asked(Question.CONSENT, gestures=("smile",)))
    for said in ("это бесплатно", "кто увидит моё фото", "а человек умер можно", "как сохранить", "пусть станцует"):
        decision = say(turn(said), facts).decision
        assert (decision.kind, decision.state.question) == (ResponseKind.ANSWER, Question.CONSENT)
        assert (decision.actions, decision.state.gestures) == ((), ("smile",))


def test_the_rules_themselves_are_still_told() -> None:
    assert say(turn("какие правила"), facts_with()).decision.kind is ResponseKind.RULES
    assert say(turn("какие правила"), facts_with(consented=False)).decision.kind is ResponseKind.CONSENT


def test_a_deletion_stays_open_and_nothing_is_deleted() -> None:
    decision = say(turn("а видео потом само удалится"), facts_with(TOLD, state=asked(Question.DELETE))).decision
    assert (decision.kind, decision.topic, decision.actions) == (ResponseKind.ANSWER, "keep", ())
    assert (decision.state.question, decision.state.job) == (Question.DELETE, "job-1")


def test_misses_are_forgotten_after_a_question() -> None:
    assert say(turn("это бесплатно"), facts_with(state=asked(Question.SEND, misses=2))).decision.state.misses == 0


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (facts_with(), ResponseKind.ANSWER),
        (facts_with(ticket=TICKET), ResponseKind.ANSWER),
        (facts_with(TOLD, ticket=TICKET), ResponseKind.ANSWER),
        (facts_with(job(JobState.WAITING)), ResponseKind.WORKING),
        (facts_with(job()), ResponseKind.READY),
        (facts_with(TOLD), ResponseKind.READY_AGAIN),
    ],
)
def test_how_long_is_answered_of_the_job_that_there_is(facts: object, kind: ResponseKind) -> None:
    assert say(turn("сколько ждать"), facts).decision.kind is kind  # type: ignore[arg-type]
