"""Restoration of an old photo, asked for by voice: «почини», «убери царапины», «верни как было»."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipeline.limits import RESTORE_OFF
from skill.dialog.actions import RememberGestures, StartJob
from skill.dialog.context import KnownJob
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import find_subject, fresh_jobs
from skill.dialog.state import OFFERS, Question
from skill.jobs.model import JobState
from skill.restore_words import RESTORED, UNRESTORED

TOPIC: Final = "restore"
"""The topic of a question that is a wish to restore, mostly."""
_ONLY_ASKS: Final = frozenset({"какое", "какой", "какая", "есть", "будет", "ли", "почему", "зачем"})
_KEEPS_WISH: Final = frozenset({Question.NONE, Question.SEND, Question.CONSENT})


def restore(context: TurnContext) -> Decision:
    """«Почини», «сделай чётче»: a new video of the restored photo; for a photo that is still to come it is remembered.

    It is no more than a promise: by its measure a photo that is not damaged stays as it is.
    """
    facts, state = context.facts, context.state
    if facts.down or _ONLY_ASKS.intersection(context.turn.text.split()):
        return answered(context, TOPIC)
    job = find_subject(context)
    awaited = facts.ticket is not None and not fresh_jobs(context)
    if job and not awaited and state.question in OFFERS:
        if not job.state.ended:
            return context.respond(ResponseKind.WAIT_FIRST, job=job)
        if job.state is JobState.DONE and job.restore == RESTORE_OFF:
            start = StartJob(job.id, (RESTORED,), job.seed, job.face)
            return context.respond(ResponseKind.NEW_WISH, start, job=job, topic="restoring")
    decision = answered(context, TOPIC)
    if state.question not in _KEEPS_WISH:
        return decision
    wished = tuple(dict.fromkeys((*(facts.gestures if awaited else state.gestures), RESTORED)))
    if awaited:
        return replace(decision, actions=(RememberGestures(wished),))
    return replace(decision, state=replace(decision.state, gestures=wished))


def unrestore(context: TurnContext, job: KnownJob) -> Decision | None:
    """«Верни как было» of a video that is the first of its photo; None where nothing was restored on it."""
    if job.restore == RESTORE_OFF:
        return None
    start = StartJob(job.id, (UNRESTORED,), job.seed, job.face)
    return context.respond(ResponseKind.NEW_WISH, start, job=job, topic="unrestored")
