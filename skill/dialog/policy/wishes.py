"""Wishes on a photo that came, and its deletion."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.errors import Reason
from skill.dialog.actions import DeletePhoto, ForgetUser, RememberGestures, StartJob, StopJob, WithdrawInvitation
from skill.dialog.context import KnownJob
from skill.dialog.nlu.age import ADULT
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.topics import KEPT
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.restoration import promise_of, remember
from skill.dialog.policy.results import await_photo, check, find_subject, find_video, fresh_jobs, on_page, report
from skill.dialog.policy.upload import send
from skill.dialog.state import Question
from skill.jobs.model import JobState
from skill.missing_movements import MISSING
from skill.restore_words import restore_of

# a movement that can't be made → one that can, and comes near
_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {"speak": "lips", **{name: one.nearest for name, one in MISSING.items()}}
)

_STILL: Final = ("camera-still",)
_CAMERA: Final = "camera-"


def wish(context: TurnContext, gestures: tuple[str, ...] = ()) -> Decision:
    """«Ещё раз», «пусть улыбнётся». `gestures`: where they were said before."""
    gestures = gestures or context.understood.gestures
    if context.facts.ticket and not fresh_jobs(context):  # a photo is on its way: this is for that one
        kept = context.respond(ResponseKind.GESTURES_KEPT, RememberGestures(gestures), gestures=gestures)
        return kept if gestures else await_photo(context)
    job = find_subject(context)
    if job is None:
        return check(context, context.facts.jobs[0]) if context.facts.jobs else send(context, gestures)
    if not job.state.ended:
        return remember(context, job, gestures)
    if gestures == _STILL and job.state is JobState.DONE and not any(one.startswith(_CAMERA) for one in job.gestures):
        return answered(context, "camera_stands")
    return report(context, job) if job.state is JobState.REFUSED else _new(context, job, gestures)


def _new(context: TurnContext, job: KnownJob, gestures: tuple[str, ...]) -> Decision:
    """Other gestures move as before; without any, everything moves another way."""
    seed = job.seed if gestures else 1 + max(other.seed for other in context.facts.same_photo(job))
    start = StartJob(job.id, gestures or job.gestures, seed, context.understood.face or job.face)
    restored = next((promise_of(one) for one in gestures if restore_of(one)), "")
    return context.respond(ResponseKind.NEW_WISH, start, job=job, gestures=gestures, topic=restored)


def unsupported(context: TurnContext) -> Decision:
    """«Пусть помашет рукой»: what can't be made is named, and one that can is offered."""
    topic = context.understood.topic
    if topic not in _INSTEAD:
        return context.respond(ResponseKind.CANNOT, topic=topic)
    job = find_subject(context)
    return context.respond(
        ResponseKind.CANNOT, job=job, question=Question.GESTURE, gestures=(_INSTEAD[topic],), topic=topic
    )


def cancel(context: TurnContext) -> Decision:
    """«Отмена»: the job that is worked on, or the photo that is awaited."""
    facts = context.facts
    if context.understood.topic == KEPT and facts.jobs:
        return keep(context)
    if context.intent is not Intent.CANCEL or context.understood.topic != "drop":
        return context.respond(ResponseKind.NEVER_MIND)
    running = next((job for job in facts.own if not job.state.ended), None)
    if running and (not facts.ticket or context.state.job == running.id):
        return context.respond(ResponseKind.STOPPED, StopJob((running.id,)), question=Question.SEND, later=())
    if facts.ticket:
        return context.respond(ResponseKind.WITHDRAWN, WithdrawInvitation())
    return context.respond(ResponseKind.NEVER_MIND)


def keep(context: TurnContext) -> Decision:
    """Nothing is deleted; «стой, сначала сохрани» gets the way to save."""
    if context.understood.topic == KEPT and find_video(context):
        return on_page(context, ResponseKind.SAVE, KEPT)
    return context.respond(ResponseKind.KEPT)


