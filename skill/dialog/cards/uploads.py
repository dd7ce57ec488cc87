"""Uploads of card pictures: sent after a job is done, only with consent, and taken back with what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from skill.clock import steady_time
from skill.database.errors import DatabaseDownError
from skill.dialog.cards.api import ImageApi, ImageApiError
from skill.dialog.cards.picture import NoPictureError, card_picture
from skill.dialog.cards.table import PictureTable, StoredPicture

_PAUSES: Final = (2.0, 8.0, 30.0)  # seconds between tries of an upload
_LONGEST: Final = 120.0  # seconds that an upload waits because the platform says so
_LOCKED: Final = 600.0  # seconds without uploads after our token was not taken
_EARLY: Final = 60.0  # seconds that the platform's clock may be behind ours

MayUpload = Callable[[str], Awaitable[bool]]  # a job's id → it is there, and its person agreed to pictures in cards

log = structlog.get_logger(__name__)


class CardUploads:
    """Card pictures at the platform, kept in step with the jobs that they show.

    Args:
        api: of the platform.
        table: which pictures the platform has.
        may_upload: asked before and after an upload; False for a job that is gone.
        keep: seconds that a picture is shown, as long as its clip lives.
        clock: seconds since 1970.
        rest: waits so many seconds between two tries of an upload.
    """

    def __init__(
        self,
        api: ImageApi,
        table: PictureTable,
        may_upload: MayUpload,
        *,
        keep: float,
        clock: Callable[[], float] = steady_time,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api, self._table, self._may_upload, self._keep = api, table, may_upload, keep
        self._clock, self._rest = clock, rest
        self._purging = asyncio.Lock()
        self._locked_until = 0.0
        self.wake = asyncio.Event()
        """Set when something is to be deleted at once."""

    async def upload(self, job: str, poster: Path | bytes) -> None:
        """Send a job's poster to the platform, where its person agreed. Takes seconds to minutes: never inside of a
        turn. Never raises: without a picture there is still the link."""
        try:
            if self._clock() >= self._locked_until and await self._may_upload(job):
                await self._send(job, await asyncio.to_thread(_card, poster))
        except (ImageApiError, NoPictureError, OSError, DatabaseDownError) as error:
            log.warning("card_not_made", reason=type(error).__name__, why=str(error))

    async def forget(self, jobs: Sequence[str]) -> None:
        """Stop showing the jobs' pictures; they are deleted at the platform at once, and again and again until it is
        done. Does not wait for that. Raises DatabaseDownError."""
        await self._table.withdraw_agreement(jobs)
        if await self._table.forget(jobs):
            self.wake.set()

    async def purge(self) -> None:
        """Delete at the platform what is past its time, called off, of a job that is gone, or arrived although we were
        told that it had not. What can't be deleted now waits for the next time. Raises DatabaseDownError."""
        async with self._purging:
            await self._table.forget(await self._jobs_gone())
            await self._table.doubt_interrupted()
            await self._find_lost()
            for one in await self._table.due():
                await self._delete(one)

    async def _send(self, job: str, picture: bytes) -> None:
        number = await self._table.begin_upload(job, len(picture), self._keep)
        if not number:
            return
        try:
            arrived = await self._try_upload(number, picture)
        except ImageApiError:
            await self._table.drop_upload(number)  # only then: an upload that was cut off is looked for later
            raise
        if not arrived:
            await self._table.drop_upload(number)
        elif not await self._may_upload(job):
            await self.forget([job])
        elif not await self._table.picture_id(job):
            self.wake.set()  # it was called off meanwhile

    async def _try_upload(self, number: int, picture: bytes) -> bool:
        """False where it was called off. Raises ImageApiError."""
        pauses = list(_PAUSES)
        while await self._table.is_wanted(number):
            try:
                await self._make_room(len(picture))
                await self._table.finish_upload(number, (await self._upload(picture)))
                return True
            except ImageApiError as error:
                if error.locked:
                    self._locked_until = self._clock() + _LOCKED
                if not error.again or not pauses or error.seconds > _LONGEST:
                    raise
                await self._rest(max(pauses.pop(0), error.seconds))
        return False

    async def _upload(self, picture: bytes) -> str:
        began = self._clock()
        try:
            return (await self._api.upload(picture)).id
        except ImageApiError as error:
            if error.maybe:
                await self._table.add_uncertain(len(picture), began)
            raise

    async def _make_room(self, size: int) -> None:
        """Delete those of ours that have not been of use for the longest time. Raises ImageApiError."""
        quota = await self._api.quota()
        missing = quota.used + size - quota.total
        while missing > 0:
            one = await self._table.take_oldest()
            if one is None:
                raise ImageApiError("the account's quota is used up by others", again=False)
            if not await self._delete(one):
                raise ImageApiError("no room could be made")
            missing -= one.size

    async def _jobs_gone(self) -> list[str]:
        """Shown jobs that were deleted by somebody who did not tell us, on the page for one."""
        try:
            return [job for job in await self._table.shown_jobs() if not await self._may_upload(job)]
        except Exception as error:  # noqa: BLE001  (the jobs don't answer: what else is to be deleted does not wait)
            log.warning("cards_not_compared", error=type(error).__name__)
            return []

    async def _delete(self, one: StoredPicture) -> bool:
        try:
            await self._api.delete(one.image)
        except ImageApiError as error:
            log.warning("card_not_deleted", tries=one.tries + 1, why=str(error))
            await self._table.postpone(one, error.seconds)
            return False
        await self._table.remove(one.number)
        return True

    async def _find_lost(self) -> None:
        """Pictures that are not in the table, but as large as one whose upload nobody saw end, and not older."""
        if not await self._table.uncertain():
            return
        try:
            listed = await self._api.listed()
        except ImageApiError as error:
            log.warning("cards_not_listed", why=str(error))
            return
        # after the list, not before: what is on its way then is either known now, or still on its way
        doubts, known = await self._table.uncertain(), await self._table.known_ids()
        for picture in listed:
            fits = any(
                one.size == picture.size and (not picture.created or picture.created >= one.since - _EARLY)
                for one in doubts
            )
            if fits and picture.id not in known:
                await self._table.add_lost(picture.id, picture.size)
        await self._table.expire_uncertain()


def _card(poster: Path | bytes) -> bytes:
    return card_picture(poster if isinstance(poster, bytes) else poster.read_bytes())
