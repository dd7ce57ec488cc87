"""Renditions of jobs that are done: each is made the first time that it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

import structlog

from pipeline.limits import RENDITIONS
from skill.animations import GoneError
from skill.clock import steady_time
from skill.credentials.signing import Sign, leave_unsigned
from skill.jobs.attempt import CONTENT_TYPES
from skill.jobs.model import Job, JobState
from skill.jobs.queue import JobQueue
from skill.media.store import MediaMissingError, MediaStore
from skill.renditions.maker import MakeRendition
from skill.sandbox.process import run_to_end

log: Final = structlog.get_logger(__name__)


class Renditions:
    """Renditions of jobs; they lie among a job's results, and go with them."""

    def __init__(
        self, queue: JobQueue, store: MediaStore, make: MakeRendition, clock: Callable[[], float] = steady_time,
        *, sign: Sign = leave_unsigned,
    ) -> None:  # fmt: skip
        """Args:
        queue: of the jobs.
        store: of clips.
        make: makes a rendition.
        clock: seconds since 1970.
        sign: gives a rendition its credentials.
        """
        self._queue, self._store, self._make, self._clock, self._sign = queue, store, make, clock, sign

    async def ensure(self, job: Job, name: str) -> Job:
        """A job with this rendition among its results; made where it is not there.

        Args:
            job: The job.
            name: One of pipeline.limits.RENDITIONS.

        Returns:
            The job as it is now.

        Raises:
            GoneError: Its clip is deleted, or there is none.
            RenditionUnavailableError, DatabaseDownError, MediaError: Not now.
        """
        if job.state is not JobState.DONE:
            raise GoneError("there is no clip")
        if name in dict(job.results):
            return job
        begun = perf_counter()
        key = await self._make_file(job, name)
        added = False
        try:
            added = await self._queue.add_result(job.id, name, key)
        finally:
            if not added:  # deleted meanwhile, or made by another request
                await self._store.delete(key)
        now = await self._queue.get(job.id)
        if now is None or name not in dict(now.results):
            raise GoneError("the results of this job are deleted")
        log.info("rendition_made", job=job.id, name=name, seconds=round(perf_counter() - begun, 3))
        return now

    async def _make_file(self, job: Job, name: str) -> str:
        """Make a rendition and store it as long as the clip; its key. Raises as `ensure`."""
        results = dict(job.results)

        async def fetch(kind: str, to: Path) -> None:
            await self._store.fetch(results.get(kind, ""), to)

        try:
            async with self._make(name, fetch) as made:
                await run_to_end(asyncio.to_thread(self._sign, made.file, RENDITIONS[name], made.restored))
                left = max(1.0, job.expires - self._clock())
                return await self._store.put(made.file, content_type=CONTENT_TYPES[RENDITIONS[name]], seconds=left)
        except MediaMissingError:
            raise GoneError("the results of this job are deleted") from None
