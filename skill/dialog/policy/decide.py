"""The conversation: what a turn comes to and what is said. Pure; whoever does the moves calls both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from skill.dialog.context import DialogContext
from skill.dialog.nlg.respond import speak
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.questions import EXPECTED, answer, ask_again
from skill.dialog.policy.results import about, fresh_jobs, news, status, subject
from skill.dialog.policy.upload import invite, send
from skill.dialog.policy.wishes import appeal, ask_delete, choose, minor, why, wish
from skill.dialog.state import OFFERS, Question
from skill.dialog.types import Kind, Turn

__all__ = ["decide", "expecting", "speak"]

_WITHOUT_FACTS = frozenset(
    {Intent.HELP, Intent.ABILITIES, Intent.CONSENT_TEXT, Intent.THANKS, Intent.HELLO, Intent.EXIT}
)


def expecting(known: DialogContext) -> str:
    """The stake of the open question, for `understand`; empty where nothing was asked."""
    return EXPECTED[known.state.question]


def decide(turn: Turn, understood: Understood, known: DialogContext) -> Decision:
    """What this turn comes to."""
    moment = TurnContext(turn, understood, known)
    if turn.dangerous:
        return Decision(ResponseKind.DANGEROUS, talk=replace(known.state, number=turn.number))
    if understood.intent is Intent.EXIT:
        return moment.to(ResponseKind.BYE)
    if turn.kind is Kind.LINKED:
        return _down(moment) if known.down else _linked(moment)
    start = turn.new and not turn.text.strip()
    if known.down and not start and understood.intent not in _WITHOUT_FACTS:
        return _down(moment)
    if start or understood.intent is Intent.HELLO:
        return _greet(moment)
    return answer(moment) or _ask(moment)


def _down(moment: TurnContext) -> Decision:
    """The question stays open: the same answer will do in a minute."""
    return Decision(ResponseKind.DOWN, talk=replace(moment.talk, number=moment.turn.number))


def _greet(moment: TurnContext) -> Decision:
    if news(moment):
        return status(moment)
    known = moment.known
    scene = ResponseKind.WELCOME_BACK if known.consented or known.down else ResponseKind.WELCOME
    return moment.to(scene, question=Question.SEND)


def _linked(moment: TurnContext) -> Decision:
    return status(moment) if fresh_jobs(moment) else moment.to(ResponseKind.LINKED)


def _ask(moment: TurnContext) -> Decision:
    """A turn that answers no question."""
    if moment.talk.question is Question.FACE and moment.intent is Intent.CHOOSE and not moment.understood.face:
        return _unclear(moment)
    if asked := _ASKED.get(moment.intent):
        return asked(moment)
    if moment.talk.question in OFFERS and news(moment):  # whatever was said: what they wait for is there
        return status(moment)
    if moment.intent in {Intent.NO, Intent.CANCEL}:
        return moment.to(ResponseKind.NEVER_MIND)
    return moment.to(ResponseKind.THANKS) if moment.intent is Intent.THANKS else _unclear(moment)


def _help(moment: TurnContext) -> Decision:
    return moment.to(ResponseKind.HELP, question=Question.SEND)


def _abilities(moment: TurnContext) -> Decision:
    return moment.to(ResponseKind.ABILITIES, question=Question.SEND)


def _rules(moment: TurnContext) -> Decision:
    if moment.known.consented or moment.known.down:
        return moment.to(ResponseKind.RULES, question=Question.SEND)
    return moment.to(ResponseKind.CONSENT, question=Question.CONSENT)


def _send(moment: TurnContext) -> Decision:
    return _repeat(moment) if moment.understood.how == "repeat" else send(moment, moment.understood.gestures)


def _animate(moment: TurnContext) -> Decision:
    """«Оживи фото» while one is worked on, or its end untold, asks for that one."""
    understood = moment.understood
    if fresh_jobs(moment) and not (understood.how or understood.gestures):
        return status(moment)
    return send(moment, understood.gestures)


def _repeat(moment: TurnContext) -> Decision:
    known = moment.known
    if asked := ask_again(moment):
        return asked
    if known.ticket and known.consented:
        return invite(moment, ())
    job = subject(moment)
    return about(moment, job) if job else _help(moment)


def _unclear(moment: TurnContext) -> Decision:
    """Not understood; an open question stays open. The third time we offer something that needs only a «да»."""
    talk = moment.talk
    misses = talk.misses + 1
    question = talk.question
    if misses >= 3 and question not in {Question.CONSENT, Question.DELETE, Question.DELETE_ALL, Question.AGE}:
        question = Question.STATUS if moment.known.jobs or moment.known.ticket else Question.SEND
    after = replace(talk, number=moment.turn.number, misses=misses, question=question)
    return Decision(ResponseKind.UNCLEAR, job=moment.known.job(talk.job), gestures=talk.gestures, talk=after)


_ASKED: Mapping[Intent, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Intent.ANIMATE: _animate,
        Intent.SEND: _send,
        Intent.NEW: _send,
        Intent.STATUS: status,
        Intent.GESTURE: wish,
        Intent.AGAIN: wish,
        Intent.DELETE: ask_delete,
        Intent.CHOOSE: choose,
        Intent.APPEAL: appeal,
        Intent.MINOR: minor,
        Intent.WHY: why,
        Intent.REPEAT: _repeat,
        Intent.HELP: _help,
        Intent.ABILITIES: _abilities,
        Intent.CONSENT_TEXT: _rules,
    }
)
