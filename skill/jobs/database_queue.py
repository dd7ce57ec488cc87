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
from skill.database.transaction import Transaction, upsert
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
    VALUES (:id, :user, :household, :source, :digest, :wish, :priority, :trace, 'waiting', :now, :now, :expires)
    RETURNING {COLUMNS}
"""
# Jobs of lost workers wait again; those begun too often have failed.
_TAKE_BACK: Final = """
    UPDATE ozhivi_jobs SET owner = '', step = '', share = 0, updated = :now,
        state = CASE WHEN attempts >= :most THEN 'failed' ELSE 'waiting' END,
        reason = CASE WHEN attempts >= :most THEN 'crashed' ELSE '' END,
        expires = CASE WHEN attempts >= :most THEN :expires ELSE expires END
    WHERE number IN (
        SELECT number FROM ozhivi_jobs
        WHERE state = 'running' AND lease <= :now OR state = 'waiting' AND attempts >= :most
        FOR UPDATE SKIP LOCKED)
"""
_LEASE: Final = f"""
    UPDATE ozhivi_jobs SET state = 'running', owner = :worker, lease = :lease, began = :now, updated = :now, step = '',
        share = 0, attempts = attempts + 1, household = ''
    WHERE number = (
        SELECT number FROM ozhivi_jobs AS job WHERE state = 'waiting' AND expires > :now
        AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other WHERE other.state = 'running' AND other."user" = job."user")
        ORDER BY priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}
"""
_RENEW: Final = f"""
    UPDATE ozhivi_jobs SET lease = :lease, step = :step, share = :share, updated = :now WHERE {_MINE}
