"""Changes of a video that is there: longer, shorter, calmer, livelier, as it was before; and a code said slowly."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipeline.limits import AUTO, MAX_SECONDS, MOODS, PRESETS
from pipeline.motion.gesture_wish import STRONGEST
from skill.dialog.actions import StartJob
from skill.dialog.context import KnownJob
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.questions import MANNERED, SLOWLY
from skill.dialog.policy.answers import answered
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.restoration import asks_for_grey, uncolour, unrestore
from skill.dialog.policy.results import check, find_subject, fresh_jobs, report, show_again
from skill.dialog.policy.upload import invite
from skill.dialog.policy.wishes import wish
from skill.dialog.state import Question
from skill.gesture_words import read_gesture
from skill.jobs.model import JobState

LIVELY, CALM = PRESETS[:2]
SHORT_SECONDS: Final = 3.0
"""Seconds of a clip that is to be short."""
_GENTLE: Final = 0.6  # strength of a gesture that is to be smaller
_LIVELIEST: Final = ("smile", "nod")
"""Gestures for who wants more of a video that is lively already."""
_SERIOUS: Final = ("blink", "tilt:0.5")
"""Gestures of a video without a smile, where nothing else was wished."""
_OTHER_SIDE: Final = {"left": "right", "right": "left", "up": "down", "down": "up"}
_NEARBY: Final = "nod"  # where a movement can't be made stronger, another one is offered
# a change → the answer where there is no video yet
_BEFORE: Final = {"longer": "length", "shorter": "length", "undo": "undo_nothing"}


def change(context: TurnContext) -> Decision:
    """«Подлиннее», «поспокойнее», «верни как было»."""
    topic, facts = context.understood.topic, context.facts
    job = None if facts.ticket and not fresh_jobs(context) else find_subject(context)
    if job is None:
        return _before_a_video(context)
    if topic == "undo":
        return _undo(context, job)
    left = _without(job.gestures, context.understood.gestures) if topic == "without" else ()
    unasked = topic == "without" and left == job.gestures  # nobody asked for it: another one of the same
    if unasked:
        context = replace(context, understood=replace(context.understood, gestures=()))
    if unasked or (topic == "mirror" and not _mirrored(_wished(context, job))):
        return wish(context)
    running = next((one for one in facts.same_photo(job) if not one.state.ended), None)
    if running:
        return context.respond(ResponseKind.WAIT_FIRST, job=running)
    if job.state is not JobState.DONE:
        return report(context, job)
    return _start(context, job, replace(job, gestures=left), "") if left else _changed(context, job)


def _before_a_video(context: TurnContext) -> Decision:
    """There is nothing to change: «пусть кивнёт помедленнее» is a wish for a video, and a change alone is answered."""
    understood, facts = context.understood, context.facts
    topic = understood.topic
    if topic == "without":
        return context.respond(ResponseKind.NEVER_MIND)
    if topic in MANNERED and understood.gestures:
        gestures = _in_another_manner(understood.gestures, topic) or understood.gestures
        return wish(
            replace(context, understood=replace(understood, intent=Intent.GESTURE, gestures=gestures, topic=""))
        )
    if facts.ticket:
        slow = slowly(context) if topic in {"slower", SLOWLY} else None
        return slow or answered(context, _BEFORE.get(topic, "calm"))
    return check(context, facts.jobs[0]) if facts.jobs else answered(context, _BEFORE.get(topic, "calm"))


def slowly(context: TurnContext) -> Decision | None:
    """«Помедленнее»: the code once more, or, where there is none to be said, the video; None where there is neither."""
    if context.facts.ticket and context.facts.consented:
        return invite(context, (), topic=SLOWLY)
    job = find_subject(context)
    return _changed(context, job) if job and job.state is JobState.DONE else None


def _changed(context: TurnContext, job: KnownJob) -> Decision:
    """A new video with the change that was asked for, or the limit that it is at already."""
    gestures = _wished(context, job)
    is_calm, is_lively = (not job.gestures and _motion(job) == motion for motion in (CALM, LIVELY))
    match context.understood.topic:
        case "longer" if job.length < MAX_SECONDS:
            return _start(context, job, replace(job, gestures=gestures, length=MAX_SECONDS), "longer")
        case "shorter" if job.length > SHORT_SECONDS:
            return _start(context, job, replace(job, gestures=gestures, length=SHORT_SECONDS), "shorter")
        case "slower" | "slowly" | "faster" | "mirror" | "calmer" | "livelier" | "serious" as topic if (
            other := _in_another_manner(gestures or (_LIVELIEST if topic == "livelier" and is_lively else ()), topic)
        ):
            return _start(context, job, replace(job, gestures=other), topic if topic == "serious" else "")
        case "livelier" | "faster" if not job.gestures and not is_lively:
            return _start(context, job, replace(job, motion=LIVELY), "livelier")
        case "slower" | "calmer" | "slowly" if not is_calm:
            return _start(context, job, replace(job, gestures=(), motion=CALM), "calmer")
    return _limit(context, job)


def _motion(job: KnownJob) -> str:
    """The motion of a video, also where its photo chose it."""
    return MOODS.get(job.remark, LIVELY) if job.motion == AUTO else job.motion


def _in_another_manner(gestures: tuple[str, ...], topic: str) -> tuple[str, ...]:
    """The gestures in another manner or to the other side; empty where there are none, or they can't be."""
    wishes = [wish for wish in map(read_gesture, gestures) if wish]
    match topic:
        case "slower" | "slowly":
            changed = [replace(wish, speed="slow") for wish in wishes]
        case "mirror":
            return _mirrored(gestures)
        case "serious":
            return _unsmiling(gestures)
        case "faster":
            changed = [replace(wish, speed="" if wish.speed == "slow" else "fast") for wish in wishes]
        case "calmer":
            changed = [replace(wish, strength=1.0 if wish.strength > 1.0 else _GENTLE) for wish in wishes]
        case _:
            changed = [replace(wish, strength=1.0 if wish.strength < 1.0 else STRONGEST) for wish in wishes]
    return tuple(map(str, changed)) if changed != wishes else ()