def choose(context: TurnContext) -> Decision:
    """«Левую», «второго», «всех»."""
    job, face = find_subject(context), context.understood.face
    if job is None:
        return check(context, context.facts.jobs[0]) if context.facts.jobs else send(context)
    if not job.state.ended:
        return context.respond(ResponseKind.WAIT_FIRST, job=job)
    asks = job.refusal is not None and job.refusal.asks_face
    topic = context.understood.topic
    if face is None and topic and job.state is JobState.DONE:  # «теперь папу с этой же карточки»
        return context.respond(ResponseKind.FACE_HELP, job=job, question=Question.FACE, topic=topic)
    if face is None or not (asks or job.state is JobState.DONE):
        return report(context, job)
    return context.respond(ResponseKind.CHOSEN, StartJob(job.id, job.gestures, job.seed, face), job=job)


def why(context: TurnContext) -> Decision:
    """«Почему не получилось?»"""
    own = context.facts.own
    trouble = next((job for job in own if job.state in {JobState.REFUSED, JobState.FAILED}), None)
    if trouble:
        return report(context, trouble)
    if not own and context.facts.jobs:
        return check(context, context.facts.jobs[0])
    return report(context, own[0]) if fresh_jobs(context) else context.respond(ResponseKind.ALL_WELL)


def appeal(context: TurnContext) -> Decision:
    """«Это взрослый»: asked back once, and only where the filter leaves room for it."""
    refused = _refused_child(context)
    if refused is None:
        return why(context)
    if not refused.appeal:
        return context.respond(ResponseKind.APPEAL_NO, job=refused, question=Question.SEND)
    if context.understood.age is not None:
        return of_age(context, refused, said=context.understood.age >= ADULT)
    return context.respond(ResponseKind.ASK_AGE, job=refused, question=Question.AGE)


def minor(context: TurnContext) -> Decision:
    """«Ей ещё нет восемнадцати», «это ребёнок»."""
    return context.respond(ResponseKind.APPEAL_CHILD, job=_refused_child(context), question=Question.SEND)


def _refused_child(context: TurnContext) -> KnownJob | None:
    refused = (job for job in context.facts.own if job.refusal and job.refusal.reason == Reason.CHILD)
    return next(refused, None)


def of_age(context: TurnContext, job: KnownJob, *, said: bool) -> Decision:
    """The answer to ASK_AGE."""
    if not said:
        return context.respond(ResponseKind.APPEAL_CHILD, job=job, question=Question.SEND)
    start = StartJob(job.id, job.gestures, job.seed, job.face, adult=True)
    return context.respond(ResponseKind.APPEALED, start, job=job)


def ask_delete(context: TurnContext) -> Decision:
    """«Удали фото», «удали всё»: nothing is deleted before a «да»."""
    facts = context.facts
    if context.understood.what == "all":
        if facts.jobs or facts.ticket or facts.consented:
            return context.respond(ResponseKind.ASK_DELETE_ALL, question=Question.DELETE_ALL)
        return context.respond(ResponseKind.NOTHING_TO_DELETE)
    job = find_subject(context) or next(iter(facts.jobs), None)
    if job is None:
        return context.respond(ResponseKind.NOTHING_TO_DELETE)
    return context.respond(ResponseKind.ASK_DELETE, job=job, question=Question.DELETE)


def delete(context: TurnContext) -> Decision:
    """The photo that was asked about, with all that was made of it; «удали всё» asks for all."""
    if context.understood.what == "all":
        return ask_delete(context)
    job = context.facts.job(context.state.job)
    if job is None:
        return context.respond(ResponseKind.NOTHING_TO_DELETE)
    photo = DeletePhoto(tuple(other.id for other in context.facts.same_photo(job)))
    return context.respond(ResponseKind.DELETED, photo, later=())


def delete_all(context: TurnContext) -> Decision:
    """All of the person; «удали это фото» asks for the photo alone."""
    if context.understood.what == "photo":
        return ask_delete(context)
    return context.respond(ResponseKind.FORGOTTEN, ForgetUser(), claimed=(), later=())
