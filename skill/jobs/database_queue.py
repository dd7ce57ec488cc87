"""The queue in the service's database: one table of leases, whose clock is the only one that counts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from pipeline.run import Wish
from skill.database.database import Database
from skill.database.errors import ConflictError
from skill.database.transaction import Row, Statement, Transaction, bind, upsert
from skill.jobs.estimate import MEASURED_JOBS, WORKER_NOTE_SECONDS, WORKER_SEEN_SECONDS, Backlog, Estimate, QueueSpeed
from skill.jobs.model import Done, Job, JobEnd
from skill.jobs.queue import BEGINNINGS, QueueLimits, WaitingJobs
from skill.jobs.serialization import COLUMNS, dump_result, dump_wish, end_columns, load_results, to_job

_ALONE: Final = "jobs"
"""Changes that look at several jobs; leases lock their row alone."""
_MINE: Final = "id = :job AND owner = :worker AND state = 'running'"
_JOB: Final = f"SELECT {COLUMNS} FROM ozhivi_jobs WHERE id = :job"
_OF_USER: Final = f'SELECT {COLUMNS} FROM ozhivi_jobs WHERE "user" = :user ORDER BY number DESC'
_SAME: Final = f"""
    SELECT {COLUMNS} FROM ozhivi_jobs WHERE "user" = :user AND digest = :digest AND wish = :wish AND state <> 'failed'
    AND (expires > :now OR state = 'running') ORDER BY number DESC LIMIT 1
"""
_WAITING: Final = """
    SELECT count(*), count(*) FILTER (WHERE "user" = :user),
        count(*) FILTER (WHERE household <> '' AND household = :household), count(*) FILTER (WHERE household <> '')
    FROM ozhivi_jobs WHERE state = 'waiting'
"""
_PUT: Final = f"""
    INSERT INTO ozhivi_jobs (id, "user", household, source, digest, wish, priority, trace, state, created, updated,
        expires)
    VALUES (:id, :user, :household, :source, :digest, :wish, :priority, :trace, 'waiting', :now, :now, :now + :patience)
    RETURNING {COLUMNS}
"""
# Jobs of lost workers wait again; those begun too often have failed.
_TAKE_BACK: Final = """
    UPDATE ozhivi_jobs SET owner = '', step = '', share = 0, updated = :now,
        state = CASE WHEN attempts >= :most THEN 'failed' ELSE 'waiting' END,
        reason = CASE WHEN attempts >= :most THEN 'crashed' ELSE '' END,
        expires = CASE WHEN attempts >= :most THEN :now + :keep ELSE expires END
    WHERE number IN (
        SELECT number FROM ozhivi_jobs
        WHERE state = 'running' AND lease <= :now OR state = 'waiting' AND attempts >= :most
        FOR UPDATE SKIP LOCKED)
"""
_LEASE: Final = f"""
    UPDATE ozhivi_jobs SET state = 'running', owner = :worker, lease = :now + :seconds, began = :now, updated = :now,
        step = '', share = 0, attempts = attempts + 1, household = ''
    WHERE number = (
        SELECT number FROM ozhivi_jobs AS job WHERE state = 'waiting' AND expires > :now
        AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other WHERE other.state = 'running' AND other."user" = job."user")
        ORDER BY priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}
"""
_RENEW: Final = f"""
    UPDATE ozhivi_jobs SET lease = :now + :seconds, step = :step, share = :share, updated = :now WHERE {_MINE}
"""
_BEGAN: Final = f"SELECT began FROM ozhivi_jobs WHERE {_MINE} FOR UPDATE"
_FINISH: Final = f"""
    UPDATE ozhivi_jobs SET state = :state, reason = :reason, results = :results, share = 1, updated = :now,
        expires = :now + :keep
    WHERE {_MINE}
"""
# The same end once more: the first time the connection may have gone between commit and answer, and a worker that hears
# "lost" deletes what it stored. Meanwhile results may have been added.
_FINISHED: Final = """
    SELECT 1 FROM ozhivi_jobs WHERE id = :job AND owner = :worker AND state = :state AND reason = :reason
    AND substr(results, 1, length(:results) - 1) = substr(:results, 1, length(:results) - 1)
"""
_FORGET_DURATIONS: Final = """
    DELETE FROM ozhivi_durations WHERE number <= (SELECT max(number) FROM ozhivi_durations) - :last
