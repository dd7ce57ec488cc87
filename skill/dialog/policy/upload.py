"""How a photo comes: a link, a code, or our page pushed to the phone; the rules first."""

from __future__ import annotations

from typing import Final, Literal

from skill.dialog.actions import Action, InviteUpload, RememberGestures
from skill.dialog.context import KnownTicket
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.state import Question

How = Literal["link", "code", "phone"]

RULES: Final = 1  # version of the consent's wording, phrases/sending.py: change both together
_SOON_OVER: Final = 120.0  # seconds; a code that dies while it is being typed is no help
_SCENES: Final = {"link": ResponseKind.BY_LINK, "code": ResponseKind.BY_CODE, "phone": ResponseKind.BY_PHONE}


def send(moment: TurnContext, gestures: tuple[str, ...] = ()) -> Decision:
    """A photo is to be sent."""
    if not moment.known.consented:
        return moment.to(ResponseKind.CONSENT, question=Question.CONSENT, gestures=gestures)
    return invite(moment, gestures)


def invite(moment: TurnContext, gestures: tuple[str, ...], *before: Action) -> Decision:
    """The rules are agreed to. A live link or code is told again, so that asking twice gives one and not two."""
    known = moment.known
    how = way(moment)
    gestures = gestures or known.gestures
    if serves(known.ticket, how):
        moves: tuple[Action, ...] = (RememberGestures(gestures),) if gestures and gestures != known.gestures else ()
    else:
        moves = (InviteUpload(how, gestures),)
    return moment.to(_SCENES[how], *before, *moves, gestures=gestures)


def serves(ticket: KnownTicket | None, how: How) -> bool:
    """Whether a ticket that is there can be told that way."""
    return ticket is not None and ticket.seconds >= _SOON_OVER and ticket.pushed == (how == "phone")


def way(moment: TurnContext) -> How:
    """The way that was asked for where the device can do it, else the easiest that it can."""
    surface, asked, ticket = moment.turn.surface, moment.understood.how, moment.known.ticket
    push = surface.linking and not moment.turn.linked  # the platform pushes our page while there is something to link
    if asked == "code" or (asked == "phone" and not push) or (asked == "repeat" and serves(ticket, "code")):
        return "code"
    if push and (asked == "phone" or not surface.screen):
        return "phone"
    return "link" if surface.screen else "code"
