"""Speeches that answer questions about the skill, and end with what was open before or with what can be said next."""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.faces.people import people_in
from pipeline.limits import DEFAULT_SECONDS, MAX_SECONDS
from skill.dialog.nlg.builder import FACES, YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.stress import spoken
from skill.dialog.nlg.upload import link_to_send, say_busy
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import OFFERS, STAKES, Question
from skill.dialog.types import Button
from skill.russian import SECOND, Form, counted, span, spelled

LONGEST_CLIP: Final = counted(round(MAX_SECONDS), SECOND)


class _Next(NamedTuple):
    """The end of an answer."""

    parts: tuple[Form, ...]
    """What can be said next, or the question that is still open."""

    titles: tuple[str, ...]
    """Titles of buttons that say it."""

    links: tuple[Button, ...] = ()
    """Buttons that open a page."""


def answer(builder: ResponseBuilder) -> Speech:
    topic = builder.decision.topic
    busy = say_busy(builder) if topic == "how_long" else ()
    if topic == "chat" and (job := next((job for job in builder.facts.own if not job.state.ended), None)):
        return Speech((builder.say("answer_chat"), builder.say("working", wait=span(job.seconds))), ("Готово?",))
    after = _next(builder)
    said = builder.say(f"answer_{topic}", **_values(builder, topic))
    return Speech((said, *busy, *after.parts), after.titles, after.links)


def _values(builder: ResponseBuilder, topic: str) -> dict[str, Form]:
    service = builder.facts.service
    match topic:
        case "keep":
            return {"keep": span(service.keep)}
        case "length":
            return {"usual": counted(round(DEFAULT_SECONDS), SECOND)}
        case "longest":
            return {"longest": LONGEST_CLIP}
        case "code_life":
            return {"wait": span(service.ticket_seconds)}
    return _found(builder, topic)


def _found(builder: ResponseBuilder, topic: str) -> dict[str, Form]:
    """The address, also letter by letter, or how many people there are."""
    service = builder.facts.service
    if topic == "spell":
        return {"letters": _letters(service.url)}
    if topic == "typing":
        return {"url": spelled(service.url, service.spoken)}
    refusal = builder.decision.job.refusal if builder.decision.job else None
    return {"people": spoken(people_in(refusal.cause if refusal else ""))} if topic == "faces_counted" else {}


def _letters(url: str) -> Form:
    """The address, and its letters one by one."""
    form = spelled(url)
    return Form(f"{form.text} — {form.tts}", form.tts)


def _next(builder: ResponseBuilder) -> _Next:
    facts, question = builder.facts, builder.decision.state.question
    if question in OFFERS and any(job.unannounced for job in facts.own):
        return _Next((builder.say("news"),), ("Готово?",))
    if question is not Question.NONE:
        return _asked_again(builder, question)
    if facts.ticket:
        return _Next((builder.say("when_sent"),), ("Готово?", "Повтори"), link_to_send(builder))
    if any(not job.state.ended for job in facts.own):
        return _Next((builder.say("ask_ready"),), ("Готово?",))
    return _Next((builder.say("after_again"),), ("Ещё раз", "Пусть улыбнётся", "Новое фото"))


def _asked_again(builder: ResponseBuilder, question: Question) -> _Next:
    asked = builder.say(f"again_{question}")
    if question is Question.FACE:
        return _Next((asked,), FACES)
    if question is Question.DIGITS:
        return _Next((asked,), ("Не помню",))
    return _Next((asked, builder.say("yes_no")) if question in STAKES else (asked,), YES_NO)


SPEECHES: Final = {ResponseKind.ANSWER: answer}
