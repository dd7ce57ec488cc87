"""What can be asked of the service, whoever asks: the page, the API, a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.run import Wish
from skill.jobs.model import Job
from skill.jobs.queue import JobQueue
from skill.media.store import MediaMissingError, MediaStore

SOURCE_SECONDS = 6 * 3600.0  # a photo whose job never ends is swept after this
LINK_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Link:
    """A result's signed addresses: to show it, and to save it."""

    format: str
    url: str
    download: str


class Animations:
    """Photos and wishes in, clips out, everything gone on request."""

    def __init__(self, queue: JobQueue, store: MediaStore) -> None:
        self._queue = queue
        self._store = store

    async def ask(self, user: str, photo: Path, wish: Wish, *, content_type: str, digest: str) -> Job:
        """Animate a photo. The same photo and wish of the same user is the same job. Raises QueueFullError,
        MediaError; nothing is left of the photo then."""
        source = await self._store.put(photo, content_type=content_type, seconds=SOURCE_SECONDS)
        taken = False
        try:
            job = await self._queue.put(user, source, wish, digest=digest, priority=0 if wish.seconds > 4 else 1)
            taken = job.source == source
        finally:
            if not taken:
                await self._store.delete(source)
        return job

    async def get(self, job: str) -> Job | None:
        return await self._queue.get(job)

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs, newest first."""
        return await self._queue.of(user)

    async def links(self, job: Job) -> tuple[Link, ...]:
        """Addresses of what was made, good for a quarter of an hour; what is gone is left out."""
        links = []
        for name, key in job.results:
            try:
                shown = await self._store.url(key, seconds=LINK_SECONDS)
                saved = await self._store.url(key, seconds=LINK_SECONDS, download_as=f"ozhivi.{name}")
            except MediaMissingError:
                continue
            links.append(Link(name, shown, saved))
        return tuple(links)

    async def delete(self, job: str) -> bool:
        """Forget a job, its photo and its clips at once. False when there was none."""
        gone = await self._queue.delete(job)
        if gone is None:
            return False
        for key in (gone.source, *(key for _, key in gone.results)):
            if key:
                await self._store.delete(key)
        return True

    async def forget(self, user: str) -> int:
        """Delete all jobs of a user; how many there were."""
        return sum([await self.delete(job.id) for job in await self._queue.of(user)])

    async def waiting(self) -> tuple[int, float]:
        """How many wait, and the estimated seconds until a new job would begin."""
        return await self._queue.waiting()