"""
_ADD_RESULT: Final = """
    UPDATE ozhivi_jobs SET results = substr(results, 1, length(results) - 1) || ', ' || :result || ']'
    WHERE id = :job AND state = 'done' AND replace(results, :same, '') = results
"""
_GIVE_BACK: Final = f"""
    UPDATE ozhivi_jobs SET state = 'waiting', owner = '', step = '', share = 0, updated = :now,
        attempts = attempts - :uncounted
    WHERE {_MINE}
"""
_DELETE_ONE: Final = f"DELETE FROM ozhivi_jobs WHERE id = :job RETURNING {COLUMNS}"
_BATCH: Final = 500  # expired jobs that one transaction deletes: it looks for others of the same photo, one by one
_DELETE_EXPIRED: Final = f"""
    DELETE FROM ozhivi_jobs WHERE number IN (
        SELECT number FROM ozhivi_jobs WHERE state <> 'running' AND expires <= :now ORDER BY expires LIMIT {_BATCH})
    RETURNING {COLUMNS}
"""
_NEEDED: Final = "SELECT 1 FROM ozhivi_jobs AS other WHERE source = :source AND state IN ('waiting', 'running') LIMIT 1"
# SQLite has to be kept from the index of states, in which all jobs that ended are.
_LEFTOVERS: Final = f"""
    SELECT {COLUMNS} FROM ozhivi_jobs AS job WHERE source <> '' AND state || '' IN ('done', 'refused', 'failed')
    AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other
        WHERE other.source = job.source AND other.state IN ('waiting', 'running'))
"""
_CLEAR_SOURCE: Final = "UPDATE ozhivi_jobs SET source = '' WHERE id = :job AND state NOT IN ('waiting', 'running')"
_MEDIA: Final = "SELECT source, results FROM ozhivi_jobs WHERE source <> '' OR results <> '[]'"
_WORKERS: Final = f"SELECT count(*) FROM ozhivi_workers WHERE seen > :now - {WORKER_SEEN_SECONDS}"
# In one statement: the dialog asks it in every turn.
_SPEED: Final = f"""
    SELECT 'waiting', count(*) * 1.0 FROM ozhivi_jobs WHERE state = 'waiting'
    UNION ALL SELECT 'workers', ({_WORKERS}) * 1.0
    UNION ALL SELECT 'elapsed', :now - began FROM ozhivi_jobs WHERE state = 'running'
    UNION ALL SELECT 'durations', seconds FROM ozhivi_durations
"""
_PLACE: Final = """
    SELECT state, :now - began, (
        SELECT count(*) FROM ozhivi_jobs AS other WHERE state = 'waiting'
        AND (other.priority > job.priority OR other.priority = job.priority AND other.number < job.number)
    ) FROM ozhivi_jobs AS job WHERE id = :job
