"""Housekeeping, for which nobody waits: photos of ended jobs, media of expired ones, objects past their time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from skill.clock import steady_time
from skill.jobs.model import Job
from skill.jobs.queue import JobQueue, QueueError
from skill.media.store import MediaError, MediaStore

log: Final = structlog.get_logger(__name__)


async def sweep(queue: JobQueue, store: MediaStore, clock: Callable[[], float] = steady_time) -> bool:
    """Expire, tidy and sweep the store once; whether all was done. A queue's or store's failure is logged, and does not
    keep the next of the three from being done."""
    expired = await _done("expire", lambda: expire(queue, store))
    tidied = await _done("tidy", lambda: tidy(queue, store, clock))
    swept = await _done("sweep_store", lambda: sweep_store(store))
    return expired and tidied and swept


async def expire(queue: JobQueue, store: MediaStore) -> None:
    """Delete jobs past their time and their media. Raises QueueDownError, and MediaError after all were tried."""
    errors: list[MediaError] = []
    for job in await queue.delete_expired():
        log.info("job_expired", job=job.id)
        try:
            await wipe(job, store)
        except MediaError as error:
            errors.append(error)
    if errors:
        raise errors[0]


async def tidy(queue: JobQueue, store: MediaStore, clock: Callable[[], float] = steady_time) -> None:
    """Delete the photos of ended jobs; one that a question was asked about waits for the answer. Raises QueueDownError
    and MediaError."""
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


async def _done(chore: str, work: Callable[[], Awaitable[object]]) -> bool:
    """Whether a chore was done; its failure is logged."""
    try:
        await work()
    except (QueueError, MediaError) as error:
        log.warning("housekeeping_failed", chore=chore, reason=type(error).__name__)
        return False
    return True
