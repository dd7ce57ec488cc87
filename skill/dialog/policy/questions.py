"""Answers to the question that was asked last; whatever else is said goes its usual way, and the question is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from skill.dialog.actions import RecordConsent, StartJob
from skill.dialog.nlu.age import ADULT
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.questions import SIMPLY, SLOWLY
from skill.dialog.nlu.stake import Stake
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import check, claim, digits, not_mine, report, status
from skill.dialog.policy.upload import RULES, invite, send
from skill.dialog.policy.wishes import cancel, delete, delete_all, keep, of_age, wish
from skill.dialog.state import Question

_REFUSALS = frozenset({Intent.NO, Intent.CANCEL})
_KEEPS_CONSENT = frozenset({Intent.GESTURE, Intent.ANIMATE, Intent.CONSENT_TEXT, Intent.WHY})
_ON_AGE: Mapping[Intent, str] = MappingProxyType({Intent.APPEAL: "age_rule", Intent.MINOR: "children"})
EXPECTED: Mapping[Question, str] = MappingProxyType(
    {
        Question.NONE: "",
        Question.DIGITS: "",
        Question.SEND: Stake.OFFER,
        Question.MORE: Stake.OFFER,
        Question.GESTURE: Stake.OFFER,
        Question.STATUS: Stake.OFFER,
        Question.ONLY_FACE: Stake.OFFER,
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
        Question.ONLY_FACE: ResponseKind.WHICH_FACE,
        Question.DELETE: ResponseKind.ASK_DELETE,
        Question.DELETE_ALL: ResponseKind.ASK_DELETE_ALL,
        Question.MINE: ResponseKind.ASK_MINE,
        Question.DIGITS: ResponseKind.ASK_DIGITS,
        Question.AGE: ResponseKind.ASK_AGE,
    }
)


def answer(context: TurnContext) -> Decision | None:
    """The decision about an answer to the open question; None where nothing was asked, or this does not answer it."""
    question, intent = context.state.question, context.intent
    if to_this := _TO.get(question):
        decision = to_this(context)
        if decision is not None or question is Question.DIGITS:
            return decision
    if intent is Intent.YES and question in _YES:
        return _YES[question](context)
    if intent in _REFUSALS and question is not Question.NONE:
        return _NO.get(question, cancel)(context)
    return None


def unclear(context: TurnContext) -> Decision:
    """Not understood; an open question stays open. The third time something is offered that needs only a «да»."""
    state = context.state
    misses, question = state.misses + 1, state.question
    if misses >= 3 and question not in {Question.CONSENT, Question.DELETE, Question.DELETE_ALL, Question.AGE}:
        question = Question.STATUS if context.facts.jobs or context.facts.ticket else Question.SEND
    after = replace(state, number=context.turn.number, misses=misses, question=question)
    return Decision(ResponseKind.UNCLEAR, job=context.facts.job(state.job), gestures=state.gestures, state=after)


def ask_again(context: TurnContext) -> Decision | None:
    """The open question once more, where there is a response for it."""
    state = context.state
    kind, job = AGAIN.get(state.question), context.facts.job(state.job)
    if kind is None or (job is None and kind not in {ResponseKind.CONSENT, ResponseKind.ASK_DELETE_ALL}):
        return None
    decision = context.respond(kind, question=state.question, gestures=state.gestures)
    return replace(decision, job=job, state=replace(decision.state, job=state.job))


def _agree(context: TurnContext) -> Decision:
    return invite(context, context.understood.gestures or context.state.gestures, RecordConsent(RULES))


def _send(context: TurnContext) -> Decision:
    return send(context, context.understood.gestures or context.state.gestures)


def _gesture(context: TurnContext) -> Decision:
    """«Да» to a movement that was offered."""
    return wish(context, context.understood.gestures or context.state.gestures)


def _to_face(context: TurnContext) -> Decision | None:
    """A place that can't be told from the left, «бабушку» or «не знаю» gets help of its own."""
    lost = context.intent is Intent.HELP or context.understood.topic == "photos"  # «как мне выбрать?»
    topic = "unknown" if lost else context.understood.topic
    if context.understood.face or not (lost or context.intent is Intent.CHOOSE):
        return None
    asked = unclear(context)
    if not topic or asked.state.question is not Question.FACE:
        return asked
    return replace(asked, kind=ResponseKind.FACE_HELP, topic=topic)


