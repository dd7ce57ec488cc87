"""The port that every job queue fulfils; adapters: `sqlite.py`. One contract suite tests them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.run import Wish
from skill.jobs.model import Job


class QueueFullError(Exception):
    """More is waiting than the limit allows. `seconds`: when to try again, estimated."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the queue is full, try again in {seconds:.0f} s")


class JobQueue(Protocol):
    """At least once: a worker that dies or freezes loses its lease and the job is done again, at most three times.

    Methods never block the event loop. Times are seconds since 1970.
    """

    async def put(self, user: str, source: str, wish: Wish, *, digest: str, priority: int = 0) -> Job:
        """Ask for a job. `digest`: of the photo's bytes; the same user, digest and wish joins the job that is there
        (unless it failed). Raises QueueFullError."""
        ...

    async def get(self, job: str) -> Job | None: ...

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs that are not deleted, newest first."""
        ...

    async def lease(self, worker: str, seconds: float) -> Job | None:
        """The next job to run, now RUNNING and owned by `worker` for `seconds`; None when there is none. One running
        job a user; higher priority first, then the older one. A job begun three times becomes FAILED instead."""
        ...

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        """Keep a lease and tell how far the job is. False when the lease is lost: stop, write nothing."""
        ...

    async def finish(
        self, job: str, worker: str, *, results: Sequence[tuple[str, str]] = (), refused: str = "", failed: str = ""
    ) -> bool:
        """End a job: exactly one of the three. False when the lease was lost; the outcome is not taken then."""
        ...

    async def give_back(self, job: str, worker: str) -> bool:
        """Return a job unfinished, without counting the attempt (a worker that is being stopped)."""
        ...

    async def delete(self, job: str) -> Job | None:
        """Forget a job at once, whatever its state. The job as it was, so that its media can be deleted."""
        ...

    async def expired(self) -> Sequence[Job]:
        """Jobs past their time, now deleted; as they were, so that their media can be deleted."""
        ...

    async def waiting(self) -> tuple[int, float]:
        """How many wait, and the estimated seconds until a new one would begin, from measured speed."""
        ...

    async def close(self) -> None: ...
