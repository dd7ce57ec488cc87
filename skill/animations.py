"""What can be asked of the service, whoever asks: the page, the API, a dialog."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.run import Wish
from skill.jobs.estimate import Estimate
from skill.jobs.housekeeping import wipe
from skill.jobs.model import Job, JobState
from skill.jobs.queue import JobQueue
from skill.media.store import MediaError, MediaMissingError, MediaStore

SOURCE_SECONDS = 6 * 3600.0  # a photo whose job never ends is swept after this
LINK_SECONDS = 900.0
_POSTER = "jpg"  # the clip's first frame, which is the photo itself


class GoneError(Exception):
    """What was made of a photo is not there any more: ask for the photo anew."""


@dataclass(frozen=True, slots=True)
class Link:
    """A result's signed addresses: to show it, and to save it."""

    format: str
    url: str
    download: str


class Animations:
    """Photos and wishes in, clips out, everything gone on request. `folder`: private, for copies that last a moment."""

    def __init__(
        self, queue: JobQueue, store: MediaStore, folder: Path, clock: Callable[[], float] = time.time
    ) -> None:
        self._queue, self._store, self._folder, self._clock = queue, store, folder, clock

    async def ask(self, user: str, photo: Path, wish: Wish, *, content_type: str, digest: str) -> Job:
        """Animate a photo. The same photo and wish of the same user is the same job. Raises QueueFullError,
        TooManyJobsError, MediaError; nothing is left of the photo then."""
        source = await self._store.put(photo, content_type=content_type, seconds=SOURCE_SECONDS)
        taken = False
        try:
            job = await self._queue.put(user, source, wish, digest=digest, priority=0 if wish.seconds > 4 else 1)
            taken = job.source == source
        finally:
            if not taken:
                await self._store.delete(source)
        return job

    async def again(self, job: str, wish: Wish) -> Job:
        """Another wish on the photo of a job that is done, for the same user, on the same person (unless the wish names
        one) and in the same size. The photo itself is deleted: its clip's first frame is taken. Where a job ended with
        a question the photo is still there, and the wish answers it. Raises GoneError, QueueFullError,
        TooManyJobsError, MediaError."""
        done = await self._queue.get(job)
        if done is not None and done.source and done.asks(self._clock()):
            return await self._answer(done, wish)
        poster = dict(done.results).get(_POSTER) if done is not None and done.state is JobState.DONE else None
        if done is None or poster is None:
            raise GoneError("there is no such job with results")
        before = done.wish
        # turned already: the photo as it came is another picture, which must not be joined
        digest = f"{done.digest}-{before.turn}" if before.turn else done.digest
        face = before.face if wish.face is None else wish.face
        wish = replace(wish, face=face, long_side=before.long_side, turn=0)
        async with self._copy(poster) as photo:
            return await self.ask(done.user, photo, wish, content_type="image/jpeg", digest=digest)

    async def _answer(self, asked: Job, wish: Wish) -> Job:
        before = asked.wish
        face = before.face if wish.face is None else wish.face
        wish = replace(wish, face=face, long_side=before.long_side, turn=before.turn)
        return await self._queue.put(
            asked.user, asked.source, wish, digest=asked.digest, priority=0 if wish.seconds > 4 else 1
        )

    async def estimate(self, job: str) -> Estimate:
        """Seconds until a job begins and ends, from its place in the queue and how long the last ones took; 0.0 for
        what is past, also for a job that is not there."""
        return await self._queue.estimate(job) or Estimate(0.0, 0.0)

    async def oldest(self) -> float:
        """Seconds that the job which waits longest has waited."""
        return await self._queue.oldest()

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
        """Forget a job, its photo and its clips at once. False when there was none. Raises MediaError: where clips
        could not be deleted, the job is still there, so that it can be asked again."""
        known = await self._queue.get(job)
        if known is not None:
            await wipe(replace(known, source=""), self._store)  # the photo may be another job's as well
        gone = await self._queue.delete(job)
        if gone is not None:
            await wipe(gone, self._store)
        return gone is not None

    async def forget(self, user: str) -> int:
        """Delete all jobs of a user; how many there were. Raises MediaError after all were tried."""
        count, error = 0, None
        for job in await self._queue.of(user):
            try:
                count += await self.delete(job.id)
            except MediaError as trouble:
                error = trouble
        if error is not None:
            raise error
        return count

    async def waiting(self) -> tuple[int, float]:
        """How many wait, and the estimated seconds until a new job would begin."""
        return await self._queue.waiting()

    @asynccontextmanager
    async def _copy(self, key: str) -> AsyncIterator[Path]:
        """An object as a private file that lives as long as the block. Raises GoneError."""
        with tempfile.TemporaryDirectory(prefix="again-", dir=self._folder) as place:
            photo = Path(place) / "photo"
            try:
                await self._store.fetch(key, photo)
            except MediaMissingError:
                raise GoneError("the results of this job are deleted") from None
            yield photo
