"""The port of the job queue; `database_queue.py` fulfils it. One suite of tests holds on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.run import Wish
from skill.jobs.estimate import Backlog, Estimate
from skill.jobs.model import Job, JobEnd

ATTEMPTS: Final = 3
"""Attempts after which a job that crashes or raises is poison."""
BEGINNINGS: Final = 6
"""Attempts after which a job is poison whose worker was lost each time. That costs others more than it tells of the
photo: it may have taken the whole container along, but mostly somebody or something else ended the worker."""
_HOUSEHOLD_USERS: Final = 2
"""Users of whose jobs a household may have as many waiting as they may have together."""


class QueueError(Exception):
    """A job that the queue does not take; the message says what to do next and holds nothing of a job."""


class QueueFullError(QueueError):
    """More is waiting than the limit allows."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """Estimated seconds until there is room again."""
        super().__init__(f"the queue is full, try again in {seconds:.0f} s")


class TooManyJobsError(QueueError):
    """More jobs of one user are waiting than he may have."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """Estimated seconds until there is room again."""
        super().__init__(f"this user has enough jobs waiting, try again in {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class WaitingJobs:
    """The jobs that wait when another is asked for, as a queue counts them."""

    total: int
    """All of them."""
    of_user: int
    """Those of the user who asks."""
    of_household: int
    """Those of the household that asks; 0 where an assistant vouches for the user."""
    of_households: int
    """Those of all households."""


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """The most jobs that may wait. Half of the places are kept for users whom an assistant vouches for: of others,
    anybody can make as many as he likes."""

    total: int
    """Of all users."""
    user: int | None = None
    """Of one user; None for as many as there is room."""

    def check(self, waiting: WaitingJobs, household: str, seconds: float) -> None:
        """Check whether there is room for one more.

        Args:
            waiting: the jobs that wait.
            household: of the user who asks; empty where an assistant vouches for him.
            seconds: estimated until there is room again.

        Raises:
            QueueFullError, TooManyJobsError: there is none.
        """
        if self.user is not None:
            if waiting.of_user >= self.user:
                raise TooManyJobsError(seconds)
            if household and waiting.of_household >= _HOUSEHOLD_USERS * self.user:
                raise TooManyJobsError(seconds)
        if waiting.total >= self.total or (household and waiting.of_households >= max(1, self.total // 2)):
            raise QueueFullError(seconds)


class JobQueue(Protocol):
    """At least once: a worker that dies or freezes loses its lease and the job is done again (docs/jobs.md: how often).

    Methods never block the event loop. Times are seconds since 1970. Every method raises DatabaseDownError.
    """

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
        """Ask for a job. The same user, digest and wish join the job that is there, also a done or refused one, unless
        it failed.

        Args:
            user: an opaque key of whoever asks.
            source: media key of the photo.
            wish: movement, size and formats.
            digest: of the photo's bytes.
            priority: the higher one is taken first.
            household: an opaque key of the network that the user came from, where no assistant vouches for him; else
                empty. It is forgotten when the job begins.
            trace: the `traceparent` of whoever asks, see skill.tracing.spans; empty where there are no traces.

        Returns:
            The new job, or the one that is joined: where it has another `source`, yours is not needed, delete it.

        Raises:
            QueueFullError: too many jobs wait.
            TooManyJobsError: too many jobs of this user, or of his household, wait.
        """
        ...

    async def get(self, job: str) -> Job | None:
        """The job of an id; None when there is none."""
        ...

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs that are not deleted, newest first."""
        ...

    async def lease(self, worker: str, seconds: float) -> Job | None:
        """The next job to run, now RUNNING and owned by `worker` for so many seconds; None when there is none. One
        running job a user; higher priority first, then the older one. One that lost BEGINNINGS workers becomes
        FAILED."""
        ...

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        """Keep a lease and say how far the job is. False when the lease is lost: stop, write nothing."""
        ...

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        """End a job. False when the lease was lost; the end is not taken then. The same end reported again by the same
        worker is True: the first answer may have got lost."""
        ...

    async def add_result(self, job: str, name: str, key: str) -> bool:
        """Add a file that was made of a job's results afterwards; it is deleted with them. False, and nothing is added,
        where the job is not done, or not there any more, or has a file of that name.

        Args:
            job: its id.
            name: format of the file.
            key: media key of the file.
        """
        ...

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        """Return a job unfinished to its old place, without counting the attempt (a worker that is being stopped) or
        with it (a render that crashed). False when the lease was lost."""
        ...

    async def delete(self, job: str) -> Job | None:
        """Forget a job at once, whatever its state. The job as it was, so that its media can be deleted; `source` is
        empty where another job still needs the photo."""
        ...

    async def delete_expired(self) -> Sequence[Job]:
        """Delete jobs past their time, a batch of them; they are returned as by `delete`, none where none is left."""
        ...

    async def leftovers(self) -> Sequence[Job]:
        """Ended jobs whose photo is still stored and needed by no job to come: delete it, then call `clear_source`."""
        ...

    async def clear_source(self, job: str) -> None:
        """Note that the photo of an ended job is deleted: its `source` becomes empty."""
        ...

    async def media(self) -> frozenset[str]:
        """The media keys of all photos and results that a job knows."""
        ...

    async def waiting(self) -> Backlog:
        """The jobs that wait, and the time until a new one would begin, from measured speed."""
        ...

    async def estimate(self, job: str) -> Estimate | None:
        """The time until a job begins and ends, from its place and measured speed; None when there is no such job."""
        ...

    async def oldest(self) -> float:
        """Seconds that the job which waits longest has waited since it was asked for; 0.0 when none waits."""
        ...

    async def workers(self) -> int:
        """Number of workers that were heard of in the last minute."""
        ...
