"""The queue of several machines: one lease table in PostgreSQL, whose clock is the only one that counts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from time import monotonic
from typing import Any, Final, Self

from psycopg import errors
from psycopg.rows import DictRow

from pipeline.run import Wish
from skill.jobs.estimate import MEASURED_JOBS, WORKER_NOTE_SECONDS, WORKER_SEEN_SECONDS, Backlog, Estimate, QueueSpeed
from skill.jobs.model import Job, JobEnd
from skill.jobs.postgres_pool import Connection, Pool
from skill.jobs.queue import ATTEMPTS, QueueLimits, WaitingJobs
from skill.jobs.serialization import dump_result, dump_wish, end_columns, to_job

_NOW: Final = "extract(epoch FROM statement_timestamp())::float8"
_MINE: Final = "id = %(job)s AND owner = %(worker)s AND state = 'running'"

_SAME: Final = f"""
    SELECT * FROM ozhivi_jobs WHERE "user" = %(user)s AND digest = %(digest)s AND wish = %(wish)s AND state <> 'failed'
    AND (expires > {_NOW} OR state = 'running') ORDER BY number DESC LIMIT 1
"""
_ASK: Final = f"""
    INSERT INTO ozhivi_jobs (id, "user", household, source, digest, wish, priority, trace, state, created, updated,
        expires)
    VALUES (%(id)s, %(user)s, %(household)s, %(source)s, %(digest)s, %(wish)s, %(priority)s, %(trace)s, 'waiting',
        {_NOW}, {_NOW}, {_NOW} + %(patience)s)
    RETURNING *
