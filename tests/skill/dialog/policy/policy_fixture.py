"""A conversation without a server: what was said and what is known → what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from skill.dialog.actions import (
    Action,
    Completed,
    CountWrongDigits,
    DeletePhoto,
    ForgetUser,
    InvitationIssued,
    InviteUpload,
    JobStarted,
    MarkAnnounced,
    MarkExplained,
    Outcome,
    PhotosDeleted,
    RecordConsent,
    RememberGestures,
    ResultLink,
    ShareResult,
    StartJob,
    StopJob,
    WithdrawInvitation,
)
from skill.dialog.context import DialogContext, KnownJob, KnownTicket, ServiceInfo
from skill.dialog.nlu.understand import understand
from skill.dialog.policy.decide import decide, expecting, speak
from skill.dialog.policy.decision import Decision
from skill.dialog.policy.upload import WAY_BACK
from skill.dialog.state import DialogState, Question
from skill.dialog.types import Kind, Reply, Surface, Turn
from skill.jobs.model import JobState

HOUSE = ServiceInfo(name="Оживи фото", url="https://ozhivi.ru")
SPEAKER, PHONE = Surface(), Surface(screen=True)
PUSHING = Surface(linking=True)


def turn(text: str = "", **given: Any) -> Turn:
    base = Turn("alice", "user", "device", "session", 3, new=False, text=text)
    return replace(base, **given)


def job(state: JobState = JobState.DONE, **given: Any) -> KnownJob:
    base = KnownJob("job-1", state, "job-1", age=300.0)
    if not state.ended:
        base = replace(base, seconds=12.0)
    return replace(base, **given)


def known(*jobs: KnownJob, **given: Any) -> DialogContext:
    base = DialogContext(HOUSE, consented=True, jobs=jobs, explained=frozenset({WAY_BACK}))
    return replace(base, **given)


def asked(question: Question, **given: Any) -> DialogState:
    return replace(DialogState(number=2, question=question, job="job-1"), **given)


TICKET = KnownTicket("https://ozhivi.ru/u/token", "524871", 600.0)


def outcome(action: Action) -> Outcome:
    """What a service in good health answers."""
    match action:
        case InviteUpload(how="phone"):
            return InvitationIssued()
        case InviteUpload():
            return InvitationIssued("https://ozhivi.ru/u/fresh", "193746", 900.0)
        case StartJob():
            return JobStarted("job-2", 9.0)
        case ShareResult():
            return ResultLink("https://ozhivi.ru/u/result")
        case DeletePhoto() | StopJob():
            return PhotosDeleted(len(action.jobs))
        case ForgetUser():
            return PhotosDeleted(1)
        case MarkAnnounced() | MarkExplained() | RecordConsent() | RememberGestures():
            return Completed()
        case CountWrongDigits() | WithdrawInvitation():
            return Completed()


@dataclass(frozen=True)
class Heard:
    decision: Decision
    reply: Reply

    @property
    def text(self) -> str:
        return self.reply.text


def say(turn: Turn, known: DialogContext, outcomes: Sequence[Outcome] | None = None) -> Heard:
    """One turn. `outcomes`: by default everything succeeds."""
    text = "" if turn.kind is Kind.LINKED else turn.text
    decision = decide(turn, understand(text, platform=turn.intents, expecting=expecting(known)), known)
    done = tuple(outcomes) if outcomes is not None else tuple(outcome(move) for move in decision.actions)
    return Heard(decision, speak(turn, known, decision, done))
