"""The use cases of the service: what the page, the API and the dialog may ask of jobs and media."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipeline.limits import RENDITIONS, STILLS
from pipeline.run import Wish
from skill.clock import steady_time
from skill.jobs.estimate import Backlog, Estimate
from skill.jobs.housekeeping import wipe
from skill.jobs.model import Job, JobState
from skill.jobs.queue import JobQueue
from skill.media.store import MediaError, MediaMissingError, MediaStore
from skill.tracing.spans import traceparent

SOURCE_SECONDS: Final = 6 * 3600.0
"""Seconds after which a photo whose job never ends is swept."""
LINK_SECONDS: Final = 900.0
"""Seconds that a link to a result is good for."""
_PICTURES: Final = ("before", "jpg")  # the photo as it came, where it was restored; the clip's first frame
_SHORT_SECONDS: Final = 4.0  # a clip of at most this length goes before longer ones


class GoneError(Exception):
    """Nothing of a photo or of its clips is there any more: ask for the photo anew."""


@dataclass(frozen=True, slots=True)
class Link:
    """The signed addresses of one result."""

    format: str
    """Format of the file: "mp4", "gif", "webp" or "jpg", or the name of a rendition or of a still."""
    url: str
    """Address that shows it."""
    download: str
    """Address that saves it."""


class Animations:
    """Photos and wishes in, clips out, everything gone on request."""

    def __init__(
        self, queue: JobQueue, store: MediaStore, folder: Path, clock: Callable[[], float] = steady_time
    ) -> None:
        """Args:
        queue: of the jobs.
        store: of photos and clips.
        folder: a private one, for copies that last a moment.
        clock: seconds since 1970.
        """
        self._queue, self._store, self._folder, self._clock = queue, store, folder, clock

    async def ask(
        self, user: str, photo: Path, wish: Wish, *, content_type: str, digest: str, household: str = ""
    ) -> Job:
        """Animate a photo. The same photo and wish of the same user is the same job.

        Args:
            user: an opaque key of whoever asks.
            photo: the photo's file.
            wish: movement, size and formats.
            content_type: of the file.
            digest: of the file's bytes.
            household: the network that he came from, where no assistant vouches for him; else empty.

        Raises:
            QueueFullError, TooManyJobsError, DatabaseDownError, MediaError: nothing is left of the photo then.
        """
        source = await self._store.put(photo, content_type=content_type, seconds=SOURCE_SECONDS)
        taken = False
        try:
            job = await self._put(user, source, wish, digest, household)
            taken = job.source == source
        finally:
            if not taken:
                await self._store.delete(source)
        return job

    async def again(self, job: str, wish: Wish) -> Job:
        """Ask for another wish on the photo of a job that is done, for the same user and in the same size.

        The photo itself is deleted: its clip's first frame is taken, of a restored photo the picture of what it was
        before. Where a job ended with a question the photo is still there, and the wish answers it.

        Args:
            job: id of the job before.
            wish: where it names no face, the same person is meant.

        Raises:
            GoneError: there is no such job with results.
            QueueFullError, TooManyJobsError, DatabaseDownError, MediaError: not now.
        """
        before = await self._queue.get(job)
        if before is not None and before.source and before.asks(self._clock()):
            wish = _inherit(before.wish, wish, turn=before.wish.turn)
            return await self._put(before.user, before.source, wish, before.digest)
        poster = _picture(before) if before is not None and before.state is JobState.DONE else None
        if before is None or poster is None:
            raise GoneError("there is no such job with results")
        turn = before.wish.turn
        # turned already: the photo as it came is another picture, which must not be joined
        digest = f"{before.digest}-{turn}" if turn else before.digest
        wish = _inherit(before.wish, wish, turn=0)
        async with self._copy(poster) as photo:
            asked = await self.ask(before.user, photo, wish, content_type="image/jpeg", digest=digest)
        if await self._queue.get(before.id) is None:  # deleted while this was asked: nothing may be left of it
            await self.delete(asked.id)
            raise GoneError("the results of this job are deleted")
        return asked

    async def takes(self, user: str, jobs: Collection[str]) -> tuple[Job, ...]:
        """The jobs of a ticket, and all others of the user on the same photos: those asked for by voice as well.

        Args:
            user: The user of the ticket.
            jobs: Ids of the ticket's jobs.

        Returns:
            Those that are there, the oldest first.
        """
        known = await self._queue.of(user)
        return _takes(known, jobs, _photos(known, jobs))

    async def delete_takes(self, user: str, jobs: Collection[str]) -> int:
        """Delete all takes, as `takes` finds them, with those that came meanwhile; how many there were. Raises
        MediaError after all were tried."""
        known, count = await self._queue.of(user), 0
        photos = _photos(known, jobs)
        while takes := _takes(known, jobs, photos):
            count += await self._delete_all(takes)
            known = await self._queue.of(user)
        return count

    async def _put(self, user: str, source: str, wish: Wish, digest: str, household: str = "") -> Job:
        priority = 1 if wish.seconds <= _SHORT_SECONDS else 0
        return await self._queue.put(
            user, source, wish, digest=digest, priority=priority, household=household, trace=traceparent()
        )

    async def estimate(self, job: str) -> Estimate:
        """The time until a job begins and ends, from its place in the queue and how long the last ones took; 0.0 for
        what is past, also for a job that is not there."""
        return await self._queue.estimate(job) or Estimate(0.0, 0.0)

    async def oldest(self) -> float:
        """Seconds that the job which waits longest has waited."""
        return await self._queue.oldest()

    async def workers(self) -> int:
        """Number of workers that were heard of in the last minute."""
        return await self._queue.workers()

    async def get(self, job: str) -> Job | None:
        """The job of an id; None when there is none."""
        return await self._queue.get(job)

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs, newest first."""
        return await self._queue.of(user)

    async def links(self, job: Job) -> tuple[Link, ...]:
        """The addresses of a job's results, good for a quarter of an hour; what is gone is left out."""
        found = await asyncio.gather(*(self._link(name, key) for name, key in job.results))
        return tuple(link for link in found if link is not None)

    async def _link(self, name: str, key: str) -> Link | None:
        """The addresses of one result; None where it is gone."""
        try:
            shown = await self._store.url(key, seconds=LINK_SECONDS)
            saved = await self._store.url(key, seconds=LINK_SECONDS, download_as=_file_name(name))
        except MediaMissingError:
            return None
        return Link(name, shown, saved)

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
        return await self._delete_all(await self._queue.of(user))

    async def _delete_all(self, jobs: Sequence[Job]) -> int:
        count, error = 0, None
        for job in jobs:
            try:
                count += await self.delete(job.id)
            except MediaError as trouble:
                error = trouble
        if error is not None:
            raise error
        return count

    async def waiting(self) -> Backlog:
        """The jobs that wait, and the estimated time until a new one would begin."""
        return await self._queue.waiting()

    @asynccontextmanager
    async def photo(self, job: Job) -> AsyncIterator[Path]:
        """The photo of a job that waits for an answer, as a private file that lives as long as the block. Raises
        GoneError."""
        if not job.source or not job.asks(self._clock()):
            raise GoneError("the photo of this job is deleted")
        async with self._copy(job.source) as photo:
            yield photo

    @asynccontextmanager
    async def _copy(self, key: str) -> AsyncIterator[Path]:
        """An object as a private file that lives as long as the block. Raises GoneError."""
        with tempfile.TemporaryDirectory(prefix="again-", dir=self._folder) as folder:
            photo = Path(folder) / "photo"
            try:
                await self._store.fetch(key, photo)
            except MediaMissingError:
                raise GoneError("the results of this job are deleted") from None
            yield photo


