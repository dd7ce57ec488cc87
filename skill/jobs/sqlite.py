"""The queue without a server: one lease table in an SQLite file, shared by the processes of one machine."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from pipeline.run import Wish
from skill.clock import steady_time
from skill.jobs.database import Database
from skill.jobs.estimate import MEASURED_JOBS, WORKER_NOTE_SECONDS, WORKER_SEEN_SECONDS, Backlog, Estimate, QueueSpeed
from skill.jobs.model import Done, Job, JobEnd
from skill.jobs.queue import ATTEMPTS, QueueLimits, WaitingJobs
from skill.jobs.serialization import dump_result, dump_wish, end_columns, to_job

_FREE = """
    SELECT * FROM jobs AS job WHERE state = 'waiting' AND expires > :now
    AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.state = 'running' AND other.user = job.user)
    ORDER BY priority DESC, number LIMIT 1
"""
_NEEDED = """
    SELECT 1 FROM jobs AS other
    WHERE other.source = job.source AND other.id <> job.id AND other.state IN ('waiting', 'running')
"""

_AHEAD = """
    SELECT count(*) FROM jobs WHERE state = 'waiting'
    AND (priority > :priority OR priority = :priority AND number < :number)
"""


class SqliteQueue:
    """JobQueue in an SQLite file. A machine whose clock jumps ahead may run a job twice, as with any lost lease."""

    def __init__(
        self,
        database: Database,
        *,
        keep: float,
        patience: float,
        limits: QueueLimits,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._clock = database, clock
        self._keep, self._patience, self._limits = keep, patience, limits
        self._noted: dict[str, float] = {}  # worker → when its last sign of life was written

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        keep: float = 24 * 3600.0,
        patience: float = 3 * 3600.0,
        limit: int = 100,
        each: int | None = None,
        busy: float = 5.0,
        clock: Callable[[], float] = steady_time,
    ) -> Self:
        """Open the queue.

        Args:
            path: the file, made when missing.
            keep: seconds that an ended job stays.
            patience: seconds that a job may wait for a worker.
            limit: jobs that may wait in all.
            each: jobs of one user that may wait; None for as many as there is room.
            busy: seconds to wait for another process's lock.
            clock: seconds since 1970.

        Raises:
            QueueDownError: the file can't be used, or is of a later version of this program.
        """
        database = await Database.open(path, busy=busy)
        return cls(database, keep=keep, patience=patience, limits=QueueLimits(limit, each), clock=clock)

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
        now, text = self._clock(), dump_wish(wish)

        def change(db: sqlite3.Connection) -> Job:
            same = db.execute(
                "SELECT * FROM jobs WHERE user = ? AND digest = ? AND wish = ? AND state <> 'failed' AND"
                " (expires > ? OR state = 'running') ORDER BY number DESC LIMIT 1",
                (user, digest, text, now),
            ).fetchone()
            if same is not None:
                return to_job(same)
            total, seconds = self._backlog(db, now)
            waiting = WaitingJobs(
                total,
                _count(db, "state = 'waiting' AND user = ?", user),
                _count(db, "state = 'waiting' AND household = ?", household) if household else 0,
                _count(db, "state = 'waiting' AND household <> ''"),
            )
            self._limits.check(waiting, household, seconds)
            row = db.execute(
                "INSERT INTO jobs (id, user, household, source, digest, wish, priority, trace, state, created, updated,"
                " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?) RETURNING *",
                (secrets.token_urlsafe(16), user, household, source, digest, text, priority, trace, now, now,
                 now + self._patience),
            ).fetchone()  # fmt: skip
            return to_job(row)

        return await self._database.write(change)

    async def get(self, job: str) -> Job | None:
        row = await self._database.read(lambda db: db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone())
        return None if row is None else to_job(row)

    async def of(self, user: str) -> Sequence[Job]:
        ask = "SELECT * FROM jobs WHERE user = ? ORDER BY number DESC"
        return [to_job(row) for row in await self._database.read(lambda db: db.execute(ask, (user,)).fetchall())]

    async def lease(self, worker: str, seconds: float) -> Job | None:
        now = self._clock()

        def change(db: sqlite3.Connection) -> Job | None:
            self._note_worker(db, worker, now)
            self._take_back(db, now)
            found = db.execute(_FREE, {"now": now}).fetchone()
            if found is None:
                return None
            row = db.execute(
                "UPDATE jobs SET state = 'running', owner = ?, lease = ?, began = ?, updated = ?, step = '', share = 0,"
                " household = '', attempts = attempts + 1 WHERE id = ? RETURNING *",
                (worker, now + seconds, now, now, found["id"]),
            ).fetchone()
            return to_job(row)

        return await self._database.write(change)

    async def renew(self, job: str, worker: str, seconds: float, *, step: str = "", share: float = 0.0) -> bool:
        now = self._clock()

        def change(db: sqlite3.Connection) -> bool:
            self._note_worker(db, worker, now)
            return _update_one(
                db,
                "UPDATE jobs SET lease = ?, step = ?, share = ?, updated = ?"
                " WHERE id = ? AND owner = ? AND state = 'running'",
                (now + seconds, step, share, now, job, worker),
            )

        return await self._database.write(change)

    async def finish(self, job: str, worker: str, end: JobEnd) -> bool:
        now, columns = self._clock(), end_columns(end)

        def change(db: sqlite3.Connection) -> bool:
            row = db.execute(
                "UPDATE jobs SET state = ?, reason = ?, results = ?, share = 1, updated = ?, expires = ?"
                " WHERE id = ? AND owner = ? AND state = 'running' RETURNING began",
                (*columns, now, now + self._keep, job, worker),
            ).fetchone()
            if row is None:
                # results may have been added since
                mine = "id = ? AND owner = ? AND state = ? AND reason = ? AND instr(results, rtrim(?, ']')) = 1"
                return _count(db, mine, job, worker, *columns) == 1
            if isinstance(end, Done):
                db.execute("INSERT INTO durations (seconds) VALUES (?)", (max(0.0, now - row["began"]),))
                older = "DELETE FROM durations WHERE number <= (SELECT max(number) FROM durations) - ?"
                db.execute(older, (MEASURED_JOBS,))
            return True

        return await self._database.write(change)

    async def add_result(self, job: str, name: str, key: str) -> bool:
        update = (
            "UPDATE jobs SET results = substr(results, 1, length(results) - 1) || ', ' || ? || ']'"
            " WHERE id = ? AND state = 'done' AND instr(results, ?) = 0"
        )
        values = (dump_result(name, key), job, dump_result(name, "")[: -len('"]')])
        return await self._database.write(lambda db: _update_one(db, update, values))

    async def give_back(self, job: str, worker: str, *, counted: bool = False) -> bool:
        update = (
            "UPDATE jobs SET state = 'waiting', owner = '', step = '', share = 0, updated = ?, attempts = attempts - ?"
            " WHERE id = ? AND owner = ? AND state = 'running'"
        )
        values = (self._clock(), 0 if counted else 1, job, worker)
        return await self._database.write(lambda db: _update_one(db, update, values))

    async def delete(self, job: str) -> Job | None:
        gone = await self._database.write(lambda db: _delete_rows(db, "id = ?", (job,)))
        if gone:
            await self._database.truncate()
        return gone[0] if gone else None

    async def delete_expired(self) -> Sequence[Job]:
        now = self._clock()
        gone = await self._database.write(lambda db: _delete_rows(db, "state <> 'running' AND expires <= ?", (now,)))
        if gone:
            await self._database.truncate()
        return gone

    async def leftovers(self) -> Sequence[Job]:
        ask = (
            "SELECT * FROM jobs AS job WHERE source <> '' AND state IN ('done', 'refused', 'failed')"
            f" AND NOT EXISTS ({_NEEDED})"
        )
        return [to_job(row) for row in await self._database.read(lambda db: db.execute(ask).fetchall())]

    async def clear_source(self, job: str) -> None:
        update = "UPDATE jobs SET source = '' WHERE id = ? AND state NOT IN ('waiting', 'running')"
        await self._database.write(lambda db: _update_one(db, update, (job,)))

    async def waiting(self) -> Backlog:
        now = self._clock()
        return await self._database.read(lambda db: self._backlog(db, now))

    async def estimate(self, job: str) -> Estimate | None:
        now = self._clock()

        def ask(db: sqlite3.Connection) -> Estimate | None:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
            if row is None:
                return None
            speed = self._speed(db, now)
            if row["state"] == "running":
                return speed.running(now - row["began"])
            if row["state"] != "waiting":
                return Estimate(0.0, 0.0)
            place = {"priority": row["priority"], "number": row["number"]}
            (ahead,) = db.execute(_AHEAD, place).fetchone()
            return speed.queued(ahead)

        return await self._database.read(ask)

    async def oldest(self) -> float:
        ask = "SELECT min(created) FROM jobs WHERE state = 'waiting'"
        (created,) = await self._database.read(lambda db: db.execute(ask).fetchone())
        return 0.0 if created is None else max(0.0, self._clock() - created)

    async def workers(self) -> int:
        return await self._database.read(lambda db: _count_workers(db, self._clock()))

    async def close(self) -> None:
        await self._database.close()

    def _backlog(self, db: sqlite3.Connection, now: float) -> Backlog:
        return self._speed(db, now).backlog(_count(db, "state = 'waiting'"))

    def _speed(self, db: sqlite3.Connection, now: float) -> QueueSpeed:
        elapsed = [now - row["began"] for row in db.execute("SELECT began FROM jobs WHERE state = 'running'")]
        durations = [row["seconds"] for row in db.execute("SELECT seconds FROM durations")]
        return QueueSpeed.from_durations(elapsed, _count_workers(db, now), durations)

    def _note_worker(self, db: sqlite3.Connection, worker: str, now: float) -> None:
        if now - self._noted.get(worker, 0.0) >= WORKER_NOTE_SECONDS:
            db.execute("INSERT OR REPLACE INTO workers VALUES (?, ?)", (worker, now))
            db.execute("DELETE FROM workers WHERE seen <= ?", (now - WORKER_SEEN_SECONDS,))
            self._noted[worker] = now

    def _take_back(self, db: sqlite3.Connection, now: float) -> None:
        """Jobs of lost workers wait again; those begun too often have failed."""
        lost = {"now": now, "keep": now + self._keep, "attempts": ATTEMPTS}
        db.execute(
            "UPDATE jobs SET state = 'waiting', owner = '', step = '', share = 0, updated = :now"
            " WHERE state = 'running' AND lease <= :now",
            lost,
        )
        db.execute(
            "UPDATE jobs SET state = 'failed', reason = 'crashed', updated = :now, expires = :keep"
            " WHERE state = 'waiting' AND attempts >= :attempts",
            lost,
        )


def _count_workers(db: sqlite3.Connection, now: float) -> int:
    """Workers that were heard of lately."""
    (count,) = db.execute("SELECT count(*) FROM workers WHERE seen > ?", (now - WORKER_SEEN_SECONDS,)).fetchone()
    return int(count)


def _count(db: sqlite3.Connection, where: str, *values: object) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM jobs WHERE {where}", values).fetchone()
    return int(count)


def _update_one(db: sqlite3.Connection, update: str, values: tuple[object, ...]) -> bool:
    return db.execute(update, values).rowcount == 1


def _delete_rows(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Job]:
    """Delete the rows; what they were, without a source that another job still needs."""
    rows = db.execute(f"DELETE FROM jobs WHERE {where} RETURNING *", values).fetchall()
    needed = "SELECT 1 FROM jobs WHERE source = ? AND state IN ('waiting', 'running')"
    return [to_job(row, shared=db.execute(needed, (row["source"],)).fetchone() is not None) for row in rows]
