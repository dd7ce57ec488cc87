"""The policy's entry: one decision for each turn. Pure: who takes it also does the actions and speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from skill.dialog.context import DialogContext
from skill.dialog.nlg.respond import speak
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.questions import HOW_LONG, SIMPLY, SLOWLY
from skill.dialog.nlu.stage import Stage
from skill.dialog.policy.answers import aside, question, waits_unasked
from skill.dialog.policy.changes import change, slowly
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.questions import EXPECTED, answer, ask_again, unclear
from skill.dialog.policy.restoration import TOPICS as RESTORED
from skill.dialog.policy.restoration import restore
from skill.dialog.policy.results import find_subject, fresh_jobs, grief, has_news, report, save, share, status
from skill.dialog.policy.upload import choose_photo, invite, new_code, send, take_time, trouble
from skill.dialog.policy.wishes import appeal, ask_delete, cancel, choose, minor, unsupported, why, wish
from skill.dialog.state import OFFERS, Question
from skill.dialog.types import Kind, Turn
from skill.jobs.model import JobState

__all__ = ["decide", "expecting", "speak", "stage"]

# questions that «не знаю» leaves open
_KEPT = frozenset({Question.DELETE, Question.DELETE_ALL, Question.AGE})
_WITHOUT_FACTS = frozenset(
    {
        *{Intent.HELP, Intent.ABILITIES, Intent.CONSENT_TEXT, Intent.QUESTION},
        *{Intent.THANKS, Intent.HELLO, Intent.EXIT},
    }
)


def expecting(facts: DialogContext) -> str:
    """The stake of the open question, for `understand`; empty where nothing was asked."""
    return EXPECTED[facts.state.question]


def stage(facts: DialogContext) -> str:
    """The stage of the conversation, for `understand`; empty where the facts are not known."""
    if facts.down:
        return ""
    if any(not job.state.ended for job in facts.own):
        return Stage.RUN
    if facts.ticket:
        return Stage.WAIT
    newest = next(iter(facts.own), None)
    if newest is None:
        return Stage.NEW
    return Stage.REFUSED if newest.state is JobState.REFUSED else Stage.DONE


def decide(turn: Turn, understood: Understood, facts: DialogContext) -> Decision:
    """The decision about a turn.

    Args:
        turn: what came in.
        understood: its meaning, read with `expecting(facts)`.
        facts: what the service knows of the person.
    """
    context = TurnContext(turn, understood, facts)
    if turn.dangerous:
        return Decision(ResponseKind.DANGEROUS, state=replace(facts.state, number=turn.number))
    if understood.intent is Intent.EXIT:
        return context.respond(ResponseKind.BYE)
    if turn.kind is Kind.LINKED:
        return _down(context) if facts.down else _linked(context)
    start = turn.new and not turn.text.strip()
    if facts.down and not start and understood.intent not in _WITHOUT_FACTS:
        return _down(context)
    if start or understood.intent is Intent.HELLO:
        return _greet(context)
    return answer(context) or _ask(context)


def _down(context: TurnContext) -> Decision:
    """The question stays open: the same answer will do in a minute."""
    return Decision(ResponseKind.DOWN, state=replace(context.state, number=context.turn.number))


def _greet(context: TurnContext) -> Decision:
    is_worked_on = not context.turn.new and stage(context.facts) == Stage.RUN  # «алло, ты тут?»
    if has_news(context) or is_worked_on:
        return status(context)
    facts = context.facts
    kind = ResponseKind.WELCOME_BACK if facts.consented or facts.down else ResponseKind.WELCOME
    return context.respond(kind, question=Question.SEND)


def _linked(context: TurnContext) -> Decision:
    return status(context) if fresh_jobs(context) else context.respond(ResponseKind.LINKED)


def _status(context: TurnContext) -> Decision:
    """«Готово?», or «сколько ждать?» before there is anything to wait for."""
    if context.understood.topic == HOW_LONG and waits_unasked(context):
        return question(context)
    return status(context)


def _again(context: TurnContext) -> Decision:
    """The same otherwise: in a way that was said, or in another one."""
    return change(context) if context.understood.topic else wish(context)


def _ask(context: TurnContext) -> Decision:
    """A turn that answers no question."""
    if beside := aside(context):
        return beside
    if asked := _ASKED.get(context.intent):
        return asked(context)
    if context.state.question in OFFERS and has_news(context):  # whatever was said: what they wait for is there
        return status(context)
    if context.intent is Intent.YES and (context.facts.ticket or fresh_jobs(context)):
        return take_time(context)  # «хорошо»: they are at it
    if context.intent is Intent.NO:
        return context.respond(ResponseKind.NEVER_MIND)
    return context.respond(ResponseKind.THANKS) if context.intent is Intent.THANKS else unclear(context)


def _question(context: TurnContext) -> Decision:
    """«Это бесплатно?»; «можешь починить?», «раскрась» are wishes."""
    return restore(context) if context.understood.topic in RESTORED else question(context)


def _help(context: TurnContext) -> Decision:
    """The commands that there are; after a refusal, what can be done about it."""
    if context.intent is Intent.HELP and context.state.question in _KEPT:
        return unclear(context)
    if context.intent is Intent.HELP and stage(context.facts) == Stage.RUN:  # «что делать надо?»: nothing, it is made
        return status(context)
    job = context.facts.job(context.state.job)
    if job and job.mine and job.refusal and context.state.question in OFFERS:
        return report(context, job)
    return context.respond(ResponseKind.HELP, question=Question.SEND)


def _abilities(context: TurnContext) -> Decision:
    return context.respond(ResponseKind.ABILITIES, question=Question.SEND)


def _rules(context: TurnContext) -> Decision:
    """The rules, or the part of them that was asked about."""
    if context.understood.topic:
        return question(context)
    if context.facts.consented or context.facts.down:
        return context.respond(ResponseKind.RULES, question=Question.SEND)
    return context.respond(ResponseKind.CONSENT, question=Question.CONSENT)


def _send(context: TurnContext) -> Decision:
    if context.understood.how == "repeat" or (context.understood.topic == SLOWLY and context.facts.ticket):
        return _repeat(context)
    if context.understood.how == "new":
        return new_code(context)
    if context.understood.how == "link" and context.intent is Intent.SEND and stage(context.facts) == Stage.DONE:
        return share(context)  # «дай ссылку»: on the video that is there
    return send(context, context.understood.gestures)


def _animate(context: TurnContext) -> Decision:
    """«Оживи фото» while one is worked on, or its end untold, asks for that one."""
    understood = context.understood
    if fresh_jobs(context) and not (understood.how or understood.gestures):
        return status(context)
    return send(context, understood.gestures)


def _repeat(context: TurnContext) -> Decision:
    facts = context.facts
    if asked := ask_again(context):
        return asked
    if context.understood.topic == SLOWLY and (slow := slowly(context)):
        return slow
    if facts.ticket and facts.consented:
        return invite(context, ())
    job = find_subject(context)
    greeted = context.state.number == 0 and context.state.question is Question.SEND
    if job is None and greeted and context.understood.topic != SIMPLY:
        return _abilities(context)  # «повтори, я не расслышала», at the greeting
    return report(context, job) if job else _help(context)


_ASKED: Mapping[Intent, Callable[[TurnContext], Decision]] = MappingProxyType(
    {
        Intent.ANIMATE: _animate,
        Intent.SEND: _send,
        Intent.NEW: _send,
        Intent.ENTERED: choose_photo,
        Intent.TROUBLE: trouble,
        Intent.WAIT: take_time,
        Intent.STATUS: _status,
        Intent.SAVE: save,
        Intent.SHARE: share,
        Intent.GESTURE: _again,
        Intent.UNSUPPORTED: unsupported,
        Intent.AGAIN: _again,
        Intent.DELETE: ask_delete,
        Intent.CANCEL: cancel,
        Intent.CHOOSE: choose,
        Intent.APPEAL: appeal,
        Intent.MINOR: minor,
        Intent.GRIEF: grief,
        Intent.WHY: why,
        Intent.REPEAT: _repeat,
        Intent.HELP: _help,
        Intent.ABILITIES: _abilities,
        Intent.CONSENT_TEXT: _rules,
        Intent.QUESTION: _question,
    }
)
