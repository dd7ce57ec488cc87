"""The queue of jobs: a table of leases in the service's database, whose clock is the only one that counts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Final

from pipeline.run import Wish
from skill.database.database import Database
from skill.database.errors import ConflictError
from skill.database.transaction import Row, Statement, Transaction, bind
from skill.jobs import statements
from skill.jobs.estimate import MEASURED_JOBS, WORKER_NOTE_SECONDS, Backlog, Estimate, QueueSpeed
from skill.jobs.model import Done, Job, JobEnd
from skill.jobs.queue_limits import QueueLimits, WaitingJobs
from skill.jobs.serialization import dump_result, dump_wish, end_columns, load_results, to_job

ATTEMPTS: Final = 3
"""Attempts after which a job that crashes or raises is poison."""
BEGINNINGS: Final = 6
"""Attempts after which a job is poison whose worker was lost each time. That costs others more than it tells of the
photo: it may have taken the whole container along, but mostly somebody or something else ended the worker."""
_ALONE: Final = "jobs"
"""Changes that look at several jobs; leases lock their row alone."""


class JobQueue:
    """Jobs in the service's database, at least once: a worker that dies or freezes loses its lease and the job is done
    again (docs/jobs.md: how often). Methods never block the event loop; every one raises DatabaseDownError.

    Args:
        database: Where the jobs are.
        keep: Seconds that an ended job stays.
        patience: Seconds that a job may wait for a worker.
        limit: Jobs that may wait in all.
        each: Jobs of one user that may wait; None for as many as there is room.
    """

    def __init__(
        self,
        database: Database,
        *,
        keep: float = 24 * 3600.0,
        patience: float = 3 * 3600.0,
        limit: int = 100,
        each: int | None = None,
    ) -> None:
        self._database, self._keep, self._patience = database, keep, patience
        self._limits = QueueLimits(limit, each)
        self._noted: dict[str, float] = {}  # worker → when its last sign of life was written, of the monotonic clock

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
        job = {"id": secrets.token_urlsafe(16), "user": user, "source": source, "wish": dump_wish(wish)}
        job |= {"digest": digest, "household": household, "trace": trace}
        numbers = {"priority": priority, "patience": self._patience}
        return await self._database.write(lambda transaction: self._put(transaction, job, numbers), alone=_ALONE)

    async def get(self, job: str) -> Job | None:
        """The job of an id; None when there is none."""
        found = await self._jobs(statements.JOB, job=job)
        return found[0] if found else None

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs that are not deleted, newest first."""
        return await self._jobs(statements.OF_USER, user=user)

    async def lease(self, worker: str, seconds: float) -> Job | None:
        """The next job to run, now RUNNING and owned by `worker` for so many seconds; None when there is none. One
        running job a user; higher priority first, then the older one. One that lost BEGINNINGS workers becomes
        FAILED."""
        changes = (
            *self._note_worker(worker),
            bind(statements.TAKE_BACK, most=BEGINNINGS, keep=self._keep),
            bind(statements.LEASE, worker=worker, seconds=seconds),
        )
        while True:
            try:
                leased = (await self._database.change(*changes))[-1].rows
            except ConflictError:  # another one took a job of the same user at the same time
                continue
            return to_job(leased[0]) if leased else None

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        """Keep a lease and say how far the job is. False when the lease is lost: stop, write nothing."""
        renewed = bind(statements.RENEW, job=job, worker=worker, seconds=seconds, step=step, share=share)
        return (await self._database.change(*self._note_worker(worker), renewed, durable=False))[-1].number == 1

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        """End a job. False when the lease was lost; the end is not taken then. The same end reported again by the same
        worker is True: the first answer may have got lost."""
        mine, columns = {"job": job, "worker": worker}, end_columns(end)

        def work(transaction: Transaction) -> bool:
            began = transaction.value(statements.BEGAN, **mine)
            if not transaction.run(statements.FINISH, keep=self._keep, **mine, **columns):
                return transaction.row(statements.FINISHED, **mine, **columns) is not None
            if isinstance(end, Done):
                transaction.run(statements.NOTE_DURATION, seconds=max(0.0, transaction.now - began))
                transaction.run(statements.FORGET_DURATIONS, last=MEASURED_JOBS)
            return True

        return await self._database.write(work)

    async def add_result(self, job: str, name: str, key: str) -> bool:
        """Add a file that was made of a job's results afterwards; it is deleted with them. False, and nothing is added,
        where the job is not done, or not there any more, or has a file of that name.

        Args:
            job: its id.
            name: format of the file.
            key: media key of the file.
        """
        same = dump_result(name, "")[: -len('"]')]
        return await self._database.run(statements.ADD_RESULT, job=job, result=dump_result(name, key), same=same) == 1

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        """Return a job unfinished to its old place, without counting the attempt (a worker that is being stopped) or
        with it (a render that crashed). False when the lease was lost."""
        return (
            await self._database.run(statements.GIVE_BACK, job=job, worker=worker, uncounted=0 if counted else 1) == 1
        )

    async def delete(self, job: str) -> Job | None:
        """Forget a job at once, whatever its state. The job as it was, so that its media can be deleted; `source` is
        empty where another job still needs the photo."""
        gone = await self._delete_rows(statements.DELETE_ONE, job=job)
        return gone[0] if gone else None

    async def delete_expired(self) -> Sequence[Job]:
        """Delete jobs past their time, a batch of them; they are returned as by `delete`, none where none is left."""
        return await self._delete_rows(statements.DELETE_EXPIRED)

    async def leftovers(self) -> Sequence[Job]:
        """Ended jobs whose photo is still stored and needed by no job to come: delete it, then call `clear_source`."""
        return await self._jobs(statements.LEFTOVERS)

    async def clear_source(self, job: str) -> None:
        """Note that the photo of an ended job is deleted: its `source` becomes empty."""
        await self._database.run(statements.CLEAR_SOURCE, job=job)

    async def media(self) -> frozenset[str]:
        """The media keys of all photos and results that a job knows."""
        rows = await self._database.rows(statements.MEDIA)
        results = (key for _, stored in rows for _, key in load_results(stored))
        return frozenset(filter(None, (*(source for source, _ in rows), *results)))

    async def waiting(self) -> Backlog:
        """The jobs that wait, and the time until a new one would begin, from measured speed."""
        return _backlog(await self._database.rows(statements.SPEED))

    async def estimate(self, job: str) -> Estimate | None:
        """The time until a job begins and ends, from its place and measured speed; None when there is no such job."""
        places, rows = await self._database.ask(bind(statements.PLACE, job=job), bind(statements.SPEED))
        for state, since, before in places:
            if state == "running":
                return _speed(rows)[1].running(since)
            return _speed(rows)[1].queued(before) if state == "waiting" else Estimate(0.0, 0.0)
        return None

    async def oldest(self) -> float:
        """Seconds that the job which waits longest has waited since it was asked for; 0.0 when none waits."""
        ((age,),) = await self._database.rows(statements.OLDEST)
        return max(0.0, age or 0.0)

    async def workers(self) -> int:
        """Number of workers that were heard of in the last minute."""
        ((number,),) = await self._database.rows(statements.WORKERS)
        return int(number)

    def _put(self, transaction: Transaction, job: Mapping[str, str], numbers: Mapping[str, float]) -> Job:
        same = transaction.row(statements.SAME, **job)
        if same is not None:
            return to_job(same)
        waiting = WaitingJobs(*transaction.rows(statements.WAITING, **job)[0])
        self._limits.check(waiting, job["household"], _backlog(transaction.rows(statements.SPEED)).seconds)
        return to_job(transaction.rows(statements.PUT, **job, **numbers)[0])

    async def _jobs(self, query: str, **values: object) -> list[Job]:
        return [to_job(row) for row in await self._database.rows(query, **values)]

    async def _delete_rows(self, deletion: str, **values: object) -> list[Job]:
        """Delete rows; the jobs that they were, without a source that another job still needs."""

        def work(transaction: Transaction) -> list[Job]:
            jobs = [to_job(row) for row in transaction.rows(deletion, **values)]
            needed = {job.source for job in jobs if transaction.row(statements.NEEDED, source=job.source)}
            return [replace(job, source="") if job.source in needed else job for job in jobs]

        gone = await self._database.write(work, alone=_ALONE)
        if gone:
            await self._database.erase()
        return gone

    def _note_worker(self, worker: str) -> tuple[Statement, ...]:
        """The changes that note a sign of life of a worker, where the last one is not new."""
        now = monotonic()
        if now - self._noted.get(worker, -WORKER_NOTE_SECONDS) < WORKER_NOTE_SECONDS:
            return ()
        self._noted[worker] = now
        return bind(statements.FORGET_WORKERS, name=worker), bind(statements.NOTE_WORKER, name=worker)


def _speed(rows: Sequence[Row]) -> tuple[int, QueueSpeed]:
    """The number of jobs that wait, and how fast things go, of the rows of statements.SPEED."""
    found: dict[str, list[float]] = {"waiting": [], "workers": [], "elapsed": [], "durations": []}
    for kind, value in rows:
        found[kind].append(float(value))
    speed = QueueSpeed.from_durations(found["elapsed"], int(found["workers"][0]), found["durations"])
    return int(found["waiting"][0]), speed


def _backlog(rows: Sequence[Row]) -> Backlog:
    waiting, speed = _speed(rows)
    return speed.backlog(waiting)
