"""Cards of the conversation over the service's jobs: which picture shows a job, and when one is made."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from skill.dialog.cards.api import ImageApi
from skill.dialog.cards.uploads import Images
from skill.dialog.ports import CardPictures
from skill.jobs.model import Job, JobState
from skill.media.store import MediaError, MediaStore
from skill.settings import Settings

_POSTER: Final = "jpg"
_EVERY: Final = 2.0  # seconds

Get = Callable[[str], Awaitable[Job | None]]

log = structlog.get_logger(__name__)


class Cards(CardPictures):
    """`store`: where posters are. `get`: of the jobs."""

    def __init__(self, images: Images, store: MediaStore, get: Get) -> None:
        self._images, self._store, self._get = images, store, get

    async def poster(self, job: str) -> str:
        return await self._images.of(job) or ""

    async def agree(self, job: str) -> None:
        """The person who sent the photo agreed to its picture in cards. Raises sqlite3.Error."""
        await self._images.agree(job)

    async def follow(self, before: str, job: str) -> None:
        """See Posters. Raises sqlite3.Error."""
        if await self._images.agreed(before):
            await self._images.agree(job)

    async def forget(self, jobs: Sequence[str]) -> None:
        """See Posters. Raises sqlite3.Error."""
        await self._images.forget(jobs)

    async def look(self) -> None:
        """Send the posters of jobs that are done by now. Raises sqlite3.Error, QueueDownError."""
        for name in await self._images.awaited():
            job = await self._get(name)
            if job is None or job.state.ended:
                await self._images.settled(name)
            if job is not None and job.state is JobState.DONE:
                await self.made(job)

    async def made(self, job: Job) -> None:
        """A job has ended: its poster goes to the platform, where its person agreed. Takes seconds to minutes, never
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
            await self._images.show(job.id, path)


async def show_cards(cards: Cards) -> None:
    """Every two seconds, whoever rendered: workers may be on other machines."""
    while True:
        try:
            await cards.look()
        except Exception as error:  # noqa: BLE001  (a queue that is down now may not be in a moment)
            log.warning("cards_not_looked_after", reason=type(error).__name__)
        await asyncio.sleep(_EVERY)


class Agreement:
    """Whether a job's poster may go to the platform: the job is there and done, and its person agreed. `get`: of the
    jobs. `agreed`: a job → its person agreed to pictures in cards."""

    def __init__(self, get: Get, agreed: Callable[[str], Awaitable[bool]]) -> None:
        self._get, self._agreed = get, agreed

    async def __call__(self, job: str) -> bool:
        found = await self._get(job)
        return found is not None and found.state is JobState.DONE and await self._agreed(job)


def image_api(settings: Settings) -> ImageApi | None:
    """None where cards have no pictures: token or skill id are not given. To be made in a running loop."""
    token, skill = settings.alice_image_token, settings.alice_skill_id
    return ImageApi(settings.alice_images_url, skill, token.get_secret_value()) if token and skill else None
