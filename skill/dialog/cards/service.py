"""Card service: which picture shows a job in the assistant's cards, and when one is made."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

from skill.background import periodic
from skill.database.database import Database
from skill.dialog.cards.api import ImageApi
from skill.dialog.cards.table import PictureTable
from skill.dialog.cards.uploads import CardUploads, MayUpload
from skill.dialog.ports import CardPictures
from skill.jobs.model import Job, JobState
from skill.media.store import MediaError, MediaStore
from skill.settings import Settings

_POSTER: Final = "jpg"
_LOOK_SECONDS: Final = 2.0  # between two looks at jobs that have an agreement
_PURGE_SECONDS: Final = 60.0  # between two purges, unless there is something to delete

GetJob = Callable[[str], Awaitable[Job | None]]

log = structlog.get_logger(__name__)


class CardService(CardPictures):
    """Card pictures of the service's jobs.

    Args:
        table: Agreements, and the pictures that the platform has.
        uploads: Sends and deletes pictures.
        store: Where the jobs' posters are.
        get_job: The job with an id, None where it is gone.
        keep: Seconds that an agreement holds, as long as its clip lives.
    """

    def __init__(
        self, table: PictureTable, uploads: CardUploads, store: MediaStore, get_job: GetJob, *, keep: float
    ) -> None:
        self._table, self._uploads, self._store, self._get_job, self._keep = table, uploads, store, get_job, keep

    async def agree(self, job: str) -> None:
        """Note that the person who sent the job's photo agreed to its picture in cards. Raises DatabaseDownError."""
        await self._table.agree(job, self._keep)

    async def picture_id(self, job: str) -> str:
        """See CardPictures. Raises DatabaseDownError."""
        return await self._table.picture_id(job)

    async def inherit_agreement(self, before: str, job: str) -> None:
        """See CardPictures. Raises DatabaseDownError."""
        if await self._table.has_agreement(before):
            await self.agree(job)

    async def forget(self, jobs: Sequence[str]) -> None:
        """See CardPictures. Raises DatabaseDownError."""
        await self._uploads.forget(jobs)

    async def upload_ended(self) -> None:
        """Send the posters of jobs that are done by now, whoever rendered them: workers may be on other machines.
        Raises DatabaseDownError."""
        for name in await self._table.awaiting_upload():
            job = await self._get_job(name)
            if job is None or job.state.ended:
                await self._table.settle(name)
            if job is not None and job.state is JobState.DONE:
                await self.upload_poster(job)

    async def upload_poster(self, job: Job) -> None:
        """Send the poster of a done job to the platform, where its person agreed. Takes seconds to minutes, never
        raises."""
        key = dict(job.results).get(_POSTER)
        if job.state is not JobState.DONE or key is None:
            return
        with tempfile.TemporaryDirectory(prefix="card-") as folder:
            path = Path(folder) / "poster"
            try:
                await self._store.fetch(key, path)
            except MediaError as error:  # deleted meanwhile, or the store is down
                log.warning("card_not_made", reason=type(error).__name__)
                return
            await self._uploads.upload(job.id, path)


def permission(table: PictureTable, get_job: GetJob) -> MayUpload:
    """The permission for a job's poster to go to the platform: the job is there and done, and its person agreed."""

    async def may_upload(job: str) -> bool:
        found = await get_job(job)
        return found is not None and found.state is JobState.DONE and await table.has_agreement(job)

    return may_upload


@asynccontextmanager
async def open_cards(
    database: Database, api: ImageApi, store: MediaStore, get_job: GetJob, *, keep: float
) -> AsyncIterator[CardService]:
    """The card service; while the block runs it sends posters and deletes what is to be deleted.

    Args:
        database: where agreements and the pictures' ids are.
        api: of the platform; closed at the end.
        store: where the jobs' posters are.
        get_job: the job with an id, None where it is gone.
        keep: seconds that a picture is shown, as long as its clip lives.
    """
    table = PictureTable(database)
    async with api:
        uploads = CardUploads(api, table, permission(table, get_job), keep=keep)
        cards = CardService(table, uploads, store, get_job, keep=keep)
        async with (
            periodic(_PURGE_SECONDS, uploads.purge, name="cards_not_swept", wake=uploads.wake),
            periodic(_LOOK_SECONDS, cards.upload_ended, name="cards_not_looked_after"),
        ):
            yield cards


def image_api(settings: Settings) -> ImageApi | None:
    """The platform's image storage; None where cards have no pictures: token or skill id are not given. To be made in
    a running loop."""
    token, skill = settings.alice_image_token, settings.alice_skill_id
    return ImageApi(settings.alice_images_url, skill, token.get_secret_value()) if token and skill else None