def _file_name(name: str) -> str:
    """The name under which a result is saved."""
    suffix = {**RENDITIONS, **STILLS}.get(name)
    return f"ozhivi-{name}.{suffix}" if suffix else f"ozhivi.{name}"


def _picture(job: Job) -> str | None:
    """The media key of the picture that looks like the job's photo as it came; None for none."""
    results = dict(job.results)
    return next((results[name] for name in _PICTURES if name in results), None)


def _inherit(before: Wish, wish: Wish, *, turn: int) -> Wish:
    """A wish on the photo of another one: its size, and its face unless the wish names one."""
    face = before.face if wish.face is None else wish.face
    return replace(wish, face=face, long_side=before.long_side, turn=turn, straighten=before.straighten)


def _photo(job: Job) -> str:
    """The digest of the photo that a job was made of, also through the poster of an earlier job; empty for none."""
    return job.digest.partition("-")[0]


def _photos(known: Sequence[Job], jobs: Collection[str]) -> frozenset[str]:
    """The photos of which jobs with these ids were made."""
    return frozenset(_photo(job) for job in known if job.id in jobs) - {""}


def _takes(known: Sequence[Job], jobs: Collection[str], photos: Collection[str]) -> tuple[Job, ...]:
    """Of jobs, the newest first, those with these ids or of these photos, the oldest first."""
    return tuple(job for job in reversed(known) if job.id in jobs or _photo(job) in photos)
