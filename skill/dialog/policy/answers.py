"""Answers to questions about the skill; whatever was open before stays open and is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from pipeline.faces.people import people_in
from skill.dialog.nlu.intents import Intent
from skill.dialog.policy.decision import Decision, ResponseKind, TurnContext
from skill.dialog.policy.results import find_video, fresh_jobs, on_page
from skill.dialog.state import OFFERS, Question

_ON_PAGE: Final = frozenset({"gif", "wallpaper", "screen"})
# intents that are questions, too, where something else is waiting for its answer
_ASKED_ASIDE: Final[Mapping[Intent, str]] = MappingProxyType(
    {Intent.SAVE: "save", Intent.SHARE: "share", Intent.UNSUPPORTED: "movements"}
)


def question(context: TurnContext) -> Decision:
    """«Это бесплатно?»"""
    topic = context.understood.topic
    if topic == "messenger" and context.state.question in OFFERS and find_video(context):
        return on_page(context, ResponseKind.SHARE)  # «а как его в ватсап скинуть»
    if topic in _ON_PAGE and context.state.question in OFFERS and find_video(context):
        return on_page(context, ResponseKind.SAVE, topic)
    return answered(context, topic)


def aside(context: TurnContext) -> Decision | None:
    """A question beside one of ours that should not be lost: «а как сохранить?» at the rules."""
    topic = _ASKED_ASIDE.get(context.intent)
    return answered(context, topic) if topic and context.state.question not in OFFERS else None


def answered(context: TurnContext, topic: str) -> Decision:
    """The answer to a question about `topic`, with the question that was open before; a photo is offered where nothing
    was, and nothing is under way."""
    facts, state = context.facts, context.state
    idle = not facts.ticket and not facts.own
    open_question = Question.SEND if state.question is Question.NONE and idle else state.question
    after = replace(state, number=context.turn.number, misses=0, question=open_question)
    job, exact = facts.job(state.job), _as_set_up(context, topic)
    return Decision(ResponseKind.ANSWER, job=job, gestures=state.gestures, topic=exact, state=after)


def waits_unasked(context: TurnContext) -> bool:
    """Whether «сколько ждать?» is about no job that is there: before a photo, or beside an old video."""
    return not fresh_jobs(context) and (context.facts.ticket is not None or not context.facts.jobs)


def _as_set_up(context: TurnContext, topic: str) -> str:
    """The topic as the service's settings and what is under way have it."""
    service = context.facts.service
    running = any(not job.state.ended for job in context.facts.own)
    if topic == "fear" and running:
        return "fear_running"
    if topic == "noscreen" and running:
        return "where"
    if topic == "change_mind" and context.state.question in {Question.DELETE, Question.DELETE_ALL}:
        return "delete_undo"
    job = context.facts.job(context.state.job)
    if topic == "faces" and job and job.refusal and people_in(job.refusal.cause):
        return "faces_counted"
    if topic == "drawing" and service.drawings:
        return "drawing_too"
    return "childhood_archive" if topic == "childhood" and service.archive else topic
