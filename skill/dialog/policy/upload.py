"""Ways for a photo to come: a link, a code, or our page pushed to the phone; the rules first."""

from __future__ import annotations

from typing import Final, Literal

from skill.dialog.actions import Action, InviteUpload, MarkExplained, RememberGestures
from skill.dialog.context import KnownTicket
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.questions import SLOWLY
from skill.dialog.nlu.topics import LINK
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import fresh_jobs, status
from skill.dialog.state import STAKES, Question

How = Literal["link", "code", "phone"]

RULES: Final = 2  # version of the consent's wording, nlg/phrases/upload.py: change both together
NO_LINK: Final = "no_link"
"""Topic of a code where a link was asked for, which nothing here can show."""
WAY_BACK: Final = "way_back"
_ALICE: Final = "alice"
_SOON_OVER: Final = 120.0  # seconds; a code that dies while it is being typed is no help
_KINDS: Final = {"link": ResponseKind.BY_LINK, "code": ResponseKind.BY_CODE, "phone": ResponseKind.BY_PHONE}


def send(context: TurnContext, gestures: tuple[str, ...] = ()) -> Decision:
    """A photo is to be sent."""
    if not context.facts.consented:
        return context.respond(ResponseKind.CONSENT, question=Question.CONSENT, gestures=gestures)
    return invite(context, gestures)


def invite(context: TurnContext, gestures: tuple[str, ...], *before: Action, topic: str = "") -> Decision:
    """The rules are agreed to. A live link or code is told again, so that asking twice gives one and not two.

    Args:
        context: the turn.
        gestures: for the photo to come; empty for those that are remembered.
        before: actions that come first.
        topic: SLOWLY where a code is to be dictated so.

    Returns:
        The way for a photo. A code where a link was asked for has NO_LINK as its topic.
    """
    facts = context.facts
    how = "code" if topic == SLOWLY and serves(facts.ticket, "code") else way(context)
    topic = NO_LINK if how == "code" and LINK in {context.understood.how, context.understood.topic} else topic
    gestures = gestures or facts.gestures
    if serves(facts.ticket, how):
        actions: tuple[Action, ...] = (RememberGestures(gestures),) if gestures and gestures != facts.gestures else ()
    else:
        actions = (InviteUpload(how, gestures),)
    return context.respond(_KINDS[how], *before, *actions, *_explanations(context, how), gestures=gestures, topic=topic)


def new_code(context: TurnContext) -> Decision:
    """Another code, whatever there is already."""
    if not context.facts.consented:
        return send(context)
    gestures = context.facts.gestures
    explained = _explanations(context, "code")
    return context.respond(ResponseKind.NEW_CODE, InviteUpload("code", gestures), *explained, gestures=gestures)


def _explanations(context: TurnContext, how: How) -> tuple[Action, ...]:
    """Alice's speakers leave the skill while one is busy with the phone; the words that open it again are explained to
    each person once."""
    turn = context.turn
    leaves = turn.platform == _ALICE and not turn.surface.screen and how != "link"
    return (MarkExplained(WAY_BACK),) if leaves and WAY_BACK not in context.facts.explained else ()


def trouble(context: TurnContext) -> Decision:
    """The way does not work: for most of it a new code helps."""
    ticket, topic = context.facts.ticket, context.understood.topic
    if topic == "push" and not (ticket and ticket.pushed):
        return status(context)
    if topic == "page" and ticket and context.facts.consented:
        return context.respond(ResponseKind.PAGE_TROUBLE)
    return new_code(context)


def choose_photo(context: TurnContext) -> Decision:
    """«Ввела код»: what comes next on the page."""
    return context.respond(ResponseKind.CHOOSE_PHOTO) if context.facts.ticket else status(context)


def take_time(context: TurnContext) -> Decision:
    """«Подожди», «хорошо»: nobody hurries them."""
    if context.state.question in STAKES and context.intent is Intent.WAIT:
        return answered(context, "no_hurry")  # the question stays open
    return status(context) if fresh_jobs(context) else context.respond(ResponseKind.TAKE_TIME)


def serves(ticket: KnownTicket | None, how: How) -> bool:
    """Whether a ticket that is there can be told that way."""
    return ticket is not None and ticket.seconds >= _SOON_OVER and ticket.pushed == (how == "phone")


def way(context: TurnContext) -> How:
    """The way for a photo: the one that was asked for where the device can do it, else the easiest that it can."""
    surface, asked, ticket = context.turn.surface, context.understood.how, context.facts.ticket
    push = surface.linking and not context.turn.linked  # the platform pushes our page while there is something to link
    if asked == "code" or (asked == "phone" and not push) or (asked == "repeat" and serves(ticket, "code")):
        return "code"
    if push and (asked == "phone" or not surface.screen):
        return "phone"
    return "link" if surface.screen else "code"
