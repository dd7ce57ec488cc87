"""Gathering what the server knows of a user, all at a time, nothing waited for longer than its limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from skill.dialog.context import DialogContext, KnownJob, KnownTicket, ServiceInfo
from skill.dialog.memory import WRONG, Invitation, JobOrigin, Memory, PendingWish, Remembered
from skill.dialog.ports import AnimationService, Appeals, CardPictures, NoAppeals, NoPosters, TicketService
from skill.dialog.state import DialogState, newer_state, read_state
from skill.dialog.types import Turn
from skill.jobs.model import Job, JobState
from skill.tickets import Ticket, UnknownTicketError

_FIRST: Final = 0.7  # seconds for jobs, memory and the queue; without the first two we are `down`
_THEN: Final = 0.5  # for estimates, tickets, pictures; without one of them we say less
_GUESS: Final = 15.0  # seconds that a job is said to need where nobody could tell
_LATEST: Final = 8  # jobs that a conversation may be about
_T = TypeVar("_T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the facts are. `linked`: (user, account of this turn's token) → all accounts that belong to the user.
    `clock`: seconds since 1970."""

    works: AnimationService
    desk: TicketService
    memory: Memory
    house: ServiceInfo
    posters: CardPictures = field(default_factory=NoPosters)
    appeals: Appeals = field(default_factory=NoAppeals)
    clock: Callable[[], float] = time.time
    linked: Callable[[str, str], Awaitable[Sequence[str]]] | None = None

    async def people(self, turn: Turn) -> list[str]:
        """The user and the accounts that are linked to him, without doubles."""
        accounts = [turn.account] if turn.account else []
        if self.linked is not None:
            accounts = list(await self.linked(turn.user, turn.account))
        return list(dict.fromkeys([turn.user, *accounts]))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known, and what the moves need beside it. `met`: where each job came from; `fresh`: what of that was
    not known before."""

    known: DialogContext
    jobs: Mapping[str, Job]
    invitations: tuple[Invitation, ...] = ()
    met: Mapping[str, JobOrigin] = field(default_factory=dict)
    fresh: tuple[JobOrigin, ...] = ()
    wanted: PendingWish = field(default_factory=PendingWish)


async def load_context(parts: Parts, turn: Turn) -> Facts:
    """Never raises and takes at most 1.2 s."""
    jobs, remembered, waiting = await asyncio.gather(
        _within(_FIRST, _jobs(parts, turn), "jobs"),
        _within(_FIRST, parts.memory.recall(turn.user, turn.session), "memory"),
        _within(_FIRST, parts.works.waiting(), "queue"),
    )
    talk = read_state(turn.state)
    if jobs is None or remembered is None:
        return Facts(DialogContext(parts.house, talk, down=True), {})
    talk = newer_state(read_state(remembered.talk), talk) if not turn.new else DialogState()
    tickets = await _tickets(parts, remembered, jobs)
    met = _origins(jobs, remembered, tickets)
    seconds, posters = await asyncio.gather(_estimates(parts, jobs), _posters(parts, turn, jobs))
    wanted = remembered.wanted
    if any(job.created > wanted.at for job in jobs):
        wanted = PendingWish()  # a photo has come since, and had it
    known = DialogContext(
        service=parts.house,
        state=talk,
        consented=remembered.consent > 0,
        jobs=tuple(_known(parts, turn, talk, job, met.get(job.id), seconds, posters) for job in jobs),
        ticket=_live(parts, turn, remembered, tickets, met),
        queue_seconds=waiting[1] if waiting else None,
        gestures=wanted.gestures,
        expired=bool(remembered.jobs.keys() - {job.id for job in jobs}),
        locked=remembered.wrong >= WRONG,
    )
    fresh = tuple(one for key, one in met.items() if one != remembered.jobs.get(key))
    return Facts(known, {job.id: job for job in jobs}, remembered.invitations, met, fresh, wanted)


async def _within(seconds: float, work: Awaitable[_T], what: str) -> _T | None:
    """None where it is too slow or broken."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except Exception as error:  # noqa: BLE001  (whatever it is: the turn is answered with what there is)
        log.warning("fact_missing", what=what, reason=type(error).__name__)
        return None


