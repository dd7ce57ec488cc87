"""The queue's SQLite file: one connection in one thread, durable, with a schema that knows its version."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self, TypeVar

from skill.jobs.queue import QueueDownError, QueueVersionError

_T = TypeVar("_T")

# Entry n takes a file from version n to n + 1: append, never change one that was released.
_MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY,  -- the order of asking, where the clock is too coarse
        id TEXT NOT NULL UNIQUE,
        user TEXT NOT NULL,
        source TEXT NOT NULL,
        digest TEXT NOT NULL,
        wish TEXT NOT NULL,
        priority INTEGER NOT NULL,
        state TEXT NOT NULL,
        step TEXT NOT NULL DEFAULT '',
        share REAL NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        results TEXT NOT NULL DEFAULT '[]',
        attempts INTEGER NOT NULL DEFAULT 0,
        owner TEXT NOT NULL DEFAULT '',  -- the worker that holds the lease
        lease REAL NOT NULL DEFAULT 0,   -- when it ends
        began REAL NOT NULL DEFAULT 0,   -- when it was taken
        created REAL NOT NULL,
        updated REAL NOT NULL,
        expires REAL NOT NULL
    );
    CREATE INDEX jobs_state ON jobs (state, priority DESC, number);
    CREATE INDEX jobs_user ON jobs (user, digest);
    CREATE INDEX jobs_source ON jobs (source) WHERE source <> '';
    CREATE TABLE durations (number INTEGER PRIMARY KEY, seconds REAL NOT NULL);
    CREATE TABLE workers (name TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID;
    """,
    """
    ALTER TABLE jobs ADD COLUMN household TEXT NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE jobs ADD COLUMN trace TEXT NOT NULL DEFAULT '';
    """,
)

_ADVICE: Final[dict[str, str]] = {
    "SQLITE_FULL": "the disk of the queue is full: free space there, nothing was lost",
    "SQLITE_BUSY": "another process keeps the queue's file locked: close what has it open",
    "SQLITE_READONLY": "the queue's file can't be written: check its owner and mode",
    "SQLITE_CANTOPEN": "the queue's file can't be opened: check the folder's owner and mode",
    "SQLITE_CORRUPT": "the queue's file is damaged: put it aside, a new one is made",
    "SQLITE_NOTADB": "the queue's file is not a database: put it aside, a new one is made",
}


class Database:
    """An SQLite file that can be asked from an event loop; its connection lives in a thread of its own."""

    def __init__(self, path: Path, busy: float) -> None:
        self._path, self._busy = path, busy
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self._connection: sqlite3.Connection

    @classmethod
    async def open(cls, path: Path, *, busy: float = 5.0) -> Self:
        """Open the file, made when missing, readable by its owner only.

        Args:
            path: the file.
            busy: seconds to wait for another process's lock, and for what was asked before.

        Raises:
            QueueDownError: the file can't be used, or is of a later version of this program.
        """
        database = cls(path, busy)
        try:
            await database._within(database._connect)
        except BaseException:
            database._thread.shutdown(wait=False)
            raise
        return database

    async def write(self, change: Callable[[sqlite3.Connection], _T]) -> _T:
        """Change the file; all that `change` did is on the disk then, or nothing of it. Raises QueueDownError."""
        return await self._within(lambda: self._change(change))

    async def read(self, ask: Callable[[sqlite3.Connection], _T]) -> _T:
        """Read the file with `ask`, which changes nothing. Raises QueueDownError."""
        return await self._within(lambda: ask(self._connection))

    async def truncate(self) -> None:
        """Empty the log, where deleted rows could still be read. Not while another process reads: later then."""
        with suppress(QueueDownError):  # what was committed stands; the next one empties it
            await self._within(lambda: self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        """Close the file after what is being done."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    async def _within(self, work: Callable[[], _T]) -> _T:
        due = time.monotonic() + self._busy

        def guarded() -> _T:
            if time.monotonic() > due:
                raise QueueDownError("the queue's file is too busy: what came before took too long")
            with _translate_errors():
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)

    def _connect(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its log the same mode
        connection = sqlite3.connect(self._path, timeout=self._busy, isolation_level=None)
        connection.row_factory = sqlite3.Row
        self._connection = connection
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # what was answered survives a power cut
            connection.execute("PRAGMA secure_delete=ON")  # «удали» overwrites
            self._change(_migrate)
        except BaseException:
            connection.close()
            raise

    def _change(self, change: Callable[[sqlite3.Connection], _T]) -> _T:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            value = change(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite itself may have rolled back, on a full disk for one
                connection.execute("ROLLBACK")
            raise
        return value


def _migrate(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise QueueVersionError("the queue's file is of a later version of ozhivi: install that one")
    for script in _MIGRATIONS[version:]:
        for statement in filter(str.strip, script.split(";")):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


@contextmanager
def _translate_errors() -> Iterator[None]:
    """SQLite's and the system's errors as ours, with an advice and without a path."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        advice = next((text for code, text in _ADVICE.items() if name.startswith(code)), "see the cause")
        raise QueueDownError(f"{advice} ({name or type(error).__name__})") from error
    except OSError as error:
        raise QueueDownError(f"the queue's file can't be opened: {error.strerror}") from error
