"""Loading of a dialog context: all facts about a user at a time, none waited for longer than its limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

import structlog

from skill.dialog.context import DialogContext, KnownJob, KnownTicket
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.memory import WRONG_DIGITS_LIMIT
from skill.dialog.state import DialogState, newer_state, read_state
from skill.dialog.types import Turn
from skill.dialog.user_record import Invitation, JobOrigin, PendingWish, UserRecord
from skill.jobs.model import CHILD_APPEAL, Job, JobState
from skill.ticket_model import Ticket, UnknownTicketError

_GUESS: Final = 15.0  # seconds that a job is said to need where nobody could tell
_LATEST: Final = 8  # jobs that a conversation may be about
_T = TypeVar("_T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedContext:
    """A dialog context, and the records behind it that its actions need."""

    context: DialogContext
    """The facts that the decision depends on."""
    jobs: Mapping[str, Job]
    """The context's jobs as the queue has them, by id."""
    invitations: tuple[Invitation, ...] = ()
    """The user's last invitations, the newest first."""
    origins: Mapping[str, JobOrigin] = field(default_factory=dict)
    """The conversations that the jobs came from, by the job's id."""
    new_origins: tuple[JobOrigin, ...] = ()
    """Those of `origins` that the memory does not have yet."""
    pending_wish: PendingWish = field(default_factory=PendingWish)
    """Wish for the photo to come; an empty one where a photo has come since."""


class _FoundTicket(NamedTuple):
    """A ticket, with its jobs where one of them may be new."""

    ticket: Ticket
    """The ticket."""
    jobs: tuple[str, ...]
    """Ids of all its jobs; empty where every job is known already."""

    @property
    def all_jobs(self) -> tuple[str, ...]:
        return (*self.jobs, self.ticket.job)


@dataclass(frozen=True, slots=True)
class _Details:
    """Facts about jobs that may be missing."""

    origins: Mapping[str, JobOrigin]
    """The conversations that the jobs came from, by the job's id."""
    estimates: Mapping[str, float]
    """Seconds until jobs are done, by id."""
    pictures: Mapping[str, str]
    """The platform's ids of card pictures, by the job's id."""


async def load_context(dependencies: DialogDependencies, turn: Turn) -> LoadedContext:
    """The facts about whoever speaks in `turn`. Never raises and takes no longer than the limits of facts and of
    details together; where jobs or memory can't be read in time, the context is `down` and empty."""
    limits = dependencies.limits
    jobs, record, waiting = await asyncio.gather(
        _within(limits.facts, _jobs(dependencies, turn), "jobs"),
        _within(limits.facts, dependencies.memory.load(turn.user, turn.session), "memory"),
        _within(limits.facts, dependencies.animations.waiting(), "queue"),
    )
    state = read_state(turn.state)
    if jobs is None or record is None:
        return LoadedContext(DialogContext(dependencies.service_info, state, down=True), {})
    state = newer_state(read_state(record.state), state) if not turn.new else DialogState()
    tickets = await _tickets(dependencies, record, jobs)
    origins = _origins(jobs, record, tickets)
    estimates, pictures = await asyncio.gather(_estimates(dependencies, jobs), _pictures(dependencies, turn, jobs))
    details = _Details(origins, estimates, pictures)
    pending = record.pending_wish
    if any(job.created > pending.at for job in jobs):
        pending = PendingWish()  # a photo has come since, and had it
    context = DialogContext(
        service=dependencies.service_info,
        state=state,
        consented=record.consent > 0,
        jobs=tuple(_known(dependencies, turn, state, job, details) for job in jobs),
        ticket=_live(dependencies, turn, record, tickets, origins),
        queue_seconds=waiting[1] if waiting else None,
        gestures=pending.gestures,
        expired=bool(record.jobs.keys() - {job.id for job in jobs}),
        explained=record.explained,
        locked=record.wrong_digits >= WRONG_DIGITS_LIMIT,
    )
    new = tuple(origin for key, origin in origins.items() if origin != record.jobs.get(key))
    return LoadedContext(context, {job.id: job for job in jobs}, record.invitations, origins, new, pending)