def _wished(context: TurnContext, job: KnownJob) -> tuple[str, ...]:
    """The gestures that a change is about: those that were said, else those of the video."""
    return context.understood.gestures or job.gestures


def _unsmiling(gestures: tuple[str, ...]) -> tuple[str, ...]:
    """The gestures without a smile: «убери улыбку»."""
    return tuple(one for one in gestures if one.partition(":")[0] not in {"smile", "kiss"}) or _SERIOUS


def _without(gestures: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """The gestures without those that are taken out: «убери кивок»; where none is left, those of a quiet video."""
    names = {one.partition(":")[0] for one in taken}
    left = tuple(one for one in gestures if one.partition(":")[0] not in names)
    if left == gestures or left:
        return left
    return tuple(one for one in _SERIOUS if one.partition(":")[0] not in names)


def _mirrored(gestures: tuple[str, ...]) -> tuple[str, ...]:
    """The gestures to the other side; empty where none has a side."""
    wishes = [wish for wish in map(read_gesture, gestures) if wish]
    turned = [replace(wish, side=_OTHER_SIDE.get(wish.side, wish.side)) for wish in wishes]
    return tuple(map(str, turned)) if turned != wishes else ()


def _start(context: TurnContext, job: KnownJob, wanted: KnownJob, topic: str) -> Decision:
    """The video that is wanted: a new one, or the same that was made before."""
    done = (one for one in context.facts.same_photo(job) if one.state is JobState.DONE)
    if twin := next((one for one in done if _wish(one) == _wish(wanted)), None):
        return show_again(context, twin)
    start = StartJob(job.id, wanted.gestures, job.seed, job.face, motion=wanted.motion, length=wanted.length)
    gestures = () if topic else wanted.gestures
    return context.respond(ResponseKind.NEW_WISH, start, job=job, gestures=gestures, topic=topic)


def _wish(job: KnownJob) -> tuple[tuple[str, ...], int, str | None, str, float, str]:
    return job.gestures, job.seed, job.face, _motion(job), job.length, job.restore


def _limit(context: TurnContext, job: KnownJob) -> Decision:
    """It can't be longer, shorter, calmer; instead of a stronger movement another one is offered."""
    topic = context.understood.topic
    if topic in {"livelier", "faster"}:
        return context.respond(
            ResponseKind.CANNOT, job=job, question=Question.GESTURE, gestures=(_NEARBY,), topic="stronger"
        )
    limit = {"longer": "longest", "shorter": "shortest"}.get(topic, "calmest")
    return answered(context, limit)


def _undo(context: TurnContext, job: KnownJob) -> Decision:
    """The video before this one; of a coloured one «верни чёрно-белое» means the one without colours."""
    if asks_for_grey(context) and (grey := uncolour(context, job)):
        return grey
    older = context.facts.same_photo(job)
    older = older[older.index(job) + 1 :]
    before = next((one for one in older if one.state is JobState.DONE), None)
    if before is None:
        nothing = "undo_colour" if asks_for_grey(context) else "undo_nothing"
        return unrestore(context, job) or answered(context, nothing)
    return show_again(context, before)
