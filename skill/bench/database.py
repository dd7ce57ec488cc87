"""`ozhivi bench database`: milliseconds of each step of queue, tickets, replies and memory, as their tables grow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from pipeline.run import Wish
from skill.bench.errors import BenchError
from skill.database.database import Database
from skill.database.revision import DATABASE_FILE
from skill.database.sqlite import SqliteDialect
from skill.database.transaction import bind
from skill.dialog.memory import Memory
from skill.dialog.reply_cache import ReplyCache
from skill.jobs.model import Done
from skill.jobs.queue import JobQueue
from skill.purge import purge_batch
from skill.tickets import Tickets

_SECRET: Final = b"secret of the bench, at least 32 bytes"
_CHUNK: Final = 10_000
"""Rows that one transaction adds."""
_LATER: Final = 10_000_000.0
"""Seconds from now until rows end: none does while it is measured."""
_NUMBERS: Final = (
    "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end)"
)
_ADDRESS: Final = "coalesce(:address, (SELECT address FROM ozhivi_guesses LIMIT 1))"
"""The parameter, as PostgreSQL sees of which type it is."""
# Users have five jobs each.
_FILL: Final = (
    """INSERT INTO ozhivi_jobs (id, "user", source, digest, wish, priority, state, results, created, updated, expires)
       {n} SELECT 'job-' || i, 'user-' || (i / 5), '', 'digest-' || i, '{{}}', 0, 'done',
       '[["mp4", "clip-' || i || '"]]', :now, :now, :now + :later + i FROM n""",
    """INSERT INTO ozhivi_tickets ("user", until, expires, digest, job)
       {n} SELECT 'user-' || (i / 5), :now + :later, :now + :later + i, 'digest-' || i, 'job-' || i FROM n""",
    """INSERT INTO ozhivi_guesses (address, at) {n} SELECT {address}, :now + :later + i FROM n""",
    """INSERT INTO ozhivi_replies (key, body, lease, expires)
       {n} SELECT 'key-' || i, {address}, 0, :now + :later + i FROM n""",
    """INSERT INTO ozhivi_talks (session, "user", talk, expires)
       {n} SELECT 'session-' || i, 'user-' || (i / 5), '{{}}', :now + :later + i FROM n""",
    """INSERT INTO ozhivi_origins (job, "user", session, root, invitation, digits, expires)
       {n} SELECT 'job-' || i, 'user-' || (i / 5), 'session-' || i, 'job-' || i, 0, '', :now + :later + i FROM n""",
)


@dataclass(frozen=True, slots=True)
class GrowthFigures:
    """The cost of each step at one size of the tables."""

    rows: int
    """Rows in each table: jobs, tickets, guesses, replies, talks, origins of jobs."""
    milliseconds: Mapping[str, float]
    """Median time of each step, by its name."""


def measure_growth(sizes: Sequence[int], address: str = "", *, repeats: int = 100) -> list[GrowthFigures]:
    """Fill a database step by step, and measure at each size.

    Args:
        sizes: Rows in each table, growing.
        address: Of an empty PostgreSQL database with our tables; empty for a new SQLite file.
        repeats: How often each step is measured.

    Raises:
        BenchError: The database holds jobs already.
    """
    with TemporaryDirectory(prefix="ozhivi-bench-") as folder:
        return asyncio.run(_measure(Path(folder), sizes, address, repeats))


def describe_growth(found: Sequence[GrowthFigures]) -> list[str]:
    """Lines for people: a step each, milliseconds at each size, and how much the last is over the first."""
    lines = [f"{'rows in each table':24}" + "".join(f"{one.rows:>12,}" for one in found)]
    for step in found[0].milliseconds:
        costs = [one.milliseconds[step] for one in found]
        lines.append(f"{step:24}" + "".join(f"{cost:>9.2f} ms" for cost in costs) + f"  ×{costs[-1] / costs[0]:.1f}")
    return lines


async def _measure(folder: Path, sizes: Sequence[int], address: str, repeats: int) -> list[GrowthFigures]:
    database = _open(folder, address)
    try:
        if await database.rows("SELECT 1 FROM ozhivi_jobs LIMIT 1"):
            raise BenchError("the database holds jobs: give an empty one, with the tables of `ozhivi db upgrade`")
        found, filled = [], 0
        for size in sizes:
            await _fill(database, filled, size)
            filled = size
            found.append(GrowthFigures(size, await _Steps(database, size, repeats).measure()))
        return found
    finally:
        await database.close()


def _open(folder: Path, address: str) -> Database:
    if not address:
        return Database(SqliteDialect(folder / DATABASE_FILE))
    from skill.database.postgres import PostgresDialect  # noqa: PLC0415  (may not be there)

    return Database(PostgresDialect(address))


async def _fill(database: Database, begin: int, end: int) -> None:
    for statement in _FILL:
        sql = statement.format(n=_NUMBERS, address=_ADDRESS)
        for first in range(begin, end, _CHUNK):
            values = {"first": first, "end": min(end, first + _CHUNK), "address": b"0123456789abcdef", "later": _LATER}
            await database.change(bind(sql, **values), patience=60.0)


class _Steps:
    """The steps, measured one after the other on tables of one size."""

    def __init__(self, database: Database, size: int, repeats: int) -> None:
        self._database, self._size, self._repeats = database, size, repeats
        self._queue = JobQueue(database, limit=100_000)
        self._tickets, self._memory = Tickets(database, _SECRET), Memory(database, _SECRET)
        self._replies = ReplyCache(database, _SECRET)
        self._found: dict[str, list[float]] = {}

    async def measure(self) -> dict[str, float]:
        """Median milliseconds of each step."""
        for number in range(self._repeats):
            await self._do_job(f"bench-{self._size}-{number}", number * 7919 % self._size)
            await self._talk(f"bench-{self._size}-{number}", number * 7919 % self._size)
        await self._purge()
        return {step: median(times) for step, times in self._found.items()}

    async def _time(self, step: str, work: Callable[[], Awaitable[object]]) -> object:
        began = time.perf_counter()
        answer = await work()
        self._found.setdefault(step, []).append((time.perf_counter() - began) * 1000)
        return answer

    async def _do_job(self, user: str, old: int) -> None:
        """A job from its begin to its end, and looks at one of the many that are there."""
        queue, end = self._queue, Done((("mp4", "clip"),))
        job = await queue.put(user, "photo", Wish(), digest=user)
        await self._time("put", lambda: queue.put(f"{user}-2", "photo", Wish(), digest=user))
        await self._time("lease", lambda: queue.lease("bench", 30.0))
        await queue.lease("bench", 30.0)
        await self._time("renew", lambda: queue.renew(job.id, "bench", 30.0))
        await self._time("finish", lambda: queue.finish(job.id, "bench", end))
        await self._time("get", lambda: queue.get(f"job-{old}"))
        await self._time("of a user", lambda: queue.of(f"user-{old // 5}"))
        await self._time("waiting", queue.waiting)
        await self._time("lease, empty queue", lambda: queue.lease("bench", 30.0))
        await self._time("leftovers", queue.leftovers)
        for mine in (user, f"{user}-2"):
            for one in await queue.of(mine):
                await self._time("delete", lambda one=one: queue.delete(one.id))  # type: ignore[misc]
        await self._time("expired, none", queue.delete_expired)

    async def _talk(self, user: str, old: int) -> None:
        """A ticket from its issue to its photo, and a turn of the dialog."""
        tickets, memory = self._tickets, self._memory
        issued = await tickets.issue(user)
        await self._time("issue", lambda: tickets.issue(user))
        await self._time("code", lambda: tickets.token_for_code(issued.code, "192.0.2.1"))
        await self._time("ticket", lambda: tickets.get(issued.token))
        await self._time("redeem", lambda: tickets.redeem(issued.token, "digest"))
        await self._time("load", lambda: memory.load(f"user-{old // 5}", f"session-{old}"))
        await self._time("save a turn", lambda: memory.save_turn(user, user, {"number": 1}))
        await self._time("claim a reply", lambda: self._replies.claim(user))
        await tickets.forget(user)

    async def _purge(self) -> None:
        """Batches of a purge, while as many rows as ever are past their time."""
        line = "UPDATE ozhivi_replies SET expires = expires - :gap WHERE key LIKE 'key-1%'"
        await self._database.change(bind(line, gap=2 * _LATER), patience=60.0)

        async def purge() -> int:
            return (await self._database.change(purge_batch("ozhivi_replies", 1000), durable=False))[0].number

        while await self._time("purge of 1000", purge) and len(self._found["purge of 1000"]) < self._repeats:
            pass
