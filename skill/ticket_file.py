"""The tickets' SQLite file: its tables, and the thread in which its transactions run."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self, TypeVar

from skill import guess_pace, ticket_jobs
from skill.database_file import naming_file, prepare

_BUSY: Final = 2.0
"""Seconds to wait for another process's lock."""
_LATE: Final = 5.0
"""Seconds after which nobody waits for a transaction any more that could not begin."""

_VERSION: Final = 3  # of the tables; raise it with each change of them
_LOSS: Final = "links and codes that were given out are dead, and nothing else"
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, code BLOB UNIQUE,
    until REAL NOT NULL, expires REAL NOT NULL, digest TEXT NOT NULL DEFAULT '', job TEXT NOT NULL DEFAULT '',
    uploads INTEGER NOT NULL DEFAULT 0, household TEXT NOT NULL DEFAULT '', cards INTEGER NOT NULL DEFAULT 0,
    trace TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS links (
    token BLOB PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE) WITHOUT ROWID;
{ticket_jobs.SCHEMA}
{guess_pace.SCHEMA}
"""
_LATER_COLUMNS: Final = MappingProxyType(
    {
        "household": "TEXT NOT NULL DEFAULT ''",
        "cards": "INTEGER NOT NULL DEFAULT 0",
        "trace": "TEXT NOT NULL DEFAULT ''",
    }
)
"""Columns of tickets that a file of an earlier version may lack."""
_T = TypeVar("_T")


class TicketFile:
    """An SQLite file (WAL, 0600) that all processes of a service share.

    Transactions run in a thread of their own, one after the other; `run`, `row` and `connection` are for what is run
    there.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection: Final = connection
        """The connection, of the thread."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tickets")

    @classmethod
    async def open(cls, path: Path | str) -> Self:
        """Open the file, or make it; ":memory:" in tests. Raises WrongSettings: it can't be used."""
        return cls(await asyncio.to_thread(_connect, path))

    async def transact(self, work: Callable[[], _T]) -> _T:
        """The result of work that is done as a whole or not.

        Args:
            work: Runs in the thread; what it raises undoes it.

        Raises:
            sqlite3.Error: The file can't be used, or what was to be done before took too long.
        """

        def transact() -> _T:
            self.run("BEGIN IMMEDIATE")
            try:
                answer = work()
            except BaseException:
                self.run("ROLLBACK")
                raise
            self.run("COMMIT")
            return answer

        return await self._within(transact)

    async def read(self, work: Callable[[], _T]) -> _T:
        """The result of work that changes nothing; it waits for nobody who keeps the file locked. Errors as of
        `transact`."""
        return await self._within(work)

    async def close(self) -> None:
        """Close the file after what is being done."""
        # in its thread: SQLite crashes when its connection is closed under a statement of another
        await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        self._thread.shutdown()

    async def _within(self, work: Callable[[], _T]) -> _T:
        due = time.monotonic() + _LATE

        def timely() -> _T:
            if time.monotonic() > due:
                raise sqlite3.OperationalError("others before it took too long")
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, timely)

    def run(self, line: str, *values: object) -> int:
        """Run a statement; how many rows changed."""
        with closing(self.connection.execute(line, values)) as cursor:
            return cursor.rowcount

    def insert(self, line: str, *values: object) -> int:
        """Insert a row; its primary key."""
        with closing(self.connection.execute(line, values)) as cursor:
            return int(cursor.lastrowid or 0)

    def row(self, line: str, *values: object) -> tuple[object, ...] | None:
        """The first row of a query; None for none."""
        with closing(self.connection.execute(line, values)) as cursor:
            row: tuple[object, ...] | None = cursor.fetchone()
            return row


def _connect(path: Path | str) -> sqlite3.Connection:
    with naming_file(path, _LOSS):
        if path != ":memory:":
            Path(path).touch(mode=0o600)
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=_BUSY)
        try:
            for line in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
                connection.execute(line).close()
            _add_columns(connection)
            prepare(connection, path, _SCHEMA, version=_VERSION, loss=_LOSS)
        except BaseException:
            connection.close()
            raise
        return connection


def _add_columns(connection: sqlite3.Connection) -> None:
    """Complete a file that was made before there were such columns."""
    connection.execute("BEGIN IMMEDIATE").close()
    with closing(connection.execute("SELECT name FROM pragma_table_info('tickets')")) as cursor:
        columns = {name for (name,) in cursor}
    for name, kind in _LATER_COLUMNS.items():
        if columns and name not in columns:
            connection.execute(f"ALTER TABLE tickets ADD COLUMN {name} {kind}").close()
    connection.execute("COMMIT").close()