def _face(context: TurnContext) -> Decision:
    """«Да» names nobody."""
    job = context.facts.job(context.state.job)
    return report(context, job) if job and job.mine else status(context)


def _to_only_face(context: TurnContext) -> Decision | None:
    """«Оживи», «его»."""
    meant = context.intent in {Intent.ANIMATE, Intent.CHOOSE} and not context.understood.how
    return _only_face(context) if meant and context.understood.face is None else None


def _only_face(context: TurnContext) -> Decision:
    job = context.facts.job(context.state.job)
    if job is None or not job.mine:
        return status(context)
    gestures = context.understood.gestures or job.gestures
    return context.respond(ResponseKind.CHOSEN, StartJob(job.id, gestures, job.seed, "1"), job=job)


def _mine(context: TurnContext) -> Decision:
    job = context.facts.job(context.state.job)
    return claim(context, job) if job and not context.facts.locked else status(context)


def _to_consent(context: TurnContext) -> Decision | None:
    """The rules once more, with a wish that was said besides; in simpler words for who did not follow."""
    if context.intent is Intent.HELP or context.understood.topic == SIMPLY:
        return answered(context, "rules_simply")
    if context.understood.topic in {"slower", SLOWLY}:
        return ask_again(context)
    if context.intent in _ON_AGE:  # «ему там девятнадцать лет», «внуку пять»
        return answered(context, _ON_AGE[context.intent])
    if context.intent not in _KEEPS_CONSENT or context.understood.topic:
        return None
    return send(context, context.understood.gestures or context.state.gestures)


def _to_an_age(context: TurnContext) -> Decision | None:
    """«Ей тридцать»."""
    age = context.understood.age
    return None if age is None or context.intent is not Intent.APPEAL else _to_age(context, said=age >= ADULT)


def _to_age(context: TurnContext, *, said: bool) -> Decision:
    job = context.facts.job(context.state.job)
    if job is None or not job.mine:
        return status(context)
    return of_age(context, job, said=said)


def _to_digits(context: TurnContext) -> Decision | None:
    if found := digits(context):
        return found
    if context.intent is Intent.YES:  # «да» is no digits
        job = context.facts.job(context.state.job)
        return check(context, job) if job and not job.mine else status(context)
    if context.intent in _REFUSALS | {Intent.UNKNOWN}:
        return context.respond(ResponseKind.NOT_YOURS, question=Question.SEND)
    return None


# answers that are neither yes nor no
_TO: Mapping[Question, Callable[[TurnContext], Decision | None]] = MappingProxyType(
    {
        Question.DIGITS: _to_digits,
        Question.FACE: _to_face,
        Question.ONLY_FACE: _to_only_face,
        Question.AGE: _to_an_age,
        Question.CONSENT: _to_consent,
    }
)
_YES: Mapping[Question, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Question.CONSENT: _agree,
        Question.SEND: _send,
        Question.STATUS: status,
        Question.DELETE: delete,
        Question.DELETE_ALL: delete_all,
        Question.MORE: wish,
        Question.GESTURE: _gesture,
        Question.FACE: _face,
        Question.ONLY_FACE: _only_face,
        Question.MINE: _mine,
        Question.AGE: partial(_to_age, said=True),
    }
)
_NO: Mapping[Question, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Question.CONSENT: lambda context: context.respond(ResponseKind.CONSENT_NO),
        Question.DELETE: keep,
        Question.DELETE_ALL: keep,
        Question.MINE: not_mine,
        Question.AGE: partial(_to_age, said=False),
    }
)
