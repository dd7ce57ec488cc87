"""Speeches about the rules and the ways for a photo to come."""

from __future__ import annotations

from typing import Final

from skill.dialog.actions import InvitationIssued, MarkExplained, RecordConsent
from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.stress import spoken
from skill.dialog.nlu.questions import SLOWLY
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.policy.upload import NO_LINK
from skill.dialog.types import Button
from skill.russian import Form, digits, span, spelled

_LONG_WAIT: Final = 60.0  # seconds in the queue that are worth a word


def rules(builder: ResponseBuilder) -> tuple[Form, ...]:
    return (builder.say("rules", keep=span(builder.facts.service.keep)),)


def consent(builder: ResponseBuilder) -> Speech:
    return Speech((*_kept_gestures(builder), *rules(builder), builder.say("agree")), YES_NO)


def consent_no(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("consent_no"),), ("Оживи фото", "Хватит"))


def by_link(builder: ResponseBuilder) -> Speech:
    ticket = builder.facts.ticket
    made = builder.outcome(InvitationIssued)
    link = made.link if made else ticket.link if ticket else ""
    parts = (*_agreed(builder), *_kept_gestures(builder), builder.say("by_link"), *say_busy(builder))
    return Speech(parts, ("Готово?", "Код"), (Button("Отправить фото", url=link, inline=True),))


def by_code(builder: ResponseBuilder) -> Speech:
    return _by_code(builder, *_agreed(builder))


def new_code(builder: ResponseBuilder) -> Speech:
    return _by_code(builder, builder.say("new_code"))


def _by_code(builder: ResponseBuilder, *before: Form) -> Speech:
    """Nothing is said after the code: whoever types it listens to nothing else."""
    ticket, service = builder.facts.ticket, builder.facts.service
    made = builder.outcome(InvitationIssued)
    code, seconds = (made.code, made.seconds) if made else (ticket.code, ticket.seconds) if ticket else ("", 0.0)
    address, wait = spelled(service.url, service.spoken), span(_whole_minutes(seconds))
    page = builder.say("code_page", address=address, wait=wait)
    instead = (builder.say("no_link"),) if builder.decision.topic == NO_LINK else ()
    parts = (*before, *_kept_gestures(builder), *say_busy(builder), *instead, page, _come_back(builder))
    return Speech((*parts, *_dictated(builder, code)), ("Повтори", "Готово?"))


def _dictated(builder: ResponseBuilder, code: str) -> tuple[Form, ...]:
    """The code: written once, said twice."""
    slowly = builder.decision.topic == SLOWLY
    figures = digits(code, slowly=slowly)
    again = Form("", builder.say("code_twice", code=figures).tts)
    return (*(() if slowly else (builder.say("code_slowly"),)), builder.say("by_code", code=figures), again)


def by_phone(builder: ResponseBuilder) -> Speech:
    """The way back to the skill, where it is explained, takes as long as the rest."""
    rest = () if builder.does(MarkExplained) else (builder.say("or_code"), *say_busy(builder))
    parts = (*_agreed(builder), *_kept_gestures(builder), builder.say("by_phone"), *rest, _come_back(builder))
    return Speech(parts, ("Код", "Готово?"), link_account=True)


def linked(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("linked"),), ("Готово?", "Оживи фото"))


def no_photo_yet(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("no_photo_yet"),), ("Готово?", "Повтори"), link_to_send(builder))


def nothing_sent(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("nothing_sent"),), YES_NO)


def expired(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("expired", keep=span(builder.facts.service.keep)),), YES_NO)


def gestures_kept(builder: ResponseBuilder) -> Speech:
    parts = (*_kept_gestures(builder), builder.say("no_photo_yet"))
    return Speech(parts, ("Готово?", "Повтори"), link_to_send(builder))


def page_trouble(builder: ResponseBuilder) -> Speech:
    service = builder.facts.service
    address = spelled(service.url, service.spoken)
    return Speech((builder.say("page_trouble", address=address),), ("Новый код", "Готово?"), link_to_send(builder))


def choose_photo(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("choose_photo"),), ("Готово?", "Повтори"), link_to_send(builder))


def take_time(builder: ResponseBuilder) -> Speech:
    ticket = builder.facts.ticket
    dictated = ticket is not None and not ticket.pushed and not builder.turn.surface.screen
    after = "when_ready_to_write" if dictated else "when_sent" if ticket else "when_they_like"
    titles = ("Готово?", "Повтори") if ticket else ("Оживи фото", "Хватит")
    return Speech((builder.say("take_time"), builder.say(after)), titles, link_to_send(builder))


def withdrawn(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("withdrawn"),), ("Оживи фото", "Хватит"))


def link_to_send(builder: ResponseBuilder) -> tuple[Button, ...]:
    """The button that still waits for its photo."""
    ticket = builder.facts.ticket
    return (Button("Отправить фото", url=ticket.link, inline=True),) if ticket and ticket.link else ()


def _agreed(builder: ResponseBuilder) -> tuple[Form, ...]:
    """Says back that the rules were agreed to, where they just were."""
    return (builder.say("agreed"),) if builder.does(RecordConsent) else ()


def _kept_gestures(builder: ResponseBuilder) -> tuple[Form, ...]:
    return (builder.say("gestures", gestures=builder.gestures()),) if builder.gestures().text else ()


def say_busy(builder: ResponseBuilder) -> tuple[Form, ...]:
    """The time until a new photo is begun with, where it is worth a word."""
    wait = builder.facts.queue_seconds
    return (builder.say("busy", busy=span(wait)),) if wait is not None and wait > _LONG_WAIT else ()


def _come_back(builder: ResponseBuilder) -> Form:
    """A speaker stops listening while one is busy with the phone; how to come back to the skill is explained once."""
    if builder.does(MarkExplained):
        return builder.say("come_back_alice", name=spoken(f"„{builder.facts.service.name}“"))
    return builder.say("come_back")


def _whole_minutes(seconds: float) -> float:
    """Never more than there is."""
    return seconds // 60 * 60 if seconds >= 60 else seconds


SPEECHES: Final = {
    ResponseKind.CONSENT: consent,
    ResponseKind.CONSENT_NO: consent_no,
    ResponseKind.BY_LINK: by_link,
    ResponseKind.BY_CODE: by_code,
    ResponseKind.BY_PHONE: by_phone,
    ResponseKind.NEW_CODE: new_code,
    ResponseKind.PAGE_TROUBLE: page_trouble,
    ResponseKind.CHOOSE_PHOTO: choose_photo,
    ResponseKind.TAKE_TIME: take_time,
    ResponseKind.WITHDRAWN: withdrawn,
    ResponseKind.LINKED: linked,
    ResponseKind.NO_PHOTO_YET: no_photo_yet,
    ResponseKind.NOTHING_SENT: nothing_sent,
    ResponseKind.EXPIRED: expired,
    ResponseKind.GESTURES_KEPT: gestures_kept,
}