async def _jobs(parts: Parts, turn: Turn) -> Sequence[Job]:
    """Of the user and of the accounts that are linked to him, the newest first."""
    users = await parts.people(turn)
    found = [job for jobs in await asyncio.gather(*(parts.works.of(user) for user in users)) for job in jobs]
    if len(users) > 1:
        found.sort(key=lambda job: job.created, reverse=True)
    return [job for job in found if job.state is not JobState.DELETED][:_LATEST]


async def _tickets(parts: Parts, remembered: Remembered, jobs: Sequence[Job]) -> dict[int, Ticket]:
    """The tickets of invitations that may still tell something; where a job came to something, no other can
    take its place."""
    done = {job.id for job in jobs if job.state not in {JobState.REFUSED, JobState.FAILED}}
    told = {met.invitation for met in remembered.jobs.values() if met.job in done}
    asked = [one for one in remembered.invitations if one.token and one.number not in told]

    async def look(one: Invitation) -> Ticket | None:
        try:
            return await parts.desk.get(one.token)
        except UnknownTicketError:
            return None

    found = await asyncio.gather(*(_within(_THEN, look(one), "ticket") for one in asked))
    return {one.number: ticket for one, ticket in zip(asked, found, strict=True) if ticket}


def _origins(jobs: Sequence[Job], remembered: Remembered, tickets: Mapping[int, Ticket]) -> dict[str, JobOrigin]:
    """Where each job came from: what was known already, what its ticket says, or the page that was pushed before."""
    met = dict(remembered.jobs)
    by_ticket = {tickets[one.number].job: one for one in remembered.invitations if one.number in tickets}
    for job in jobs:
        before = met.get(job.id)
        if before and before.session:
            continue
        pushed = next(
            (one for one in remembered.invitations if not one.token and one.at <= job.created <= one.until), None
        )
        if one := by_ticket.get(job.id) or pushed:
            told = before.announced if before else False
            met[job.id] = JobOrigin(job.id, one.session, job.id, one.number, one.digits, told)
    return met


async def _estimates(parts: Parts, jobs: Sequence[Job]) -> dict[str, float]:
    unfinished = [job for job in jobs if not job.state.ended]
    found = await asyncio.gather(*(_within(_THEN, parts.works.estimate(job.id), "estimate") for job in unfinished))
    return {job.id: estimate.ends for job, estimate in zip(unfinished, found, strict=True) if estimate}


async def _posters(parts: Parts, turn: Turn, jobs: Sequence[Job]) -> dict[str, str]:
    done = [job for job in jobs if job.state is JobState.DONE][:1] if turn.surface.screen else []
    found = await asyncio.gather(*(_within(_THEN, parts.posters.poster(job.id), "poster") for job in done))
    return {job.id: poster for job, poster in zip(done, found, strict=True) if poster}


def _known(
    parts: Parts,
    turn: Turn,
    talk: DialogState,
    job: Job,
    met: JobOrigin | None,
    seconds: Mapping[str, float],
    posters: Mapping[str, str],
) -> KnownJob:
    own = met is not None and met.session == turn.session
    return KnownJob(
        id=job.id,
        state=job.state,
        photo=met.root if met else job.id,
        gestures=job.wish.gestures,
        seed=job.wish.seed,
        face=job.wish.face,
        seconds=seconds.get(job.id, 0.0 if job.state.ended else _GUESS),
        age=max(0.0, parts.clock() - job.created),
        reason=job.reason,
        appeal=job.state is JobState.REFUSED and parts.appeals.allowed(job),
        announced=met is not None and met.announced,
        mine=own or personal(turn) or job.id in talk.claimed,
        digits=met.digits if met else "",
        picture=posters.get(job.id, ""),
    )


def personal(turn: Turn) -> bool:
    """A signed-in phone or browser. A speaker is everybody's in the room, whoever is signed in there."""
    return turn.signed_in and turn.surface.screen


def _live(
    parts: Parts, turn: Turn, remembered: Remembered, tickets: Mapping[int, Ticket], met: Mapping[str, JobOrigin]
) -> KnownTicket | None:
    """The newest invitation of whoever speaks that still waits for its photo."""
    came = {one.invitation for one in met.values()}
    for one in remembered.invitations:
        left = one.until - parts.clock()
        waits = (ticket := tickets.get(one.number)) is not None and not ticket.digest if one.token else True
        if left > 0 and waits and one.number not in came and (one.session == turn.session or personal(turn)):
            link = f"{parts.house.url}/u/{one.token}" if one.token else ""
            return KnownTicket(link, one.code, left, pushed=not one.token)
    return None
