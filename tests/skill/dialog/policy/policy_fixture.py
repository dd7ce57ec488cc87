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
from skill.dialog.policy.decide import decide, expecting, speak, stage
from skill.dialog.policy.decision import Decision
from skill.dialog.policy.upload import WAY_BACK
from skill.dialog.state import DialogState, Question, read_state
from skill.dialog.types import Kind, Reply, Surface, Turn
from skill.jobs.model import JobState

SERVICE_INFO = ServiceInfo(name="Оживи фото", url="https://ozhivi.ru")
SPEAKER, PHONE = Surface(), Surface(screen=True)
PUSHING = Surface(linking=True)


def turn(text: str = "", **fields: Any) -> Turn:
    base = Turn("alice", "user", "device", "session", 3, new=False, text=text)
    return replace(base, **fields)


def job(state: JobState = JobState.DONE, **fields: Any) -> KnownJob:
    base = KnownJob("job-1", state, "job-1", age=300.0)
    if not state.ended:
        base = replace(base, seconds=12.0)
    return replace(base, **fields)


def facts_with(*jobs: KnownJob, **fields: Any) -> DialogContext:
    base = DialogContext(SERVICE_INFO, consented=True, jobs=jobs, explained=frozenset({WAY_BACK}))
    return replace(base, **fields)


def asked(question: Question, **fields: Any) -> DialogState:
    return replace(DialogState(number=2, question=question, job="job-1"), **fields)


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


def say(turn: Turn, facts: DialogContext, outcomes: Sequence[Outcome] | None = None) -> Heard:
    """One turn. `outcomes`: by default everything succeeds."""
    text = "" if turn.kind is Kind.LINKED else turn.text
    decision = decide(
        turn, understand(text, platform=turn.intents, expecting=expecting(facts), stage=stage(facts)), facts
    )
    done = tuple(outcomes) if outcomes is not None else tuple(outcome(action) for action in decision.actions)
    return Heard(decision, speak(turn, facts, decision, done))


def state_after(heard: Heard) -> DialogState:
    """Where the conversation stands, as the platform would give it back."""
    return read_state(heard.reply.state)
