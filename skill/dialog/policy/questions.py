"""Answers to what we asked last. Whatever else is said goes its usual way and the question is dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from skill.dialog.actions import RecordConsent
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.yes_no import Stake
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import about, check, claimed, digits, not_mine, status
from skill.dialog.policy.upload import RULES, invite, send
from skill.dialog.policy.wishes import OF_AGE, delete, delete_all, of_age, wish
from skill.dialog.state import Question

_REFUSALS = frozenset({Intent.NO, Intent.CANCEL})
_KEEPS_CONSENT = frozenset({Intent.GESTURE, Intent.ANIMATE, Intent.CONSENT_TEXT, Intent.WHY})
EXPECTED: Mapping[Question, str] = MappingProxyType(
    {
        Question.NONE: "",
        Question.DIGITS: "",
        Question.SEND: Stake.OFFER,
        Question.MORE: Stake.OFFER,
        Question.STATUS: Stake.OFFER,
        Question.CONSENT: Stake.CONSENT,
        Question.DELETE: Stake.DELETION,
        Question.DELETE_ALL: Stake.DELETION,
        Question.MINE: Stake.OWNER,
        Question.AGE: Stake.AGE,
        Question.FACE: Stake.FACE,
    }
)
# how a question is asked again
AGAIN: Mapping[Question, ResponseKind] = MappingProxyType(
    {
        Question.CONSENT: ResponseKind.CONSENT,
        Question.FACE: ResponseKind.WHICH_FACE,
        Question.DELETE: ResponseKind.ASK_DELETE,
        Question.DELETE_ALL: ResponseKind.ASK_DELETE_ALL,
        Question.MINE: ResponseKind.ASK_MINE,
        Question.DIGITS: ResponseKind.ASK_DIGITS,
        Question.AGE: ResponseKind.ASK_AGE,
    }
)


def answer(moment: TurnContext) -> Decision | None:
    """What an answer to the open question comes to; None where there is no question, or this is no answer to it."""
    question, intent = moment.talk.question, moment.intent
    known: Callable[[TurnContext], Decision] | None = None
    if question is Question.DIGITS:
        return _to_digits(moment)
    if question is Question.AGE and intent is Intent.APPEAL and moment.understood.age is not None:
        known = partial(_to_age, said=moment.understood.age >= OF_AGE)
    elif intent is Intent.YES:
        known = _YES.get(question)
    elif intent in _REFUSALS and question is not Question.NONE:
        known = _NO.get(question, lambda moment: moment.to(ResponseKind.NEVER_MIND))
    elif question is Question.CONSENT and intent in _KEEPS_CONSENT:
        known = _consent_again
    return known(moment) if known else None


def ask_again(moment: TurnContext) -> Decision | None:
    """The open question once more, where it has a scene of its own."""
    talk = moment.talk
    scene, job = AGAIN.get(talk.question), moment.known.job(talk.job)
    if scene is None or (job is None and scene not in {ResponseKind.CONSENT, ResponseKind.ASK_DELETE_ALL}):
        return None
    decision = moment.to(scene, question=talk.question, gestures=talk.gestures)
    return replace(decision, job=job, talk=replace(decision.talk, job=talk.job))


def _agree(moment: TurnContext) -> Decision:
    return invite(moment, moment.talk.gestures, RecordConsent(RULES))


def _send(moment: TurnContext) -> Decision:
    return send(moment, moment.talk.gestures)


def _face(moment: TurnContext) -> Decision:
    """«Да» names nobody."""
    job = moment.known.job(moment.talk.job)
    return about(moment, job) if job and job.mine else status(moment)


def _mine(moment: TurnContext) -> Decision:
    job = moment.known.job(moment.talk.job)
    return claimed(moment, job) if job and not moment.known.locked else status(moment)


def _consent_again(moment: TurnContext) -> Decision:
    return send(moment, moment.understood.gestures or moment.talk.gestures)


def _to_age(moment: TurnContext, *, said: bool) -> Decision:
    job = moment.known.job(moment.talk.job)
    if job is None or not job.mine:
        return status(moment)
    return of_age(moment, job, said=said)


def _to_digits(moment: TurnContext) -> Decision | None:
    if found := digits(moment):
        return found
    if moment.intent is Intent.YES:  # «да» is no digits
        job = moment.known.job(moment.talk.job)
        return check(moment, job) if job and not job.mine else status(moment)
    if moment.intent in _REFUSALS | {Intent.UNKNOWN}:
        return moment.to(ResponseKind.NOT_YOURS, question=Question.SEND)
    return None


_YES: Mapping[Question, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Question.CONSENT: _agree,
        Question.SEND: _send,
        Question.STATUS: status,
        Question.DELETE: delete,
        Question.DELETE_ALL: delete_all,
        Question.MORE: wish,
        Question.FACE: _face,
        Question.MINE: _mine,
        Question.AGE: partial(_to_age, said=True),
    }
)
_NO: Mapping[Question, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Question.CONSENT: lambda moment: moment.to(ResponseKind.CONSENT_NO),
        Question.DELETE: lambda moment: moment.to(ResponseKind.KEPT),
        Question.DELETE_ALL: lambda moment: moment.to(ResponseKind.KEPT),
        Question.MINE: not_mine,
        Question.AGE: partial(_to_age, said=False),
    }
)
