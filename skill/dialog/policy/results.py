"""What became of a photo, told to whom it belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from skill.dialog.actions import CountWrongDigits, MarkAnnounced, ShareResult
from skill.dialog.context import KnownJob
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.state import Question
from skill.jobs.model import SEVERAL_FACES, JobState
from skill.russian import figures

_FRESH_TOLD: Final = 4  # jobs; more are told the next time


def status(moment: TurnContext) -> Decision:
    """«Готово?» What is new goes first, then what is awaited, then what was told before."""
    known = moment.known
    fresh = fresh_jobs(moment)
    if len(fresh) > 1:
        return _several(moment, fresh)
    if fresh:
        return about(moment, fresh[0])
    if known.ticket:
        return moment.to(ResponseKind.NO_PHOTO_YET)
    if known.own:
        return about(moment, known.own[0])
    if known.jobs:
        return check(moment, known.jobs[0])
    return moment.to(ResponseKind.EXPIRED if known.expired else ResponseKind.NOTHING_SENT, question=Question.SEND)


def fresh_jobs(moment: TurnContext) -> tuple[KnownJob, ...]:
    """This person's jobs that are worked on, or ended untold."""
    return tuple(job for job in moment.known.own if job.unannounced or not job.state.ended)


def news(moment: TurnContext) -> bool:
    """Something of this person's has ended and was not told."""
    return any(job.unannounced for job in moment.known.own)


def subject(moment: TurnContext) -> KnownJob | None:
    """The job that is meant when none is named: the one spoken of, else the newest."""
    spoken = moment.known.job(moment.talk.job)
    return spoken if spoken and spoken.mine else next(iter(moment.known.own), None)


def about(moment: TurnContext, job: KnownJob) -> Decision:
    """How it is with one job that may be spoken of."""
    show = (ShareResult(job.id),) if moment.turn.surface.screen else ()
    match job.state:
        case JobState.WAITING | JobState.RUNNING:
            return moment.to(ResponseKind.WORKING, job=job)
        case JobState.DONE if job.unannounced:
            return moment.to(ResponseKind.READY, *show, job=job, question=Question.MORE)
        case JobState.DONE:
            return moment.to(ResponseKind.READY_AGAIN, *show, job=job)
        case JobState.REFUSED if job.refusal == SEVERAL_FACES:
            return moment.to(ResponseKind.WHICH_FACE, job=job, question=Question.FACE)
        case JobState.REFUSED:
            return moment.to(ResponseKind.REFUSED, job=job, question=Question.SEND)
        case _:
            return moment.to(ResponseKind.BROKE, job=job, question=Question.SEND)


def _several(moment: TurnContext, fresh: tuple[KnownJob, ...]) -> Decision:
    told = fresh[:_FRESH_TOLD]
    ended = tuple(job.id for job in told if job.state is JobState.DONE)
    done = next((job for job in told if job.state is JobState.DONE), None)
    show = (ShareResult(done.id),) if done and moment.turn.surface.screen else ()
    announced = (MarkAnnounced(ended),) if ended else ()
    return replace(moment.to(ResponseKind.SEVERAL, *show, *announced), job=done)


def check(moment: TurnContext, job: KnownJob) -> Decision:
    """Somebody of the family may have sent it: where a screen would show it, the code's digits are asked for; a
    speaker, which only tells that it is ready, takes a plain «да»."""
    if moment.known.locked:
        return moment.to(ResponseKind.LOCKED, question=Question.SEND)
    if moment.turn.surface.screen and any(other.digits for other in moment.known.jobs if not other.mine):
        return moment.to(ResponseKind.ASK_DIGITS, job=job, question=Question.DIGITS)
    return moment.to(ResponseKind.ASK_MINE, job=job, question=Question.MINE)


def digits(moment: TurnContext) -> Decision | None:
    """The answer to ASK_DIGITS; None where no digits were said."""
    said = figures(moment.turn.text)[-2:]
    if not said:
        return None
    if moment.known.locked:
        return moment.to(ResponseKind.LOCKED, question=Question.SEND)
    fits = next((job for job in moment.known.jobs if not job.mine and len(said) == 2 and job.digits == said), None)
    if fits is None:
        asked = moment.known.job(moment.talk.job)
        return moment.to(ResponseKind.WRONG_DIGITS, CountWrongDigits(), job=asked, question=Question.DIGITS)
    return claimed(moment, fits)


def claimed(moment: TurnContext, job: KnownJob) -> Decision:
    """It was proved: the photo is this person's for the rest of the session."""
    decision = about(moment, replace(job, mine=True))
    photo = tuple(other.id for other in reversed(moment.known.same_photo(job)))
    return replace(decision, talk=replace(decision.talk, claimed=(*moment.talk.claimed, *photo)))


def not_mine(moment: TurnContext) -> Decision:
    """«Нет»: then perhaps the photo before it is."""
    asked = moment.known.job(moment.talk.job)
    older = moment.known.jobs[moment.known.jobs.index(asked) + 1 :] if asked else ()
    for job in older:
        if not job.mine and asked and job.photo != asked.photo:
            return moment.to(ResponseKind.ASK_MINE, job=job, question=Question.MINE)
    return moment.to(ResponseKind.NOT_YOURS, question=Question.SEND)
