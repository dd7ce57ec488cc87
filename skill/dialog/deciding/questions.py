"""Answers to what we asked last. Whatever else is said goes its usual way and the question is dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from skill.dialog.deciding.results import about, check, claimed, digits, not_mine, status
from skill.dialog.deciding.sending import RULES, invite, send
from skill.dialog.deciding.wishes import OF_AGE, delete, delete_all, of_age, wish
from skill.dialog.decision import Decision, Moment, Scene
from skill.dialog.meaning import Intent
from skill.dialog.moves import Consent
from skill.dialog.talk import Question

_REFUSALS = frozenset({Intent.NO, Intent.CANCEL})
_KEEPS_CONSENT = frozenset({Intent.GESTURE, Intent.ANIMATE, Intent.CONSENT_TEXT, Intent.WHY})
EXPECTED: Mapping[Question, str] = MappingProxyType(
    {
        **dict.fromkeys(Question, "yes_no"),
        Question.NONE: "",
        Question.FACE: "face",
        Question.AGE: "age",
        Question.DIGITS: "",
    }
)
# how a question is asked again
AGAIN: Mapping[Question, Scene] = MappingProxyType(
    {
        Question.CONSENT: Scene.CONSENT,
        Question.FACE: Scene.WHICH_FACE,
        Question.DELETE: Scene.ASK_DELETE,
        Question.DELETE_ALL: Scene.ASK_DELETE_ALL,
        Question.MINE: Scene.ASK_MINE,
        Question.DIGITS: Scene.ASK_DIGITS,
        Question.AGE: Scene.ASK_AGE,
    }
)


def answer(moment: Moment) -> Decision | None:
    """What an answer to the open question comes to; None where there is no question, or this is no answer to it."""
    question, intent = moment.talk.question, moment.intent
    known: Callable[[Moment], Decision] | None = None
    if question is Question.DIGITS:
        return _to_digits(moment)
    if question is Question.AGE and moment.understood.age is not None:
        known = partial(_to_age, said=moment.understood.age >= OF_AGE)
    elif intent is Intent.YES:
        known = _YES.get(question)
    elif intent in _REFUSALS and question is not Question.NONE:
        known = _NO.get(question, lambda moment: moment.to(Scene.NEVER_MIND))
    elif question is Question.CONSENT and intent in _KEEPS_CONSENT:
        known = _consent_again
    return known(moment) if known else None


def ask_again(moment: Moment) -> Decision | None:
    """The open question once more, where it has a scene of its own."""
    talk = moment.talk
    scene, job = AGAIN.get(talk.question), moment.known.job(talk.job)
    if scene is None or (job is None and scene not in {Scene.CONSENT, Scene.ASK_DELETE_ALL}):
        return None
    decision = moment.to(scene, question=talk.question, gestures=talk.gestures)
    return replace(decision, job=job, talk=replace(decision.talk, job=talk.job))


def _agree(moment: Moment) -> Decision:
    return invite(moment, moment.talk.gestures, Consent(RULES))


def _send(moment: Moment) -> Decision:
    return send(moment, moment.talk.gestures)


def _face(moment: Moment) -> Decision:
    """«Да» names nobody."""
    job = moment.known.job(moment.talk.job)
    return about(moment, job) if job and job.mine else status(moment)


def _mine(moment: Moment) -> Decision:
    job = moment.known.job(moment.talk.job)
    return claimed(moment, job) if job and not moment.known.locked else status(moment)


def _consent_again(moment: Moment) -> Decision:
    return send(moment, moment.understood.gestures or moment.talk.gestures)


def _to_age(moment: Moment, *, said: bool) -> Decision:
    job = moment.known.job(moment.talk.job)
    if job is None or not job.mine:
        return status(moment)
    return of_age(moment, job, said=said)


def _to_digits(moment: Moment) -> Decision | None:
    if found := digits(moment):
        return found
    if moment.intent is Intent.YES:  # «да» is no digits
        job = moment.known.job(moment.talk.job)
        return check(moment, job) if job and not job.mine else status(moment)
    if moment.intent in _REFUSALS | {Intent.UNKNOWN}:
        return moment.to(Scene.NOT_YOURS, question=Question.SEND)
    return None


_YES: Mapping[Question, Callable[[Moment], Decision]] = MappingProxyType(
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
_NO: Mapping[Question, Callable[[Moment], Decision]] = MappingProxyType(
    {
        Question.CONSENT: lambda moment: moment.to(Scene.CONSENT_NO),
        Question.DELETE: lambda moment: moment.to(Scene.KEPT),
        Question.DELETE_ALL: lambda moment: moment.to(Scene.KEPT),
        Question.MINE: not_mine,
        Question.AGE: partial(_to_age, said=False),
    }
)
