"""Results: how it is with a photo, for whom it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipeline.faces.people import ONLY_ONE
from skill.dialog.actions import CountWrongDigits, MarkAnnounced, ShareResult, StartJob
from skill.dialog.context import KnownJob
from skill.dialog.nlu.numerals import read_figures
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.state import Question
from skill.jobs.model import JobState

_MOST_ANNOUNCED: Final = 4  # jobs; more are announced the next time


def status(context: TurnContext) -> Decision:
    """«Готово?» What is new goes first, then what is awaited, then what was announced before."""
    facts = context.facts
    fresh = fresh_jobs(context)
    if len(fresh) > 1:
        return _several(context, fresh)
    if fresh:
        return report(context, fresh[0])
    if facts.ticket:
        return await_photo(context)
    if facts.own:
        return report(context, facts.own[0])
    if facts.jobs:
        return check(context, facts.jobs[0])
    return context.respond(ResponseKind.EXPIRED if facts.expired else ResponseKind.NOTHING_SENT, question=Question.SEND)


def await_photo(context: TurnContext) -> Decision:
    """A photo is on its way; a video that is there already stays within reach."""
    done = find_video(context)
    if done is None:
        return context.respond(ResponseKind.NO_PHOTO_YET)
    return context.respond(ResponseKind.NO_NEW_PHOTO, *_shared(context, done), job=done)


def save(context: TurnContext) -> Decision:
    """«Как сохранить?»"""
    return on_page(context, ResponseKind.SAVE)


def share(context: TurnContext) -> Decision:
    """«Отправь маме»."""
    return on_page(context, ResponseKind.SHARE)


def on_page(context: TurnContext, kind: ResponseKind, topic: str = "") -> Decision:
    """Send the person to the video's page; the owner of the video has to be known first.

    Args:
        context: the turn.
        kind: SAVE or SHARE.
        topic: what it is to be saved for, "gif", "wallpaper" or "screen"; empty where that was not said.
    """
    done = find_video(context)
    if done is None and context.facts.jobs and not context.facts.own:
        return check(context, context.facts.jobs[0])
    if done is None:
        waits = context.facts.ticket or fresh_jobs(context)
        return context.respond(kind, question=Question.NONE if waits else Question.SEND)
    return context.respond(kind, *_shared(context, done), job=done, topic=topic)


def grief(context: TurnContext) -> Decision:
    """«Бабушка умерла»: a warm word, and her smile."""
    if fresh_jobs(context):
        return context.respond(ResponseKind.GRIEF, topic=context.understood.topic)
    question = Question.GESTURE if find_video(context) and not context.facts.ticket else Question.SEND
    job, topic = find_subject(context), context.understood.topic
    return context.respond(ResponseKind.GRIEF, job=job, question=question, gestures=("smile",), topic=topic)


def find_video(context: TurnContext) -> KnownJob | None:
    """The newest video that may be spoken of."""
    return next((job for job in context.facts.own if job.state is JobState.DONE), None)


def _shared(context: TurnContext, job: KnownJob) -> tuple[ShareResult, ...]:
    """A link to its page, where it can be opened."""
    return (ShareResult(job.id),) if context.turn.surface.screen else ()


def fresh_jobs(context: TurnContext) -> tuple[KnownJob, ...]:
    """This person's jobs that are worked on, or ended untold."""
    return tuple(job for job in context.facts.own if job.unannounced or not job.state.ended)


def has_news(context: TurnContext) -> bool:
    """Something of this person's has ended, and nobody was told."""
    return any(job.unannounced for job in context.facts.own)


def find_subject(context: TurnContext) -> KnownJob | None:
    """The job that is meant when none is named: the one spoken of, else the newest."""
    spoken = context.facts.job(context.state.job)
    return spoken if spoken and spoken.mine else next(iter(context.facts.own), None)


