"""The rules, and the ways for a photo to come."""

from __future__ import annotations

from typing import Final

from skill.dialog.actions import InvitationIssued, RecordConsent
from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.phrase_book import stressed
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.types import Button
from skill.russian import Form, digits, span, spelled

_ALICE: Final = "alice"
_LONG_WAIT: Final = 60.0  # seconds in the queue that are worth a word


def rules(act: ResponseBuilder) -> tuple[Form, ...]:
    return (act.say("rules", keep=span(act.known.service.keep)),)


def consent(act: ResponseBuilder) -> Speech:
    return Speech((*_kept_gestures(act), *rules(act), act.say("agree")), YES_NO)


def consent_no(act: ResponseBuilder) -> Speech:
    return Speech((act.say("consent_no"),), ("Оживи фото", "Хватит"))


def by_link(act: ResponseBuilder) -> Speech:
    ticket = act.known.ticket
    made = act.came(InvitationIssued)
    link = made.link if made else ticket.link if ticket else ""
    parts = (*_agreed(act), *_kept_gestures(act), act.say("by_link"), *_busy(act))
    return Speech(parts, ("Готово?", "Код"), (Button("Отправить фото", url=link, inline=True),))


def by_code(act: ResponseBuilder) -> Speech:
    ticket, house = act.known.ticket, act.known.service
    made = act.came(InvitationIssued)
    code, seconds = (made.code, made.seconds) if made else (ticket.code, ticket.seconds) if ticket else ("", 0.0)
    dictated = act.say(
        "by_code", address=spelled(house.url, house.spoken), code=digits(code), wait=span(_whole_minutes(seconds))
    )
    parts = (*_agreed(act), *_kept_gestures(act), dictated, *_busy(act), _come_back(act))
    return Speech(parts, ("Повтори", "Готово?"))


def by_phone(act: ResponseBuilder) -> Speech:
    parts = (*_agreed(act), *_kept_gestures(act), act.say("by_phone"), *_busy(act), _come_back(act))
    return Speech(parts, ("Код", "Готово?"), link_account=True)


def linked(act: ResponseBuilder) -> Speech:
    return Speech((act.say("linked"),), ("Готово?", "Оживи фото"))


def no_photo_yet(act: ResponseBuilder) -> Speech:
    return Speech((act.say("no_photo_yet"),), ("Готово?", "Повтори"))


def nothing_sent(act: ResponseBuilder) -> Speech:
    return Speech((act.say("nothing_sent"),), YES_NO)


def expired(act: ResponseBuilder) -> Speech:
    return Speech((act.say("expired", keep=span(act.known.service.keep)),), YES_NO)


def gestures_kept(act: ResponseBuilder) -> Speech:
    return Speech((*_kept_gestures(act), act.say("no_photo_yet")), ("Готово?", "Повтори"))


def _agreed(act: ResponseBuilder) -> tuple[Form, ...]:
    """Says back that the rules were agreed to, where they just were."""
    return (act.say("agreed"),) if any(isinstance(move, RecordConsent) for move in act.decision.moves) else ()


def _kept_gestures(act: ResponseBuilder) -> tuple[Form, ...]:
    return (act.say("gestures", gestures=act.gestures()),) if act.gestures().text else ()


def _busy(act: ResponseBuilder) -> tuple[Form, ...]:
    wait = act.known.queue_seconds
    return (act.say("busy", busy=span(wait)),) if wait is not None and wait > _LONG_WAIT else ()


def _come_back(act: ResponseBuilder) -> Form:
    """A speaker stops listening while one is busy with the phone."""
    if act.turn.platform == _ALICE and not act.turn.surface.screen:
        name = act.known.service.name
        return act.say("come_back_alice", name=Form(f"„{name}“", stressed(name)))
    return act.say("come_back")


def _whole_minutes(seconds: float) -> float:
    """Never more than there is."""
    return seconds // 60 * 60 if seconds >= 60 else seconds


SCENES: Final = {
    ResponseKind.CONSENT: consent,
    ResponseKind.CONSENT_NO: consent_no,
    ResponseKind.BY_LINK: by_link,
    ResponseKind.BY_CODE: by_code,
    ResponseKind.BY_PHONE: by_phone,
    ResponseKind.LINKED: linked,
    ResponseKind.NO_PHOTO_YET: no_photo_yet,
    ResponseKind.NOTHING_SENT: nothing_sent,
    ResponseKind.EXPIRED: expired,
    ResponseKind.GESTURES_KEPT: gestures_kept,
}
