"""Wishes on a photo that came, and its deletion."""

from __future__ import annotations

from typing import Final

from pipeline.errors import Reason
from skill.dialog.actions import DeletePhoto, ForgetUser, RememberGestures, StartJob
from skill.dialog.context import KnownJob
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import about, check, fresh_jobs, subject
from skill.dialog.policy.upload import send
from skill.dialog.state import Question
from skill.jobs.model import SEVERAL_FACES, JobState

OF_AGE: Final = 18


def wish(moment: TurnContext) -> Decision:
    """«Ещё раз», «пусть улыбнётся»."""
    gestures = moment.understood.gestures
    if moment.known.ticket and not fresh_jobs(moment):  # a photo is on its way: this is for that one
        kept = moment.to(ResponseKind.GESTURES_KEPT, RememberGestures(gestures), gestures=gestures)
        return kept if gestures else moment.to(ResponseKind.NO_PHOTO_YET)
    job = subject(moment)
    if job is None:
        return check(moment, moment.known.jobs[0]) if moment.known.jobs else send(moment, gestures)
    if not job.state.ended:
        return moment.to(ResponseKind.WAIT_FIRST, job=job)
    return about(moment, job) if job.state is JobState.REFUSED else _new(moment, job, gestures)


def _new(moment: TurnContext, job: KnownJob, gestures: tuple[str, ...]) -> Decision:
    """Other gestures move as before; without any, everything moves another way."""
    seed = job.seed if gestures else 1 + max(other.seed for other in moment.known.same_photo(job))
    move = StartJob(job.id, gestures or job.gestures, seed, moment.understood.face or job.face)
    return moment.to(ResponseKind.NEW_WISH, move, job=job, gestures=gestures)


def choose(moment: TurnContext) -> Decision:
    """«Левую», «второго», «всех»."""
    job, face = subject(moment), moment.understood.face
    if job is None:
        return check(moment, moment.known.jobs[0]) if moment.known.jobs else send(moment)
    if not job.state.ended:
        return moment.to(ResponseKind.WAIT_FIRST, job=job)
    asks = job.refusal == SEVERAL_FACES
    if face is None or not (asks or job.state is JobState.DONE):
        return about(moment, job)
    return moment.to(ResponseKind.CHOSEN, StartJob(job.id, job.gestures, job.seed, face), job=job)


def why(moment: TurnContext) -> Decision:
    """«Почему не получилось?»"""
    own = moment.known.own
    trouble = next((job for job in own if job.state in {JobState.REFUSED, JobState.FAILED}), None)
    if trouble:
        return about(moment, trouble)
    if not own and moment.known.jobs:
        return check(moment, moment.known.jobs[0])
    return moment.to(ResponseKind.ALL_WELL)


def appeal(moment: TurnContext) -> Decision:
    """«Это взрослый»: asked back once, and only where the filter leaves room for it."""
    refused = _refused_child(moment)
    if refused is None:
        return why(moment)
    if not refused.appeal:
        return moment.to(ResponseKind.APPEAL_NO, job=refused, question=Question.SEND)
    if moment.understood.age is not None:
        return of_age(moment, refused, said=moment.understood.age >= OF_AGE)
    return moment.to(ResponseKind.ASK_AGE, job=refused, question=Question.AGE)


def minor(moment: TurnContext) -> Decision:
    """«Ей ещё нет восемнадцати», «это ребёнок»."""
    return moment.to(ResponseKind.APPEAL_CHILD, job=_refused_child(moment), question=Question.SEND)


def _refused_child(moment: TurnContext) -> KnownJob | None:
    refused = (job for job in moment.known.own if job.state is JobState.REFUSED)
    return next((job for job in refused if job.refusal and job.refusal.reason == Reason.CHILD), None)


def of_age(moment: TurnContext, job: KnownJob, *, said: bool) -> Decision:
    """The answer to ASK_AGE."""
    if not said:
        return moment.to(ResponseKind.APPEAL_CHILD, job=job, question=Question.SEND)
    move = StartJob(job.id, job.gestures, job.seed, job.face, adult=True)
    return moment.to(ResponseKind.APPEALED, move, job=job)


def ask_delete(moment: TurnContext) -> Decision:
    """«Удали фото», «удали всё»: nothing is deleted before a «да»."""
    known = moment.known
    if moment.understood.what == "all":
        if known.jobs or known.ticket or known.consented:
            return moment.to(ResponseKind.ASK_DELETE_ALL, question=Question.DELETE_ALL)
        return moment.to(ResponseKind.NOTHING_TO_DELETE)
    job = subject(moment) or next(iter(known.jobs), None)
    if job is None:
        return moment.to(ResponseKind.NOTHING_TO_DELETE)
    return moment.to(ResponseKind.ASK_DELETE, job=job, question=Question.DELETE)


def delete(moment: TurnContext) -> Decision:
    """The photo that was asked about, with all that was made of it."""
    job = moment.known.job(moment.talk.job)
    if job is None:
        return moment.to(ResponseKind.NOTHING_TO_DELETE)
    return moment.to(ResponseKind.DELETED, DeletePhoto(tuple(other.id for other in moment.known.same_photo(job))))


def delete_all(moment: TurnContext) -> Decision:
    return moment.to(ResponseKind.FORGOTTEN, ForgetUser(), claimed=())