def report(context: TurnContext, job: KnownJob) -> Decision:
    """The decision about one job that may be spoken of: how it is with it."""
    show = _shared(context, job)
    match job.state:
        case JobState.WAITING | JobState.RUNNING:
            return context.respond(ResponseKind.WORKING, job=job)
        case JobState.DONE if job.unannounced:
            later = context.state.later  # what was wished meanwhile is offered
            question = Question.GESTURE if later else Question.MORE
            return context.respond(ResponseKind.READY, *show, job=job, question=question, gestures=later, later=())
        case JobState.DONE:
            return context.respond(ResponseKind.READY_AGAIN, *show, job=job)
        case JobState.REFUSED if job.refusal and job.refusal.asks_face:
            question = Question.ONLY_FACE if job.refusal.cause == ONLY_ONE else Question.FACE
            return context.respond(ResponseKind.WHICH_FACE, job=job, question=question)
        case JobState.REFUSED:
            return context.respond(ResponseKind.REFUSED, job=job, question=Question.SEND)
        case _:
            return context.respond(ResponseKind.BROKE, job=job, question=Question.SEND)


def _several(context: TurnContext, fresh: tuple[KnownJob, ...]) -> Decision:
    """Several jobs at a time: those that are done are announced together."""
    done = [job for job in fresh[:_MOST_ANNOUNCED] if job.state is JobState.DONE]
    if not done:
        return context.respond(ResponseKind.SEVERAL)
    mark = MarkAnnounced(tuple(job.id for job in done))
    return replace(context.respond(ResponseKind.SEVERAL, *_shared(context, done[0]), mark), job=done[0])


def check(context: TurnContext, job: KnownJob) -> Decision:
    """Somebody of the family may have sent it: where a screen would show it, the code's digits are asked for; a
    speaker, which only tells that it is ready, takes a plain «да»."""
    if context.facts.locked:
        return context.respond(ResponseKind.LOCKED, question=Question.SEND)
    if context.turn.surface.screen and any(other.digits for other in context.facts.jobs if not other.mine):
        return context.respond(ResponseKind.ASK_DIGITS, job=job, question=Question.DIGITS)
    return context.respond(ResponseKind.ASK_MINE, job=job, question=Question.MINE)


def digits(context: TurnContext) -> Decision | None:
    """The answer to ASK_DIGITS; None where no digits were said."""
    said = read_figures(context.turn.text)[-2:]
    if not said:
        return None
    if context.facts.locked:
        return context.respond(ResponseKind.LOCKED, question=Question.SEND)
    fits = next((job for job in context.facts.jobs if not job.mine and len(said) == 2 and job.digits == said), None)
    if fits is None:
        asked = context.facts.job(context.state.job)
        return context.respond(ResponseKind.WRONG_DIGITS, CountWrongDigits(), job=asked, question=Question.DIGITS)
    return claim(context, fits)


def claim(context: TurnContext, job: KnownJob) -> Decision:
    """It was proved: the photo is this person's for the rest of the session."""
    decision = report(context, replace(job, mine=True))
    photo = tuple(other.id for other in reversed(context.facts.same_photo(job)))
    return replace(decision, state=replace(decision.state, claimed=(*context.state.claimed, *photo)))


def not_mine(context: TurnContext) -> Decision:
    """«Нет»: then perhaps the photo before it is."""
    asked = context.facts.job(context.state.job)
    older = context.facts.jobs[context.facts.jobs.index(asked) + 1 :] if asked else ()
    for job in older:
        if not job.mine and asked and job.photo != asked.photo:
            return context.respond(ResponseKind.ASK_MINE, job=job, question=Question.MINE)
    return context.respond(ResponseKind.NOT_YOURS, question=Question.SEND)


def show_again(context: TurnContext, job: KnownJob) -> Decision:
    """A video that was made before; its page on the phone leads to it again."""
    again = StartJob(job.id, job.gestures, job.seed, job.face, motion=job.motion, length=job.length)
    show = (ShareResult(job.id),) if context.turn.surface.screen else ()
    return context.respond(ResponseKind.UNDONE, again, *show, job=job)
