"""Housekeeping, for which nobody waits: photos of ended jobs, media of expired ones, objects past their time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

import structlog

from skill.clock import steady_time
from skill.database.errors import DatabaseDownError
from skill.jobs.model import Job
from skill.jobs.queue import JobQueue
from skill.media.store import MediaError, MediaStore

STRAY_SECONDS: Final = 3600.0
"""Seconds for which no job knows an object before it is deleted; longer than a lease and the longest render."""

log: Final = structlog.get_logger(__name__)


async def sweep(queue: JobQueue, store: MediaStore, clock: Callable[[], float] = steady_time) -> bool:
    """Expire, tidy and sweep the store once; whether all was done. A queue's or store's failure is logged, and does not
    keep the next of the three from being done."""
    expired = await _done("expire", lambda: expire(queue, store))
    tidied = await _done("tidy", lambda: tidy(queue, store, clock))
    swept = await _done("sweep_store", lambda: sweep_store(store))
    return expired and tidied and swept


async def expire(queue: JobQueue, store: MediaStore) -> None:
    """Delete jobs past their time and their media. Raises DatabaseDownError, and MediaError after all were tried."""
    errors: list[MediaError] = []
    while expired := await queue.delete_expired():
        for job in expired:
            log.info("job_expired", job=job.id)
            try:
                await wipe(job, store)
            except MediaError as error:
                errors.append(error)
    if errors:
        raise errors[0]


async def tidy(queue: JobQueue, store: MediaStore, clock: Callable[[], float] = steady_time) -> None:
    """Delete the photos of ended jobs; one that a question was asked about waits for the answer. Raises
    DatabaseDownError and MediaError."""
    ended, now = await queue.leftovers(), clock()
    done_with = {job.source for job in ended if not job.asks(now)}
    for job in ended:
        if job.source in done_with:
            await store.delete(job.source)
            await queue.clear_source(job.id)


async def wipe(job: Job, store: MediaStore) -> None:
    """Delete all media of a job that the queue has forgotten. Raises MediaError for the first that would not go, after
    all were tried; those go with their time in the store."""
    errors: list[MediaError] = []
    for key in filter(None, (job.source, *(key for _, key in job.results))):
        try:
            await store.delete(key)
        except MediaError as error:
            errors.append(error)
    if errors:
        raise errors[0]


async def sweep_store(store: MediaStore) -> None:
    """Delete objects past their time. Raises MediaError."""
    gone = await store.sweep()
    if gone:
        log.info("media_swept", objects=gone)


class StraySweep:
    """Deletes objects that no job knows: of a worker that died between storing and telling, of a node that died with a
    photo in hand. The bucket or folder, under its prefix, has to be this database's alone.

    Args:
        queue: of the jobs.
        store: of their media.
        seconds: for which no job knows an object before it is deleted; at least two looks are needed in any case.
    """

    def __init__(self, queue: JobQueue, store: MediaStore, seconds: float = STRAY_SECONDS) -> None:
        self._queue, self._store, self._seconds = queue, store, seconds
        self._since: dict[str, float] = {}  # stray → when it was seen first, of the monotonic clock

    async def look(self) -> int:
        """Look at all objects once; the number of those deleted. Raises DatabaseDownError and MediaError."""
        listing = self._store.keys()
        stored = {key async for key in listing}
        known = await self._queue.media()  # after the listing: what was told in between is known
        now = monotonic()
        gone = [key for key in stored - known if now - self._since.get(key, now + 1.0) >= self._seconds]
        for key in gone:
            await self._store.delete(key)
        self._since = {key: self._since.get(key, now) for key in (stored - known).difference(gone)}
        if gone:
            log.info("strays_swept", objects=len(gone))
        return len(gone)


async def _done(chore: str, work: Callable[[], Awaitable[object]]) -> bool:
    """Whether a chore was done; its failure is logged."""
    try:
        await work()
    except (DatabaseDownError, MediaError) as error:
        log.warning("housekeeping_failed", chore=chore, reason=type(error).__name__)
        return False
    return True
