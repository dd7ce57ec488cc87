"""The page of a finished video: how to get there, to save it there, and to send it on."""

from __future__ import annotations

from typing import Final

from skill.dialog.actions import ResultLink
from skill.dialog.context import KnownJob
from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.phrase_book import ALICE
from skill.dialog.nlg.stress import spoken
from skill.dialog.nlg.upload import link_to_send
from skill.dialog.nlu.topics import KEPT
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.dialog.types import Button, Card
from skill.russian import Form


def link_to(builder: ResponseBuilder, job: KnownJob | None) -> tuple[tuple[Button, ...], Card | None]:
    """The button that opens a video's page, and the video's picture; nothing without a screen."""
    found = builder.outcome(ResultLink)
    if found is None or not builder.turn.surface.screen:
        return (), None
    card = Card(job.picture, "Ваше видео", "Нажмите, чтобы посмотреть", found.link) if job and job.picture else None
    return (Button("Посмотреть видео", url=found.link, inline=True),), card


def say_where(builder: ResponseBuilder, job: KnownJob | None, prefix: str) -> Form:
    """The phrase that says where a video is: behind a button, on the page that the photo was sent by, or, where that
    page was pushed to the phone and is closed by now, how to open it again."""
    if builder.outcome(ResultLink) and builder.turn.surface.screen:
        return builder.say(f"{prefix}_screen")
    if job and not job.digits and not builder.turn.surface.screen:
        return builder.say(f"{prefix}_pushed", call=_call(builder))
    return builder.say(f"{prefix}_page")


def _call(builder: ResponseBuilder) -> Form:
    """Words that open the skill on the phone."""
    name = builder.facts.service.name
    if builder.turn.platform == ALICE:
        text = f"«Алиса, спроси у навыка „{name}“, готово ли видео»"
    else:
        text = f"«Открой навык „{name}“»"
    return spoken(text)


def save(builder: ResponseBuilder) -> Speech:
    return _on_page(builder, "save")


def share(builder: ResponseBuilder) -> Speech:
    return _on_page(builder, "share")


def no_new_photo(builder: ResponseBuilder) -> Speech:
    job = builder.decision.job
    links, card = link_to(builder, job)
    parts = (say_where(builder, job, "earlier"), builder.say("no_new_photo"))
    return Speech(parts, ("Готово?", "Повтори"), (*link_to_send(builder), *links), card)


def _on_page(builder: ResponseBuilder, what: str) -> Speech:
    job = builder.decision.job
    if job is None:
        offers = builder.decision.state.question is Question.SEND
        after = builder.say("again_send" if offers else "ask_ready")
        return Speech((builder.say(f"{what}_later"), after), YES_NO if offers else ("Готово?",))
    links, card = link_to(builder, job)
    topic = builder.decision.topic
    before = (builder.say("kept_first"),) if topic == KEPT else ()
    there = builder.say(what if topic in {"", KEPT} else f"{topic}_there")
    return Speech((*before, say_where(builder, job, "where"), there), ("Ещё раз", "Новое фото"), links, card)


SPEECHES: Final = {
    ResponseKind.SAVE: save,
    ResponseKind.SHARE: share,
    ResponseKind.NO_NEW_PHOTO: no_new_photo,
}
