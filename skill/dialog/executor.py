"""Action executor: a turn's actions are done over the service's parts, and their outcomes reported."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from skill.animations import GoneError
from skill.database.errors import DatabaseDownError
from skill.dialog import actions
from skill.dialog.actions import Action, Outcome
from skill.dialog.context_loader import LoadedContext, is_personal
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.ports import CARD_PLATFORM
from skill.dialog.types import Turn
from skill.dialog.user_record import JobOrigin, PendingWish
from skill.jobs.queue_limits import QueueError
from skill.story_words import split_movements
from skill.ticket_model import UnknownTicketError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ActionExecutor:
    """The actions of one turn."""

    dependencies: DialogDependencies
    """Parts of the service that the actions change."""
    turn: Turn
    """The turn that the actions are for."""
    loaded: LoadedContext
    """Facts and records that were loaded for the turn."""

    async def execute(self, wanted: Sequence[Action]) -> tuple[Outcome, ...]:
        """The outcomes of the actions, in their order; after one that failed the rest is not tried. Never raises."""
        outcomes: list[Outcome] = []
        for action in wanted:
            failed = any(isinstance(outcome, actions.ActionFailed) for outcome in outcomes)
            outcomes.append(actions.ActionFailed() if failed else await self._try(action))
        return tuple(outcomes)

    async def _try(self, action: Action) -> Outcome:
        try:
            return await self._do(action)
        except Exception as error:  # noqa: BLE001  (whatever broke: the person hears a sentence about it)
            log.warning("move_failed", move=type(action).__name__, reason=type(error).__name__)
            return actions.ActionFailed()

    async def _do(self, action: Action) -> Outcome:
        memory, user = self.dependencies.memory, self.turn.user
        match action:
            case actions.InviteUpload():
                return await self._invite(action)
            case actions.StartJob():
                return await self._start_job(action)
            case actions.ShareResult():
                return await self._share(action)
            case actions.MarkAnnounced():
                await memory.mark_announced(user, action.jobs)
            case actions.MarkExplained():
                await memory.mark_explained(user, action.what)
            case actions.RecordConsent():
                await memory.record_consent(user, action.version)
            case actions.RememberGestures():
                await memory.save_pending_wish(user, replace(self.loaded.pending_wish, gestures=action.gestures))
            case actions.CountWrongDigits():
                await memory.count_wrong_digits(user)
            case actions.WithdrawInvitation():
                await self._withdraw()
            case actions.StopJob() | actions.DeletePhoto():
                return await self._delete(action.jobs)
            case actions.ForgetUser():
                return await self._forget()
        return actions.Completed()

    async def _invite(self, action: actions.InviteUpload) -> Outcome:
        memory, turn, now = self.dependencies.memory, self.turn, self.dependencies.clock()
        info = self.dependencies.service_info
        await memory.save_pending_wish(turn.user, replace(self.loaded.pending_wish, gestures=action.gestures))
        keep = info.keep + info.ticket_seconds
        if action.how == "phone":
            await memory.add_invitation(turn.user, turn.session, until=now + info.ticket_seconds, keep=keep)
            return actions.InvitationIssued(seconds=info.ticket_seconds)
        issued = await self.dependencies.tickets.issue(turn.user, cards=turn.platform == CARD_PLATFORM)
        await memory.add_invitation(
            turn.user, turn.session, token=issued.token, code=issued.code, until=issued.expires, keep=keep
        )
        return actions.InvitationIssued(info.page(issued.token), issued.code, max(0.0, issued.expires - now))

    async def _start_job(self, action: actions.StartJob) -> Outcome:
        before = self.loaded.jobs[action.job]
        said = split_movements(action.gestures)
        gestures = before.wish.gestures if said.moves_nobody else said.gestures
        wish = replace(before.wish, gestures=gestures, seed=action.seed, face=action.face)
        if action.adult:
            wish = replace(wish, adult=True)
        if said.motion or action.motion:
            wish = replace(wish, motion=said.motion or action.motion)
        if said.camera:
            wish = replace(wish, camera=said.camera)
        if said.restore:
            wish = replace(wish, restore=said.restore)
        if action.length:
            wish = replace(wish, seconds=action.length)
        try:
            job = await self.dependencies.animations.again(action.job, wish)
        except GoneError:
            pending = PendingWish(action.gestures, action.face, action.adult)
            await self.dependencies.memory.save_pending_wish(self.turn.user, pending)
            return actions.PhotoGone()
        except (QueueError, DatabaseDownError) as error:
            seconds = getattr(error, "seconds", None)  # one that is full tells when to come again
            return actions.ActionFailed() if seconds is None else actions.QueueFull(seconds)
        await self._inherit_origin(action.job, job.id)
        await self.dependencies.card_pictures.inherit_agreement(action.job, job.id)
        if job.state.ended:
            return actions.JobStarted(job.id, 0.0)
        return actions.JobStarted(job.id, max(1.0, (await self.dependencies.animations.estimate(job.id)).ends))

    async def _inherit_origin(self, before: str, job: str) -> None:
        """Note that the new job is of the same photo, and let the page that the photo came by lead to it."""
        origin = self.loaded.origins.get(before) or JobOrigin(before, self.turn.session, before)
        inherited = JobOrigin(job, self.turn.session, origin.root, origin.invitation, origin.digits)
        await self.dependencies.memory.add_origin(self.turn.user, inherited, keep=self.dependencies.service_info.keep)
        for one in self.loaded.invitations:
            if one.number == origin.invitation and one.token:
                with suppress(UnknownTicketError):  # its page is past its time
                    await self.dependencies.tickets.set_job(one.token, job)

    async def _share(self, action: actions.ShareResult) -> Outcome:
        """The page that leads to it already, else a ticket whose photo came: it opens for nobody who guesses codes."""
        tickets, info = self.dependencies.tickets, self.dependencies.service_info
        origin = self.loaded.origins.get(action.job)
        for one in self.loaded.invitations:
            if origin and one.number == origin.invitation and one.token:
                with suppress(UnknownTicketError):  # past its time
                    if (await tickets.get(one.token)).job == action.job:
                        return actions.ResultLink(info.page(one.token))
        issued = await tickets.issue(self.loaded.jobs[action.job].user)
        await tickets.redeem(issued.token, f"to look at {action.job}")
        await tickets.set_job(issued.token, action.job)
        return actions.ResultLink(info.page(issued.token))

    async def _withdraw(self) -> None:
        """Those of this session, or of this person's own device; a photo that came just now keeps its ticket."""
        here = [one for one in self.loaded.invitations if one.session == self.turn.session or is_personal(self.turn)]
        for one in here:
            if one.token:
                await self.dependencies.tickets.withdraw(one.token)
        await self.dependencies.memory.end_invitations(self.turn.user, [one.number for one in here])

    async def _delete(self, jobs: tuple[str, ...]) -> Outcome:
        deleted = [await self.dependencies.animations.delete(job) for job in jobs]
        await self.dependencies.card_pictures.forget(jobs)
        await self.dependencies.memory.forget_jobs(jobs)
        return actions.PhotosDeleted(sum(deleted))

    async def _forget(self) -> Outcome:
        await self.dependencies.card_pictures.forget(tuple(self.loaded.jobs))
        for user in await self.dependencies.identities(self.turn):
            await self.dependencies.eraser.forget(user)
        return actions.PhotosDeleted(len(self.loaded.jobs))