async def _within(seconds: float, work: Awaitable[_T], what: str) -> _T | None:
    """The result of `work`, None where it is too slow or broken."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except Exception as error:  # noqa: BLE001  (whatever it is: the turn is answered with what there is)
        log.warning("fact_missing", what=what, reason=type(error).__name__)
        return None


async def _jobs(dependencies: DialogDependencies, turn: Turn) -> Sequence[Job]:
    """Jobs of the user and of the linked accounts, the newest first."""
    users = await dependencies.identities(turn)
    by_user = await asyncio.gather(*(dependencies.animations.of(user) for user in users))
    found = [job for jobs in by_user for job in jobs]
    if len(users) > 1:
        found.sort(key=lambda job: job.created, reverse=True)
    return [job for job in found if job.state is not JobState.DELETED][:_LATEST]


async def _tickets(
    dependencies: DialogDependencies, record: UserRecord, jobs: Sequence[Job]
) -> dict[int, _FoundTicket]:
    """Tickets of the invitations that may lead to a job that is not known yet, by the invitation's number. Where a job
    came to something no other photo comes, but the page may have asked for another wish on the same one."""
    known = {origin.job for origin in record.jobs.values() if origin.session}
    all_known = all(job.id in known for job in jobs)
    well = {job.id for job in jobs if _came_to_something(job)}
    settled = {origin.invitation for origin in record.jobs.values() if origin.job in well and all_known}
    open_ = [one for one in record.invitations if one.token and one.number not in settled]

    async def look(invitation: Invitation) -> _FoundTicket | None:
        try:
            ticket = await dependencies.tickets.get(invitation.token)
            return _FoundTicket(ticket, () if all_known else await dependencies.tickets.jobs(invitation.token))
        except UnknownTicketError:
            return None

    found = await asyncio.gather(*(_within(dependencies.limits.details, look(one), "ticket") for one in open_))
    return {one.number: ticket for one, ticket in zip(open_, found, strict=True) if ticket}


def _came_to_something(job: Job) -> bool:
    return job.state not in {JobState.REFUSED, JobState.FAILED}


def _origins(jobs: Sequence[Job], record: UserRecord, tickets: Mapping[int, _FoundTicket]) -> dict[str, JobOrigin]:
    """Origins of the jobs by id: what was known already, what its ticket says, or the page that was pushed before."""
    origins = dict(record.jobs)
    by_ticket = {
        job: one for one in record.invitations if one.number in tickets for job in tickets[one.number].all_jobs
    }
    for job in reversed(jobs):  # the oldest first: what comes later is of its photo
        before = origins.get(job.id)
        if before and before.session:
            continue
        pushed = next((one for one in record.invitations if not one.token and one.at <= job.created <= one.until), None)
        if one := by_ticket.get(job.id) or pushed:
            announced = before.announced if before else False
            root = _root(job, one, jobs, origins)
            origins[job.id] = JobOrigin(job.id, one.session, root, one.number, one.digits, announced)
    return origins


def _root(job: Job, invitation: Invitation, jobs: Sequence[Job], origins: Mapping[str, JobOrigin]) -> str:
    """The first job on the same photo: by one link another photo only comes where the one before came to nothing."""
    if not invitation.token:
        return job.id
    same = (other for other in reversed(jobs) if other.created < job.created and _came_to_something(other))
    known = (origins[one.id] for one in same if one.id in origins)
    return next((origin.root for origin in known if origin.invitation == invitation.number), job.id)


async def _estimates(dependencies: DialogDependencies, jobs: Sequence[Job]) -> dict[str, float]:
    unfinished = [job for job in jobs if not job.state.ended]
    estimate, limit = dependencies.animations.estimate, dependencies.limits.details
    found = await asyncio.gather(*(_within(limit, estimate(job.id), "estimate") for job in unfinished))
    return {job.id: estimate.ends for job, estimate in zip(unfinished, found, strict=True) if estimate}


async def _pictures(dependencies: DialogDependencies, turn: Turn, jobs: Sequence[Job]) -> dict[str, str]:
    """The picture of the newest clip, where there is a screen to show it on."""
    done = [job for job in jobs if job.state is JobState.DONE][:1] if turn.surface.screen else []
    picture_id, limit = dependencies.card_pictures.picture_id, dependencies.limits.details
    found = await asyncio.gather(*(_within(limit, picture_id(job.id), "poster") for job in done))
    return {job.id: picture for job, picture in zip(done, found, strict=True) if picture}


def _known(dependencies: DialogDependencies, turn: Turn, state: DialogState, job: Job, details: _Details) -> KnownJob:
    origin = details.origins.get(job.id)
    invited_here = origin is not None and origin.session == turn.session
    return KnownJob(
        id=job.id,
        state=job.state,
        photo=origin.root if origin else job.id,
        gestures=job.wish.gestures,
        seed=job.wish.seed,
        motion=job.wish.motion,
        length=job.wish.seconds,
        face=job.wish.face,
        restore=job.wish.restore,
        seconds=details.estimates.get(job.id, 0.0 if job.state.ended else _GUESS),
        age=max(0.0, dependencies.clock() - job.created),
        reason=job.reason,
        appeal=job.state is JobState.REFUSED and job.refusal == CHILD_APPEAL,
        announced=origin is not None and origin.announced,
        mine=invited_here or is_personal(turn) or job.id in state.claimed,
        digits=origin.digits if origin else "",
        picture=details.pictures.get(job.id, ""),
    )


def is_personal(turn: Turn) -> bool:
    """Whether the device is a signed-in phone or browser. A speaker is everybody's in the room, whoever is signed in
    there."""
    return turn.signed_in and turn.surface.screen


def _live(
    dependencies: DialogDependencies,
    turn: Turn,
    record: UserRecord,
    tickets: Mapping[int, _FoundTicket],
    origins: Mapping[str, JobOrigin],
) -> KnownTicket | None:
    """The newest invitation of whoever speaks that still waits for its photo."""
    used = {origin.invitation for origin in origins.values()}
    for one in record.invitations:
        left = one.until - dependencies.clock()
        waits = (found := tickets.get(one.number)) is not None and not found.ticket.digest if one.token else True
        if left > 0 and waits and one.number not in used and (one.session == turn.session or is_personal(turn)):
            link = dependencies.service_info.page(one.token) if one.token else ""
            return KnownTicket(link, one.code, left, pushed=not one.token)
    return None