"""
_BEGAN: Final = f"SELECT began FROM ozhivi_jobs WHERE {_MINE} FOR UPDATE"
_FINISH: Final = f"""
    UPDATE ozhivi_jobs SET state = :state, reason = :reason, results = :results, share = 1, updated = :now,
        expires = :expires
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
_WORKERS: Final = "SELECT count(*) FROM ozhivi_workers WHERE seen > :then"
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
_NOTE_WORKER: Final = upsert("ozhivi_workers", "name", "seen")


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
            now = transaction.now
            same = transaction.row(_SAME, now=now, **values)
            if same is not None:
                return to_job(same)
            waiting = WaitingJobs(*transaction.rows(_WAITING, user=user, household=household)[0])
            self._limits.check(waiting, household, _backlog(transaction).seconds)
            more = {"household": household, "source": source, "priority": priority, "trace": trace}
            new = {"id": secrets.token_urlsafe(16), "now": now, "expires": now + self._patience}
            return to_job(transaction.rows(_PUT, **values, **more, **new)[0])

        return await self._database.write(work, alone=_ALONE)

    async def get(self, job: str) -> Job | None:
        found = await self._jobs(_JOB, job=job)
        return found[0] if found else None

    async def of(self, user: str) -> Sequence[Job]:
        return await self._jobs(_OF_USER, user=user)

    async def lease(self, worker: str, seconds: float) -> Job | None:
        def work(transaction: Transaction) -> Job | None:
            self._note_worker(transaction, worker)
            now = transaction.now
            transaction.run(_TAKE_BACK, now=now, most=BEGINNINGS, expires=now + self._keep)
            row = transaction.row(_LEASE, worker=worker, now=now, lease=now + seconds)
            return None if row is None else to_job(row)

        while True:
            try:
                return await self._database.write(work)
            except ConflictError:  # another one took a job of the same user at the same time
                continue

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        def work(transaction: Transaction) -> bool:
            self._note_worker(transaction, worker)
            now = transaction.now
            values = {"now": now, "lease": now + seconds, "step": step, "share": share}
            return transaction.run(_RENEW, job=job, worker=worker, **values) == 1

        return await self._database.write(work, durable=False)

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        mine, columns = {"job": job, "worker": worker}, end_columns(end)._asdict()

        def work(transaction: Transaction) -> bool:
            now = transaction.now
            began = transaction.value(_BEGAN, **mine)
            if not transaction.run(_FINISH, now=now, expires=now + self._keep, **mine, **columns):
                return transaction.row(_FINISHED, **mine, **columns) is not None
            if isinstance(end, Done):
                line = "INSERT INTO ozhivi_durations (seconds) VALUES (:seconds)"
                transaction.run(line, seconds=max(0.0, now - began))
                transaction.run(_FORGET_DURATIONS, last=MEASURED_JOBS)
            return True

        return await self._database.write(work)

    async def add_result(self, job: str, name: str, key: str) -> bool:
        same = dump_result(name, "")[: -len('"]')]
        return await self._update_one(_ADD_RESULT, job=job, result=dump_result(name, key), same=same)

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        values = {"job": job, "worker": worker, "uncounted": 0 if counted else 1}
        return await self._database.write(lambda done: done.run(_GIVE_BACK, now=done.now, **values) == 1)

    async def delete(self, job: str) -> Job | None:
        gone = await self._delete_rows(lambda transaction: transaction.rows(_DELETE_ONE, job=job))
        return gone[0] if gone else None

    async def delete_expired(self) -> Sequence[Job]:
        return await self._delete_rows(lambda transaction: transaction.rows(_DELETE_EXPIRED, now=transaction.now))

    async def leftovers(self) -> Sequence[Job]:
        return await self._jobs(_LEFTOVERS)

    async def clear_source(self, job: str) -> None:
        await self._update_one(_CLEAR_SOURCE, job=job)

    async def media(self) -> frozenset[str]:
        rows = await self._database.read(lambda asked: asked.rows(_MEDIA))
        results = (key for _, stored in rows for _, key in load_results(stored))
        return frozenset(filter(None, (*(source for source, _ in rows), *results)))

    async def waiting(self) -> Backlog:
        return await self._database.read(_backlog)

    async def estimate(self, job: str) -> Estimate | None:
        def work(transaction: Transaction) -> Estimate | None:
            place = transaction.row(_PLACE, job=job, now=transaction.now)
            if place is None:
                return None
            state, since, before = place
            if state == "running":
                return _speed(transaction)[1].running(since)
            return _speed(transaction)[1].queued(before) if state == "waiting" else Estimate(0.0, 0.0)

        return await self._database.read(work)

    async def oldest(self) -> float:
        def work(transaction: Transaction) -> float:
            created = transaction.value("SELECT min(created) FROM ozhivi_jobs WHERE state = 'waiting'")
            return 0.0 if created is None else max(0.0, transaction.now - created)

        return await self._database.read(work)

    async def workers(self) -> int:
        return await self._database.read(lambda asked: int(asked.value(_WORKERS, then=asked.now - WORKER_SEEN_SECONDS)))

    async def _jobs(self, ask: str, **values: object) -> list[Job]:
        return [to_job(row) for row in await self._database.read(lambda asked: asked.rows(ask, **values))]

    async def _update_one(self, update: str, **values: object) -> bool:
        return await self._database.write(lambda transaction: transaction.run(update, **values) == 1)

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

    def _note_worker(self, transaction: Transaction, worker: str) -> None:
        now = monotonic()
        if now - self._noted.get(worker, -WORKER_NOTE_SECONDS) >= WORKER_NOTE_SECONDS:
            then = transaction.now - WORKER_SEEN_SECONDS
            transaction.run("DELETE FROM ozhivi_workers WHERE seen <= :then AND name <> :name", then=then, name=worker)
            transaction.run(_NOTE_WORKER, name=worker, seen=transaction.now)
            self._noted[worker] = now


def _speed(transaction: Transaction) -> tuple[int, QueueSpeed]:
    """The number of jobs that wait, and how fast things go."""
    found: dict[str, list[float]] = {"waiting": [], "workers": [], "elapsed": [], "durations": []}
    then = transaction.now - WORKER_SEEN_SECONDS
    for kind, value in transaction.rows(_SPEED, now=transaction.now, then=then):
        found[kind].append(float(value))
    speed = QueueSpeed.from_durations(found["elapsed"], int(found["workers"][0]), found["durations"])
    return int(found["waiting"][0]), speed


def _backlog(transaction: Transaction) -> Backlog:
    waiting, speed = _speed(transaction)
    return speed.backlog(waiting)
