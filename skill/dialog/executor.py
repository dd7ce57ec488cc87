"""Doing what a conversation wants done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from skill.animations import GoneError
from skill.dialog import actions
from skill.dialog.actions import Action, Outcome
from skill.dialog.context_loader import Facts, Parts
from skill.dialog.memory import JobOrigin, PendingWish
from skill.dialog.ports import UserDataEraser
from skill.dialog.types import Turn
from skill.jobs.queue import QueueError
from skill.tickets import UnknownTicketError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ActionExecutor:
    """One turn's moves, in their order; after one that failed the rest is not tried."""

    parts: Parts
    privacy: UserDataEraser
    turn: Turn
    facts: Facts
    ticket_seconds: float

    async def do(self, wanted: Sequence[Action]) -> tuple[Outcome, ...]:
        outcomes: list[Outcome] = []
        for move in wanted:
            failed = any(isinstance(outcome, actions.ActionFailed) for outcome in outcomes)
            outcomes.append(actions.ActionFailed() if failed else await self._tried(move))
        return tuple(outcomes)

    async def _tried(self, move: Action) -> Outcome:
        try:
            return await self._one(move)
        except Exception as error:  # noqa: BLE001  (whatever broke: the person hears a sentence about it)
            log.warning("move_failed", move=type(move).__name__, reason=type(error).__name__)
            return actions.ActionFailed()

    async def _one(self, move: Action) -> Outcome:
        memory, user = self.parts.memory, self.turn.user
        match move:
            case actions.InviteUpload():
                return await self._invite(move)
            case actions.StartJob():
                return await self._wish(move)
            case actions.ShareResult():
                return await self._show(move)
            case actions.MarkAnnounced():
                await memory.announced(user, move.jobs)
            case actions.RecordConsent():
                await memory.agree(user, move.version)
            case actions.RememberGestures():
                await memory.want(user, replace(self.facts.wanted, gestures=move.gestures))
            case actions.CountWrongDigits():
                await memory.guessed_wrong(user)
            case actions.DeletePhoto():
                return await self._delete(move)
            case actions.ForgetUser():
                return await self._forget()
        return actions.Completed()

    async def _invite(self, move: actions.InviteUpload) -> Outcome:
        memory, turn, now = self.parts.memory, self.turn, self.parts.clock()
        await memory.want(turn.user, replace(self.facts.wanted, gestures=move.gestures))
        keep = self.parts.house.keep + self.ticket_seconds
        if move.how == "phone":
            await memory.invited(turn.user, turn.session, until=now + self.ticket_seconds, keep=keep)
            return actions.InvitationIssued(seconds=self.ticket_seconds)
        made = await self.parts.desk.issue(turn.user)
        await memory.invited(
            turn.user, turn.session, token=made.token, code=made.code, until=made.expires, keep=keep
        )  # fmt: skip
        return actions.InvitationIssued(self._link(made.token), made.code, max(0.0, made.expires - now))

    async def _wish(self, move: actions.StartJob) -> Outcome:
        before = self.facts.jobs[move.job]
        wish = replace(before.wish, gestures=move.gestures, seed=move.seed, face=move.face)
        if move.adult:
            wish = self.parts.appeals.of_age(wish)
        try:
            job = await self.parts.works.again(move.job, wish)
        except GoneError:
            await self.parts.memory.want(self.turn.user, PendingWish(move.gestures, move.face, move.adult))
            return actions.PhotoGone()
        except QueueError as error:
            seconds = getattr(error, "seconds", None)  # one that is full tells when to come again
            return actions.ActionFailed() if seconds is None else actions.QueueFull(seconds)
        await self._belongs(move.job, job.id)
        await self.parts.posters.follow(move.job, job.id)
        if job.state.ended:
            return actions.JobStarted(job.id, 0.0)
        return actions.JobStarted(job.id, max(1.0, (await self.parts.works.estimate(job.id)).ends))

    async def _belongs(self, before: str, job: str) -> None:
        """The new job is of the same photo, and the page that the photo came by leads to it."""
        origin = self.facts.met.get(before) or JobOrigin(before, self.turn.session, before)
        made = JobOrigin(job, self.turn.session, origin.root, origin.invitation, origin.digits)
        await self.parts.memory.met(self.turn.user, made)
        for one in self.facts.invitations:
            if one.number == origin.invitation and one.token:
                with suppress(UnknownTicketError):  # its page is past its time
                    await self.parts.desk.set_job(one.token, job)

    async def _show(self, move: actions.ShareResult) -> Outcome:
        """The page that leads to it already, else a ticket whose photo came: it opens for nobody who guesses codes."""
        desk, origin = self.parts.desk, self.facts.met.get(move.job)
        for one in self.facts.invitations:
            if origin and one.number == origin.invitation and one.token:
                with suppress(UnknownTicketError):  # past its time
                    if (await desk.get(one.token)).job == move.job:
                        return actions.ResultLink(self._link(one.token))
        made = await desk.issue(self.facts.jobs[move.job].user)
        await desk.redeem(made.token, f"to look at {move.job}")
        await desk.set_job(made.token, move.job)
        return actions.ResultLink(self._link(made.token))

    async def _delete(self, move: actions.DeletePhoto) -> Outcome:
        gone = [await self.parts.works.delete(job) for job in move.jobs]
        await self.parts.posters.forget(move.jobs)
        await self.parts.memory.drop(move.jobs)
        return actions.PhotosDeleted(sum(gone))

    async def _forget(self) -> Outcome:
        await self.parts.posters.forget(tuple(self.facts.jobs))
        for user in await self.parts.people(self.turn):
            await self.privacy.forget(user)
        return actions.PhotosDeleted(len(self.facts.jobs))

    def _link(self, token: str) -> str:
        return f"{self.parts.house.url}/u/{token}"
