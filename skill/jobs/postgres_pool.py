"""The queue's PostgreSQL: a few connections, made anew after a restart, and a schema that knows its version."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from skill.jobs.queue import QueueDownError, QueueVersionError

# Entry n takes a database from version n to n + 1: append, never change one that was released.
_MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE ozhivi_jobs (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- the order of asking, where the clock is too coarse
        id text NOT NULL UNIQUE,
        "user" text NOT NULL,
        source text NOT NULL,
        digest text NOT NULL,
        wish text NOT NULL,
        priority integer NOT NULL,
        state text NOT NULL,
        step text NOT NULL DEFAULT '',
        share double precision NOT NULL DEFAULT 0,
        reason text NOT NULL DEFAULT '',
        results text NOT NULL DEFAULT '[]',
        attempts integer NOT NULL DEFAULT 0,
        owner text NOT NULL DEFAULT '',              -- the worker that holds the lease, or ended the job
        lease double precision NOT NULL DEFAULT 0,   -- when it ends
        began double precision NOT NULL DEFAULT 0,   -- when it was taken
        created double precision NOT NULL,
        updated double precision NOT NULL,
        expires double precision NOT NULL
    );
    CREATE INDEX ozhivi_jobs_state ON ozhivi_jobs (state, priority DESC, number);
    CREATE INDEX ozhivi_jobs_user ON ozhivi_jobs ("user", digest);
    CREATE INDEX ozhivi_jobs_source ON ozhivi_jobs (source) WHERE source <> '';
    CREATE UNIQUE INDEX ozhivi_jobs_running ON ozhivi_jobs ("user") WHERE state = 'running';
    CREATE TABLE ozhivi_durations (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seconds double precision NOT NULL
    );
    CREATE TABLE ozhivi_workers (name text PRIMARY KEY, seen double precision NOT NULL);
    """,
    """
    ALTER TABLE ozhivi_jobs ADD COLUMN household text NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE ozhivi_jobs ADD COLUMN trace text NOT NULL DEFAULT '';
    """,
)

_LOCK: Final = 0x6F7A68697669  # "ozhivi": of the changes that look at several jobs

# What the DSN says goes first. A machine that vanished is noticed in about 10 s, not in the system's two hours.
_DEFAULTS: Final[dict[str, str]] = {
    "application_name": "ozhivi",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# Who freezes in the middle of a change is thrown out of it before those who wait for him give up, after 4 s.
_SET: Final = "SET idle_in_transaction_session_timeout = '3s'; SET lock_timeout = '4s'; SET statement_timeout = '5s'"

_ADVICE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (errors.DiskFull, "the disk of PostgreSQL is full: free space there, nothing was lost"),
    (errors.InsufficientPrivilege, "the user may not do that: make it the owner of the queue's database"),
    (errors.ReadOnlySqlTransaction, "this PostgreSQL only reads: give the address of the primary"),
    (TimeoutError, "PostgreSQL does not answer in time: see that it runs and is not overloaded"),
    (psycopg.OperationalError, "PostgreSQL does not answer or refuses us: check address, database, user, password"),
    (psycopg.ProgrammingError, "the queue's address is not understood, or its tables were changed: see the cause"),
)

Connection = AsyncConnection[DictRow]


class Pool:
    """Connections to the queue's database, each statement a transaction of its own.

    Not psycopg_pool: after a restart it pauses for 1, 2, 4 s between two attempts, and says only that it timed out.
    """

    def __init__(self, dsn: str, *, busy: float, size: int) -> None:
        """Args:
        dsn: "postgresql://…" or "host=… dbname=…".
        busy: seconds until a question has its answer, or its error.
        size: most connections at a time.

        Raises:
            QueueDownError: the address is not understood.
        """
        with _translate_errors():
            chosen = conninfo_to_dict(dsn)
            self._info = make_conninfo(dsn, **{name: value for name, value in _DEFAULTS.items() if name not in chosen})
        self._busy = busy
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._migrated = False
        self._closed = False

    async def open(self) -> None:
        """Connect, and make the tables where they are not; else the first question does it. Raises QueueDownError:
        the server does not answer or refuses us, or the tables are of a later version."""
        async with self.connection():
            pass

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection on which each statement is done or not done. Raises QueueDownError."""
        with _translate_errors():
            async with asyncio.timeout(self._busy), self._free:
                connection = await self._take()
                try:
                    yield connection
                finally:
                    await self._put_back(connection)

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[Connection]:
        """A connection on which the block is done as a whole or not, while no other such block runs. Raises
        QueueDownError."""
        async with self.connection() as connection, _lock(connection):
            yield connection

    async def close(self) -> None:
        """Close what is idle; what is in use is closed when it comes back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def _take(self) -> Connection:
        """One that answers: of the idle ones, which a restart may have cut, or a new one."""
        while self._idle:
            with suppress(psycopg.Error):
                return await _probe(self._idle.pop(), "")
        connection = await _Connection.connect(self._info, autocommit=True, row_factory=dict_row)
        await _probe(connection, _SET)
        try:
            if not self._migrated:
                await _migrate(connection)
        except BaseException:
            await connection.close()
            raise
        self._migrated = True
        return connection

    async def _put_back(self, connection: Connection) -> None:
        if self._closed or connection.info.transaction_status is not TransactionStatus.IDLE:
            await connection.close()
        else:
            self._idle.append(connection)


class _Connection(AsyncConnection[DictRow]):
    """A connection that is given up at once where a statement is cancelled: the server ends it by itself."""

    async def cancel_safe(self, *, timeout: float = 30.0) -> None:
        """Cut the connection; psycopg would ask the server, through another one, and wait: a frozen one for long."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


async def _probe(connection: Connection, ask: str) -> Connection:
    """The connection, after it answered; closed where it did not."""
    try:
        await connection.execute(ask)
    except BaseException:
        await connection.close()
        raise
    return connection


@asynccontextmanager
async def _lock(connection: Connection) -> AsyncIterator[None]:
    """A transaction that no other such one runs beside."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        yield


async def _migrate(connection: Connection) -> None:
    """Make the tables of this version of those that are there."""
    if await _version(connection) == len(_MIGRATIONS):
        return
    async with _lock(connection):
        await connection.execute("CREATE TABLE IF NOT EXISTS ozhivi_version (version integer NOT NULL)")
        version = await _version(connection)  # another may have been faster
        for script in _MIGRATIONS[version:]:
            await connection.execute(script)
        await connection.execute("DELETE FROM ozhivi_version")
        await connection.execute("INSERT INTO ozhivi_version VALUES (%s)", (len(_MIGRATIONS),))


async def _version(connection: Connection) -> int:
    """The version of the tables; 0 where there are none. Raises QueueVersionError."""
    (made,) = await (await connection.execute("SELECT to_regclass('ozhivi_version') AS name")).fetchall()
    row = made["name"] and await (await connection.execute("SELECT version FROM ozhivi_version")).fetchone()
    version = int(row["version"]) if row else 0
    if version > len(_MIGRATIONS):
        raise QueueVersionError("the queue's tables are of a later version of ozhivi: install that one")
    return version


@contextmanager
def _translate_errors() -> Iterator[None]:
    """PostgreSQL's errors as ours, with an advice and without a value of a row."""
    try:
        yield
    except (psycopg.Error, TimeoutError) as error:
        advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), "see the cause")
        raise QueueDownError(f"{advice} ({type(error).__name__})") from error
