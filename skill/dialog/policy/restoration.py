"""Restoration of an old photo, asked for by voice: «почини», «сделай чётче», «раскрась», «верни как было»."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pipeline.limits import RESTORE_AUTO, RESTORE_COLOUR, RESTORE_ENLARGE, RESTORE_OFF, RESTORE_REPAIR
from skill.dialog.actions import RememberGestures, StartJob
from skill.dialog.context import KnownJob
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import find_subject, fresh_jobs, show_again
from skill.dialog.state import OFFERS, Question
from skill.jobs.model import JobState
from skill.restore_words import UNRESTORED, movement_of, restore_of, with_restoration, without_part

_TOPIC: Final = "restore"
_COLOUR: Final = "colour"
TOPICS: Final = frozenset({_TOPIC, _COLOUR})
"""The topics of questions that are wishes to restore, mostly."""
_MEANT: Final = {_TOPIC: (RESTORE_AUTO, "restoring"), _COLOUR: (RESTORE_COLOUR, "colouring")}
_SHARPER: Final = (f"{RESTORE_AUTO},{RESTORE_ENLARGE}", "sharpening")
_MENDED: Final = (f"{RESTORE_AUTO},{RESTORE_REPAIR}", "restoring")
_ONLY_ASKS: Final = frozenset(
    {"какое", "какой", "какая", "есть", "будет", "ли", "почему", "зачем", "умеешь", "умеете", "останется"}
)
_KEEPS_WISH: Final = frozenset({Question.NONE, Question.SEND, Question.CONSENT})
_HURT: Final = re.compile(r"царап|трещин|пят[не]|\bточк|рван|порва|\bдыр|складк|залом|сгиб|излом|помят|\bмят|скле")
_GREY: Final = re.compile(r"\b(?:ч[её]рно|монохром|обесцве|бесцвет|сер(?:ым|ой|ую|ое)\b|без цвет|убери(?:те)? цвет)")
_SHARP: Final = re.compile(r"ч[её]т[кч]|рез[кч]|\bразмыт|\bмутн|\bрасплыв|\bкрупнее|\bувелич|разрешени|\bhd\b")
_COLOURED: Final = re.compile(r"\bцветн|\b(?:рас|по|под|за|пере)кра[сш]|\bв цвете|\bв красках|колориз")


def restore(context: TurnContext) -> Decision:
    """«Почини», «раскрась»: a new video of the restored photo; for a photo that is still to come it is remembered.

    It is no more than a promise: a photo that is not damaged, or has colours, stays as it is.
    """
    topic = context.understood.topic
    if context.facts.down or _ONLY_ASKS.intersection(context.turn.text.split()):
        return answered(context, topic)
    job = find_subject(context)
    if topic == _COLOUR and asks_for_grey(context):
        return (uncolour(context, job) if job else None) or answered(context, topic)
    return _restore_by(context, job, *_meaning(context, topic))


def _meaning(context: TurnContext, topic: str) -> tuple[str, str]:
    """The words of a restoration that are meant, and the name of what is said of it."""
    text, enlarges = context.turn.text, context.facts.service.enlarges
    special = ((_HURT.search(text), _MENDED), (enlarges and _SHARP.search(text), _SHARPER))
    return next((meant for said, meant in special if said and topic == _TOPIC), _MEANT[topic])


def _restore_by(context: TurnContext, job: KnownJob | None, word: str, making: str) -> Decision:
    """A new video with a word of a restoration, and `making` said of it; or the word is remembered."""
    facts, state = context.facts, context.state
    awaited = facts.ticket is not None and not fresh_jobs(context)
    if job and not awaited and state.question in OFFERS:
        wanted = with_restoration(job.restore, word)
        if not job.state.ended:
            return remember(context, job, (movement_of(wanted),))
        if job.state is JobState.DONE and wanted != job.restore:
            return _start(context, job, wanted, making)
    decision = answered(context, context.understood.topic)
    if state.question not in _KEEPS_WISH:
        return decision
    wished = _with_word(facts.gestures if awaited else state.gestures, word)
    if awaited:
        return replace(decision, actions=(RememberGestures(wished),))
    return replace(decision, state=replace(decision.state, gestures=wished))


def remember(context: TurnContext, job: KnownJob, movements: tuple[str, ...]) -> Decision:
    """A wish while a video is being made: it is offered when that one is there, and replaces an earlier one of its
    kind."""
    kinds = {bool(restore_of(movement)) for movement in movements}
    other = [movement for movement in context.state.later if bool(restore_of(movement)) not in kinds]
    later = (*movements, *other) if movements else context.state.later
    return context.respond(ResponseKind.WAIT_FIRST, job=job, gestures=movements, later=later)


def promise_of(movement: str) -> str:
    """Name of the phrase that tells of a movement that means a restoration."""
    return "colouring" if RESTORE_COLOUR in restore_of(movement) else "restoring"


def asks_for_grey(context: TurnContext) -> bool:
    """«Верни чёрно-белое»; not «сделай из чёрно-белого цветное»."""
    text = context.turn.text
    return bool(_GREY.search(text)) and not _COLOURED.search(text)


def uncolour(context: TurnContext, job: KnownJob) -> Decision | None:
    """«Верни чёрно-белое»: the video without the guessed colours, the one that there is or a new one.

    Returns:
        None where its photo was not coloured.
    """
    wanted = without_part(job.restore, RESTORE_COLOUR)
    if wanted == job.restore or context.facts.down or context.state.question not in OFFERS or not job.state.ended:
        return None
    like = replace(job, restore=wanted)
    for one in context.facts.same_photo(job):
        if one.state is JobState.DONE and _looks(one) == _looks(like):
            return show_again(context, one)
    return _start(context, job, wanted, "uncoloured")


def unrestore(context: TurnContext, job: KnownJob) -> Decision | None:
    """«Верни как было» of a video that is the first of its photo; None where nothing was restored on it."""
    if job.restore == RESTORE_OFF:
        return None
    start = StartJob(job.id, (UNRESTORED,), job.seed, job.face)
    return context.respond(ResponseKind.NEW_WISH, start, job=job, topic="unrestored")


def _start(context: TurnContext, job: KnownJob, restore: str, topic: str) -> Decision:
    start = StartJob(job.id, (movement_of(restore),), job.seed, job.face)
    return context.respond(ResponseKind.NEW_WISH, start, job=job, topic=topic)


def _with_word(movements: tuple[str, ...], word: str) -> tuple[str, ...]:
    """The movements of a wish with a word of a restoration beside those that were said."""
    restored = word
    for one in movements:
        restored = with_restoration(restored, restore_of(one) or RESTORE_OFF)
    return (*(one for one in dict.fromkeys(movements) if not restore_of(one)), movement_of(restored))


def _looks(job: KnownJob) -> tuple[object, ...]:
    return job.gestures, job.seed, job.face, job.motion, job.length, job.restore
