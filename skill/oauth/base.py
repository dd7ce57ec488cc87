"""The SQLite file behind account linking: a thread of its own, whole transactions, no traces of what is gone."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from skill.database_file import naming_file, prepare

_BUSY: Final = 2.0
"""Seconds to wait for another process's lock; the platform waits 5 for a token."""
_T = TypeVar("_T")

_VERSION: Final = 1  # of the tables; raise it with each change of them
_LOSS: Final = "everybody links the account again"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS families (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, scope TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    hash BLOB PRIMARY KEY, account TEXT NOT NULL, redirect TEXT NOT NULL, challenge TEXT NOT NULL, scope TEXT NOT NULL,
    family INTEGER NOT NULL DEFAULT 0, until REAL NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access (
    hash BLOB PRIMARY KEY, family INTEGER NOT NULL REFERENCES families ON DELETE CASCADE,
    expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refresh (
    hash BLOB PRIMARY KEY, family INTEGER NOT NULL REFERENCES families ON DELETE CASCADE, used REAL,
    again INTEGER NOT NULL DEFAULT 0, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (
    user TEXT NOT NULL, account TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (user, account)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tries (address BLOB NOT NULL, expires REAL NOT NULL);
CREATE INDEX IF NOT EXISTS families_account ON families (account);
CREATE INDEX IF NOT EXISTS codes_account ON codes (account);
CREATE INDEX IF NOT EXISTS access_family ON access (family);
CREATE INDEX IF NOT EXISTS refresh_family ON refresh (family);
CREATE INDEX IF NOT EXISTS pairs_account ON pairs (account);
CREATE INDEX IF NOT EXISTS tries_address ON tries (address, expires);
"""
_DATED: Final = ("codes", "access", "refresh", "pairs", "tries")


class OAuthDatabase:
    """The file oauth.db (WAL, 0600).

    Args:
        path: Of the file; ":memory:" in tests.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="oauth")
        self._connection: sqlite3.Connection

    @classmethod
    async def open(cls, path: Path | str) -> Self:
        """Open the file, or make it. Raises WrongSettings."""
        database = cls(path)
        try:
            await database.within(database._connect)
        except BaseException:
            database._thread.shutdown(wait=False)
            raise
        return database

    async def within(self, work: Callable[[], _T]) -> _T:
        """Run `work` in the database's thread. Raises sqlite3.Error, as the methods below do."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def write(self, work: Callable[[], _T]) -> _T:
        """Run `work` in one transaction: all of it is written, or nothing."""

        def whole() -> _T:
            self.run("BEGIN IMMEDIATE")
            try:
                answer = work()
            except BaseException:
                self.run("ROLLBACK")
                raise
            self.run("COMMIT")
            return answer

        return await self.within(whole)

    def run(self, line: str, *values: object) -> int:
        """Run a statement, in the database's thread only; how many rows changed."""
        cursor = self._connection.execute(line, values)
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    def rows(self, line: str, *values: object) -> list[Any]:
        """The rows of a query, in the database's thread only."""
        return self._connection.execute(line, values).fetchall()

    async def purge(self, now: float) -> None:
        """Delete all that is past its time, also from the file's log. `now`: seconds since 1970."""

        def work() -> None:
            for table in _DATED:
                self.run(f"DELETE FROM {table} WHERE expires <= ?", now)
            self.run(
                "DELETE FROM families WHERE id NOT IN (SELECT family FROM access UNION SELECT family FROM refresh)"
            )

        await self.write(work)
        await self.within(lambda: self.rows("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def close(self) -> None:
        """Close the file after all that was begun."""
        await self.within(self._connection.close)
        self._thread.shutdown()

    def _connect(self) -> None:
        with naming_file(self._path, _LOSS):
            if self._path != ":memory:":
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its log the same mode
            self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=_BUSY)
            for line in ("journal_mode=WAL", "secure_delete=ON", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {line}").close()
            prepare(self._connection, self._path, _SCHEMA, version=_VERSION, loss=_LOSS)
