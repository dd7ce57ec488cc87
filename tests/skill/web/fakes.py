"""In-memory stand-ins for the two ports, and for the maker of renditions, small enough to be read."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.run import Wish
from skill.jobs.estimate import Backlog, Estimate
from skill.jobs.model import Job, JobEnd, JobState
from skill.jobs.queue import JobQueue
from skill.jobs.queue_limits import QueueFullError
from skill.media.store import MediaError, MediaMissingError
from skill.renditions.maker import Fetch, MadeRendition, RenditionUnavailableError
from skill.web.movement_previews import PreviewsUnavailableError
from skill.web.preview_renderer import PreviewOrder
from skill.web.schemas import PreviewView


@asynccontextmanager
async def copy_clip(name: str, fetch: Fetch) -> AsyncIterator[MadeRendition]:
    """A maker of renditions that hands the clip back, and for "wallpaper-clip" says that too many wait."""
    if name == "wallpaper-clip":
        raise RenditionUnavailableError("too many wait")
    with tempfile.TemporaryDirectory() as folder:
        await fetch("mp4", Path(folder) / "clip")
        yield MadeRendition(Path(folder) / "clip", ())


class FakeQueue(JobQueue):
    """Jobs in a dict; the test is the worker: it calls `becomes`."""

    def __init__(self, limit: int = 10) -> None:
        self.jobs: dict[str, Job] = {}
        """Jobs by id."""
        self.digests: dict[str, str] = {}
        """Digest of each job's photo."""
        self.households: dict[str, str] = {}
        """Household of each job, as it was asked for."""
        self.limit = limit
        """Jobs that may be there."""

    def becomes(self, job: str, state: JobState, **facts: Any) -> None:
        """Put a job into a state, with other fields as they are in it."""
        self.jobs[job] = replace(self.jobs[job], state=state, **facts)

    @property
    def only(self) -> Job:
        """The job, where there is exactly one."""
        (job,) = self.jobs.values()
        return job

    async def put(
        self,
        user: str,
        source: str,
        wish: Wish,
        *,
        digest: str,
        priority: int = 0,
        household: str = "",
        trace: str = "",
    ) -> Job:
        for job in self.jobs.values():
            same = (job.user, self.digests[job.id], job.wish) == (user, digest, wish)
            if same and job.state is not JobState.FAILED:
                return job
        if len(self.jobs) >= self.limit:
            raise QueueFullError(120)
        job = Job(secrets.token_urlsafe(16), user, source, wish, JobState.WAITING, digest=digest)
        self.jobs[job.id], self.digests[job.id] = job, digest
        self.households[job.id] = household
        return job

    async def get(self, job: str) -> Job | None:
        return self.jobs.get(job)

    async def of(self, user: str) -> Sequence[Job]:
        return [job for job in self.jobs.values() if job.user == user][::-1]

    async def lease(self, worker: str, seconds: float) -> Job | None:
        return None

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        return False

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        return False

    async def add_result(self, job: str, name: str, key: str) -> bool:
        known = self.jobs.get(job)
        if known is None or known.state is not JobState.DONE or name in dict(known.results):
            return False
        self.jobs[job] = replace(known, results=(*known.results, (name, key)))
        return True

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        return False

    async def delete(self, job: str) -> Job | None:
        return self.jobs.pop(job, None)

    async def delete_expired(self) -> Sequence[Job]:
        return []

    async def leftovers(self) -> Sequence[Job]:
        return []

    async def clear_source(self, job: str) -> None:
        self.jobs[job] = replace(self.jobs[job], source="")

    async def media(self) -> frozenset[str]:
        keys = ((job.source, *(key for _, key in job.results)) for job in self.jobs.values())
        return frozenset(key for of_job in keys for key in of_job if key)

    async def waiting(self) -> Backlog:
        count = sum(job.state is JobState.WAITING for job in self.jobs.values())
        return Backlog(count, 7.0 * count)

    async def estimate(self, job: str) -> Estimate | None:
        _, seconds = await self.waiting()
        return Estimate(seconds, seconds + 7.0) if job in self.jobs else None

    async def workers(self) -> int:
        return 2

    async def oldest(self) -> float:
        return 0.0

    async def close(self) -> None:
        pass


class FakeStore:
    """Objects in a dict. `down`: as if the disk were full."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.down = False

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        if self.down:
            raise MediaError("no room")
        key = secrets.token_hex(16)
        self.objects[key], self.types[key] = path.read_bytes(), content_type
        return key

    async def fetch(self, key: str, to: Path) -> None:
        if key not in self.objects:
            raise MediaMissingError("gone")
        to.write_bytes(self.objects[key])

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        if key not in self.objects:
            raise MediaMissingError("gone")
        return f"/m/{key}?d={download_as}"

    async def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    async def sweep(self) -> int:
        return 0

    async def keys(self) -> AsyncIterator[str]:
        for key in list(self.objects):
            yield key


class FakePreviews:
    """A still picture and two movements in no time. `unavailable`: as if the process had failed after the first."""

    def __init__(self, *views: PreviewView, unavailable: bool = False) -> None:
        self.views = views or (
            PreviewView(still="anBn"), PreviewView(movement="motion:idle", clip="bXA0"),
            PreviewView(movement="gesture:nod", clip="bXA0"),
        )  # fmt: skip
        self.unavailable = unavailable
        self.orders: list[PreviewOrder] = []
        """The orders that came."""
        self.warmed = 0
        """Times that a photo was likely to come soon."""

    async def make(self, order: PreviewOrder) -> AsyncGenerator[PreviewView]:
        self.orders.append(order)
        assert order.photo.exists()
        if self.unavailable:
            raise PreviewsUnavailableError("died")
        for view in self.views:
            yield view

    async def warm(self) -> None:
        self.warmed += 1