"""
_OLDEST: Final = "SELECT :now - min(created) FROM ozhivi_jobs WHERE state = 'waiting'"
_NOTE_WORKER: Final = upsert("ozhivi_workers", "name", seen=":now")
_FORGET_WORKERS: Final = f"DELETE FROM ozhivi_workers WHERE seen <= :now - {WORKER_SEEN_SECONDS} AND name <> :name"
_NOTE_DURATION: Final = "INSERT INTO ozhivi_durations (seconds) VALUES (:seconds)"


class DatabaseQueue:
    """JobQueue in the service's database.

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
        values = {"user": user, "digest": digest, "wish": dump_wish(wish)}

        def work(transaction: Transaction) -> Job:
            same = transaction.row(_SAME, **values)
            if same is not None:
                return to_job(same)
            waiting = WaitingJobs(*transaction.rows(_WAITING, user=user, household=household)[0])
            self._limits.check(waiting, household, _backlog(transaction.rows(_SPEED)).seconds)
            more = {"household": household, "source": source, "priority": priority, "trace": trace}
            new = {"id": secrets.token_urlsafe(16), "patience": self._patience}
            return to_job(transaction.rows(_PUT, **values, **more, **new)[0])

        return await self._database.write(work, alone=_ALONE)

    async def get(self, job: str) -> Job | None:
        found = await self._jobs(_JOB, job=job)
        return found[0] if found else None

    async def of(self, user: str) -> Sequence[Job]:
        return await self._jobs(_OF_USER, user=user)

    async def lease(self, worker: str, seconds: float) -> Job | None:
        changes = (
            *self._note_worker(worker),
            bind(_TAKE_BACK, most=BEGINNINGS, keep=self._keep),
            bind(_LEASE, worker=worker, seconds=seconds),
        )
        while True:
            try:
                leased = (await self._database.change(*changes))[-1].rows
            except ConflictError:  # another one took a job of the same user at the same time
                continue
            return to_job(leased[0]) if leased else None

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        renewed = bind(_RENEW, job=job, worker=worker, seconds=seconds, step=step, share=share)
        return (await self._database.change(*self._note_worker(worker), renewed, durable=False))[-1].number == 1

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        mine, columns = {"job": job, "worker": worker}, end_columns(end)._asdict()

        def work(transaction: Transaction) -> bool:
            began = transaction.value(_BEGAN, **mine)
            if not transaction.run(_FINISH, keep=self._keep, **mine, **columns):
                return transaction.row(_FINISHED, **mine, **columns) is not None
            if isinstance(end, Done):
                transaction.run(_NOTE_DURATION, seconds=max(0.0, transaction.now - began))
                transaction.run(_FORGET_DURATIONS, last=MEASURED_JOBS)
            return True

        return await self._database.write(work)

    async def add_result(self, job: str, name: str, key: str) -> bool:
        same = dump_result(name, "")[: -len('"]')]
        return await self._database.run(_ADD_RESULT, job=job, result=dump_result(name, key), same=same) == 1

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        return await self._database.run(_GIVE_BACK, job=job, worker=worker, uncounted=0 if counted else 1) == 1

    async def delete(self, job: str) -> Job | None:
        gone = await self._delete_rows(lambda transaction: transaction.rows(_DELETE_ONE, job=job))
        return gone[0] if gone else None

    async def delete_expired(self) -> Sequence[Job]:
        return await self._delete_rows(lambda transaction: transaction.rows(_DELETE_EXPIRED))

    async def leftovers(self) -> Sequence[Job]:
        return await self._jobs(_LEFTOVERS)

    async def clear_source(self, job: str) -> None:
        await self._database.run(_CLEAR_SOURCE, job=job)

    async def media(self) -> frozenset[str]:
        rows = await self._database.rows(_MEDIA)
        results = (key for _, stored in rows for _, key in load_results(stored))
        return frozenset(filter(None, (*(source for source, _ in rows), *results)))

    async def waiting(self) -> Backlog:
        return _backlog(await self._database.rows(_SPEED))

    async def estimate(self, job: str) -> Estimate | None:
        places, rows = await self._database.ask(bind(_PLACE, job=job), bind(_SPEED))
        for state, since, before in places:
            if state == "running":
                return _speed(rows)[1].running(since)
            return _speed(rows)[1].queued(before) if state == "waiting" else Estimate(0.0, 0.0)
        return None

    async def oldest(self) -> float:
        ((age,),) = await self._database.rows(_OLDEST)
        return max(0.0, age or 0.0)

    async def workers(self) -> int:
        ((number,),) = await self._database.rows(_WORKERS)
        return int(number)

    async def _jobs(self, query: str, **values: object) -> list[Job]:
        return [to_job(row) for row in await self._database.rows(query, **values)]

    async def _delete_rows(self, delete: Callable[[Transaction], list[tuple[Any, ...]]]) -> list[Job]:
        """Delete the rows; what they were, without a source that another job still needs."""

        def work(transaction: Transaction) -> list[Job]:
            jobs = [to_job(row) for row in delete(transaction)]
            needed = {job.source for job in jobs if transaction.row(_NEEDED, source=job.source)}
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
        return bind(_FORGET_WORKERS, name=worker), bind(_NOTE_WORKER, name=worker)


def _speed(rows: Sequence[Row]) -> tuple[int, QueueSpeed]:
    """The number of jobs that wait, and how fast things go, of the rows of _SPEED."""
    found: dict[str, list[float]] = {"waiting": [], "workers": [], "elapsed": [], "durations": []}
    for kind, value in rows:
        found[kind].append(float(value))
    speed = QueueSpeed.from_durations(found["elapsed"], int(found["workers"][0]), found["durations"])
    return int(found["waiting"][0]), speed


def _backlog(rows: Sequence[Row]) -> Backlog:
    waiting, speed = _speed(rows)
    return speed.backlog(waiting)