"""
# Jobs of lost workers wait again; those begun too often have failed.
_TAKE_BACK: Final = f"""
    WITH lost AS MATERIALIZED (
        SELECT number, attempts >= %(attempts)s AS poison FROM ozhivi_jobs
        WHERE state = 'running' AND lease <= {_NOW} OR state = 'waiting' AND attempts >= %(attempts)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE ozhivi_jobs AS job SET owner = '', step = '', share = 0, updated = {_NOW},
        state = CASE WHEN poison THEN 'failed' ELSE 'waiting' END,
        reason = CASE WHEN poison THEN 'crashed' ELSE '' END,
        expires = CASE WHEN poison THEN {_NOW} + %(keep)s ELSE expires END
    FROM lost WHERE job.number = lost.number
"""
_LEASE: Final = f"""
    WITH free AS MATERIALIZED (
        SELECT number FROM ozhivi_jobs AS job WHERE state = 'waiting' AND expires > {_NOW}
        AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other WHERE other.state = 'running' AND other."user" = job."user")
        ORDER BY priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE ozhivi_jobs AS job SET state = 'running', owner = %(worker)s, lease = {_NOW} + %(seconds)s, began = {_NOW},
        updated = {_NOW}, step = '', share = 0, attempts = attempts + 1, household = ''
    FROM free WHERE job.number = free.number RETURNING job.*
"""
_RENEW: Final = f"""
    UPDATE ozhivi_jobs SET lease = {_NOW} + %(seconds)s, step = %(step)s, share = %(share)s, updated = {_NOW}
    WHERE {_MINE}
"""
# The same answer once more is taken as well: the first time the connection may have gone between commit and answer,
# and a worker that is told "lost" deletes what it stored. Meanwhile results may have been added.
_FINISH: Final = f"""
    WITH had AS MATERIALIZED (
        SELECT number, state, began FROM ozhivi_jobs WHERE id = %(job)s AND owner = %(worker)s
        AND (state = 'running' OR state = %(state)s AND reason = %(reason)s
            AND starts_with(results, rtrim(%(results)s, ']'))) FOR UPDATE
    ), measured AS (
        INSERT INTO ozhivi_durations (seconds) SELECT greatest(0, {_NOW} - began) FROM had
        WHERE state = 'running' AND %(state)s = 'done'
    ), forgotten AS (
        DELETE FROM ozhivi_durations WHERE number <= (SELECT max(number) FROM ozhivi_durations) - %(last)s
    )
    UPDATE ozhivi_jobs AS job SET state = %(state)s, reason = %(reason)s, share = 1, updated = {_NOW},
        expires = {_NOW} + %(keep)s, results = CASE WHEN had.state = 'running' THEN %(results)s ELSE job.results END
    FROM had WHERE job.number = had.number
"""
_ADD_RESULT: Final = """
    UPDATE ozhivi_jobs SET results = left(results, -1) || ', ' || %(result)s || ']'
    WHERE id = %(job)s AND state = 'done' AND position(%(same)s in results) = 0
"""
_GIVE_BACK: Final = f"""
    UPDATE ozhivi_jobs SET state = 'waiting', owner = '', step = '', share = 0, updated = {_NOW},
        attempts = attempts - %(uncounted)s
    WHERE {_MINE}
"""
_NEEDED: Final = """
    SELECT 1 FROM ozhivi_jobs AS other
    WHERE other.source = job.source AND other.state IN ('waiting', 'running')
"""
_FORGET: Final = f"""
    WITH job AS (DELETE FROM ozhivi_jobs WHERE {{which}} RETURNING *)
    SELECT *, EXISTS ({_NEEDED} AND other.number NOT IN (SELECT number FROM job)) AS shared FROM job
"""
_FORGET_ONE: Final = _FORGET.format(which="id = %(job)s")
_FORGET_EXPIRED: Final = _FORGET.format(which=f"state <> 'running' AND expires <= {_NOW}")
_LEFTOVERS: Final = f"""
    SELECT * FROM ozhivi_jobs AS job WHERE source <> '' AND state IN ('done', 'refused', 'failed')
    AND NOT EXISTS ({_NEEDED})
"""
_WORKERS: Final = f"SELECT count(*) AS workers FROM ozhivi_workers WHERE seen > {_NOW} - %(seen)s"
_AHEAD: Final = f"""
    SELECT (SELECT count(*) FROM ozhivi_jobs WHERE state = 'waiting') AS waiting,
        array(SELECT {_NOW} - began FROM ozhivi_jobs WHERE state = 'running') AS elapsed,
        ({_WORKERS}) AS workers,
        array(SELECT seconds FROM ozhivi_durations ORDER BY number DESC LIMIT %(last)s) AS durations
"""
_WAITING: Final = """
    SELECT count(*) AS total, count(*) FILTER (WHERE "user" = %(user)s) AS of_user,
        count(*) FILTER (WHERE household <> '' AND household = %(household)s) AS of_household,
        count(*) FILTER (WHERE household <> '') AS of_households
    FROM ozhivi_jobs WHERE state = 'waiting'
"""
_PLACE: Final = f"""
    SELECT state, {_NOW} - began AS since, (
        SELECT count(*) FROM ozhivi_jobs AS other WHERE state = 'waiting'
        AND (other.priority > job.priority OR other.priority = job.priority AND other.number < job.number)
    ) AS before
    FROM ozhivi_jobs AS job WHERE id = %(job)s
"""
_OLDEST: Final = f"SELECT greatest(0, {_NOW} - min(created))::float8 AS age FROM ozhivi_jobs WHERE state = 'waiting'"
_SEEN_NOW: Final = f"""
    WITH forgotten AS (DELETE FROM ozhivi_workers WHERE seen <= {_NOW} - %(seen)s AND name <> %(worker)s)
    INSERT INTO ozhivi_workers VALUES (%(worker)s, {_NOW}) ON CONFLICT (name) DO UPDATE SET seen = excluded.seen
"""


class PostgresQueue:
    """JobQueue in a PostgreSQL database. Times are the database's, so that the clocks of the machines may differ."""

    def __init__(self, pool: Pool, *, keep: float, patience: float, limits: QueueLimits) -> None:
        self._pool, self._keep, self._patience, self._limits = pool, keep, patience, limits
        self._noted: dict[str, float] = {}  # worker → when its last sign of life was written, of the monotonic clock

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        keep: float = 24 * 3600.0,
        patience: float = 3 * 3600.0,
        limit: int = 100,
        each: int | None = None,
        busy: float = 4.0,
        size: int = 4,
        now: bool = True,
    ) -> Self:
        """Connect, and make the tables where they are not.

        Args:
            dsn: "postgresql://…" or "host=… dbname=…".
            keep: seconds that an ended job stays.
            patience: seconds that a job may wait for a worker.
            limit: jobs that may wait in all.
            each: jobs of one user that may wait; None for as many as there is room.
            busy: seconds until a question has its answer, or its error.
            size: most connections at a time.
            now: whether to connect at once; else the first question does, so that the server may come later.

        Raises:
            QueueDownError: the address is not understood; or, at once, the server does not answer or refuses us.
            QueueVersionError: the tables are of a later version of this program.
        """
        pool = Pool(dsn, busy=busy, size=size)
        if now:
            await pool.open()
        return cls(pool, keep=keep, patience=patience, limits=QueueLimits(limit, each))

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
        values = {"user": user, "source": source, "digest": digest, "wish": dump_wish(wish), "priority": priority}
        values |= {"household": household, "trace": trace}
        async with self._pool.exclusive() as connection:
            same = await (await connection.execute(_SAME, values)).fetchone()
            if same is not None:
                return to_job(same)
            ahead = await _ahead(connection)
            _, seconds = _speed(ahead).backlog(ahead["waiting"])
            (counts,) = await (await connection.execute(_WAITING, values)).fetchall()
            self._limits.check(WaitingJobs(**counts), household, seconds)
            new = {"id": secrets.token_urlsafe(16), "patience": self._patience}
            (row,) = await (await connection.execute(_ASK, values | new)).fetchall()
        return to_job(row)

    async def get(self, job: str) -> Job | None:
        found = await self._jobs("SELECT * FROM ozhivi_jobs WHERE id = %(job)s", {"job": job})
        return found[0] if found else None

    async def of(self, user: str) -> Sequence[Job]:
        return await self._jobs(
            'SELECT * FROM ozhivi_jobs WHERE "user" = %(user)s ORDER BY number DESC', {"user": user}
        )

    async def lease(self, worker: str, seconds: float) -> Job | None:
        async with self._pool.connection() as connection:
            await self._note_worker(connection, worker)
            await connection.execute(_TAKE_BACK, {"attempts": ATTEMPTS, "keep": self._keep})
            while True:
                try:
                    taken = await connection.execute(_LEASE, {"worker": worker, "seconds": seconds})
                except errors.UniqueViolation:  # another one took a job of the same user at the same time
                    continue
                row = await taken.fetchone()
                return None if row is None else to_job(row)

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        values = {"job": job, "worker": worker, "seconds": seconds, "step": step, "share": share}
        async with self._pool.connection() as connection:
            await self._note_worker(connection, worker)
            return (await connection.execute(_RENEW, values)).rowcount == 1

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        values = {"job": job, "worker": worker, "keep": self._keep, "last": MEASURED_JOBS}
        return await self._update_one(_FINISH, values | end_columns(end)._asdict())

    async def add_result(self, job: str, name: str, key: str) -> bool:
        values = {"job": job, "result": dump_result(name, key), "same": dump_result(name, "")[: -len('"]')]}
        return await self._update_one(_ADD_RESULT, values)

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        return await self._update_one(_GIVE_BACK, {"job": job, "worker": worker, "uncounted": 0 if counted else 1})

    async def delete(self, job: str) -> Job | None:
        gone = await self._delete_rows(_FORGET_ONE, {"job": job})
        return gone[0] if gone else None

    async def delete_expired(self) -> Sequence[Job]:
        return await self._delete_rows(_FORGET_EXPIRED, {})

    async def leftovers(self) -> Sequence[Job]:
        return await self._jobs(_LEFTOVERS, {})

    async def clear_source(self, job: str) -> None:
        update = "UPDATE ozhivi_jobs SET source = '' WHERE id = %(job)s AND state NOT IN ('waiting', 'running')"
        await self._update_one(update, {"job": job})

    async def waiting(self) -> Backlog:
        async with self._pool.connection() as connection:
            ahead = await _ahead(connection)
        return _speed(ahead).backlog(ahead["waiting"])

    async def estimate(self, job: str) -> Estimate | None:
        async with self._pool.connection() as connection:
            place = await (await connection.execute(_PLACE, {"job": job})).fetchone()
            ahead = await _ahead(connection)
        if place is None:
            return None
        if place["state"] == "running":
            return _speed(ahead).running(place["since"])
        if place["state"] != "waiting":
            return Estimate(0.0, 0.0)
        return _speed(ahead).queued(place["before"])

    async def oldest(self) -> float:
        async with self._pool.connection() as connection:
            (row,) = await (await connection.execute(_OLDEST)).fetchall()
        return float(row["age"] or 0.0)

    async def workers(self) -> int:
        async with self._pool.connection() as connection:
            (row,) = await (await connection.execute(_WORKERS, {"seen": WORKER_SEEN_SECONDS})).fetchall()
        return int(row["workers"])

    async def close(self) -> None:
        await self._pool.close()

    async def _jobs(self, ask: str, values: dict[str, Any]) -> list[Job]:
        async with self._pool.connection() as connection:
            return [to_job(row) for row in await (await connection.execute(ask, values)).fetchall()]

    async def _update_one(self, update: str, values: dict[str, Any]) -> bool:
        async with self._pool.connection() as connection:
            return (await connection.execute(update, values)).rowcount == 1

    async def _delete_rows(self, forget: str, values: dict[str, Any]) -> list[Job]:
        """Delete the rows; what they were, without a source that another job still needs."""
        async with self._pool.exclusive() as connection:
            rows = await (await connection.execute(forget, values)).fetchall()
        return [to_job(row, shared=row["shared"]) for row in rows]

    async def _note_worker(self, connection: Connection, worker: str) -> None:
        now = monotonic()
        if now - self._noted.get(worker, -WORKER_NOTE_SECONDS) >= WORKER_NOTE_SECONDS:
            await connection.execute(_SEEN_NOW, {"worker": worker, "seen": WORKER_SEEN_SECONDS})
            self._noted[worker] = now


async def _ahead(connection: Connection) -> DictRow:
    """A row on the jobs that wait: their number, and how fast things go."""
    values = {"seen": WORKER_SEEN_SECONDS, "last": MEASURED_JOBS}
    (row,) = await (await connection.execute(_AHEAD, values)).fetchall()
    return row


def _speed(ahead: DictRow) -> QueueSpeed:
    return QueueSpeed.from_durations(ahead["elapsed"], ahead["workers"], ahead["durations"])
