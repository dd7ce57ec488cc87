"""Answers to open questions: no denial does anything, what was understood is said back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.dialog.actions import (
    ActionFailed,
    DeletePhoto,
    ForgetUser,
    InviteUpload,
    RecordConsent,
    StartJob,
)
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.policy.decide import decide, speak
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.policy.upload import RULES
from skill.dialog.state import DialogState, Question
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import (
    asked,
    facts_with,
    job,
    say,
    state_after,
    turn,
)

DONE, REFUSED = JobState.DONE, JobState.REFUSED
# words that once were taken for a yes, and others of their kind
_AT_THE_RULES = (
    "не подходят|не соглашусь|не годится|на что согласна|с чем согласна|обязательно|пусть|сделай|точно|почти согласна|"
    "если согласна|да ну|да ладно|потом|какие правила"
)
_AT_DELETION = (
    "пусть будет|да ну его|не начинай|иди отсюда|точно навсегда|нет не удаляй|не удаляй|пусть|сделай|точно|навсегда|"
    "жалко|а если удалю|что удалить|оставь|удалить"
)
_AT_AGE = (
    "нет восемнадцати|ему ещё не восемнадцать|почти восемнадцать|не исполнилось восемнадцать|не верно|не точно|"
    "мне сорок а дочке десять|скоро восемнадцать|всем кроме внука|семнадцать|точно|пусть|вроде есть|двадцать месяцев|"
    "сколько лет|это не ребёнок|там дети"
)
DENIED = [
    *((said, Question.CONSENT) for said in _AT_THE_RULES.split("|")),
    *((said, question) for question in (Question.DELETE, Question.DELETE_ALL) for said in _AT_DELETION.split("|")),
    *((said, Question.AGE) for said in _AT_AGE.split("|")),
]


def test_a_gesture_is_remembered_through_the_rules() -> None:
    rules = say(turn("оживи фото и пусть улыбнётся"), facts_with(consented=False))
    assert (state_after(rules).question, state_after(rules).gestures) == (Question.CONSENT, ("smile",))
    agreed = say(turn("да"), facts_with(consented=False, state=state_after(rules)))
    assert agreed.decision.actions == (RecordConsent(RULES), InviteUpload("code", ("smile",)))


def test_another_gesture_during_the_rules_takes_its_place() -> None:
    heard = say(
        turn("пусть лучше кивнёт"), facts_with(consented=False, state=asked(Question.CONSENT, gestures=("smile",)))
    )
    assert (heard.decision.kind, state_after(heard).gestures) == (ResponseKind.CONSENT, ("nod",))


def test_a_face_that_is_not_told_is_asked_for_again() -> None:
    facts = facts_with(job(REFUSED, reason="several_faces", announced=True), state=asked(Question.FACE))
    decision = decide(turn("вон того"), Understood(Intent.CHOOSE), facts)
    assert (decision.kind, decision.state.question, decision.state.misses) == (ResponseKind.UNCLEAR, Question.FACE, 1)
    assert "оживить" in speak(turn("вон того"), facts, decision).text


def test_all_is_asked_for_when_all_is_said() -> None:
    heard = say(turn("удали всё"), facts_with(job(announced=True), state=asked(Question.DELETE)))
    assert (heard.decision.kind, heard.decision.actions) == (ResponseKind.ASK_DELETE_ALL, ())


@pytest.mark.parametrize(("said", "question"), DENIED)
def test_no_denial_does_anything(said: str, question: Question) -> None:
    """At the rules, «удалить?» and «это взрослый?»."""
    child = job(JobState.REFUSED, reason="child.appeal", appeal=True, announced=True)
    for platform in ({}, {"YANDEX.CONFIRM": {}}):
        facts = facts_with(child, consented=question is not Question.CONSENT, state=asked(question))
        heard = say(turn(said, intents=platform), facts)
        harmful = (RecordConsent, DeletePhoto, ForgetUser, StartJob)
        assert not any(isinstance(action, harmful) for action in heard.decision.actions)


@pytest.mark.parametrize(
    ("said", "question", "answered"),
    [
        ("согласна", Question.CONSENT, "Поняла: "),
        ("нет", Question.CONSENT, "Поняла: не согласны"),
        ("да", Question.DELETE, "Поняла: удалить"),
        ("нет", Question.DELETE, "Поняла: "),
        ("да", Question.DELETE_ALL, "Поняла: "),
        ("да", Question.AGE, "Поняла: "),
        ("нет", Question.AGE, "Поняла: "),
    ],
)
def test_what_was_understood_is_said_back(said: str, question: Question, answered: str) -> None:
    child = job(JobState.REFUSED, reason="child.appeal", appeal=True, announced=True)
    heard = say(turn(said), facts_with(child, consented=question is not Question.CONSENT, state=asked(question)))
    assert heard.text.startswith(answered)


def test_misunderstood_thrice_a_yes_is_enough() -> None:
    facts = facts_with()
    for misses in (1, 2, 3):
        heard = say(turn("бур бур", number=2 + misses), facts)
        assert state_after(heard).misses == misses
        facts = replace(facts, state=state_after(heard))
    assert say(turn("да", number=6), facts).decision.actions == (InviteUpload("code"),)


def test_what_is_understood_ends_the_counting() -> None:
    assert state_after(say(turn("помощь"), facts_with(state=DialogState(2, misses=2)))).misses == 0


def test_a_yes_to_nothing_is_not_understood() -> None:
    assert say(turn("да"), facts_with()).decision.kind is ResponseKind.UNCLEAR


def test_what_failed_leaves_the_question_open() -> None:
    state = asked(Question.CONSENT, gestures=("smile",))
    failed = say(turn("да"), facts_with(consented=False, state=state), (ActionFailed(), ActionFailed()))
    assert (state_after(failed).question, state_after(failed).gestures) == (Question.CONSENT, ("smile",))


@pytest.mark.parametrize(
    ("intent", "topic"), [(Intent.APPEAL, "age_rule"), (Intent.MINOR, "children")], ids=["grown up", "child"]
)
def test_an_age_at_the_rules_is_answered_and_the_rules_stay_open(intent: Intent, topic: str) -> None:
    facts = replace(facts_with(consented=False), state=DialogState(question=Question.CONSENT))
    decision = decide(turn("…"), Understood(intent), facts)
    assert (decision.kind, decision.topic) == (ResponseKind.ANSWER, topic)
    assert decision.state.question is Question.CONSENT
    assert not decision.actions
