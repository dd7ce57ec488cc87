"""SQLite: one file of this machine, readable by its owner only, whose deleted rows are overwritten."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock, Thread
from types import MappingProxyType
from typing import Final

from skill.clock import steady_time
from skill.database.dialect import Call
from skill.database.errors import ConflictError, DatabaseDownError, DatabaseVersionError
from skill.database.revision import VERSION_TABLE, creation, fault
from skill.database.takeover import begin, finish, old_files, take_over
from skill.database.transaction import Answer, Statement, Transaction

_ASIDE: Final = "stop ozhivi, move it away with its -wal and -shm, and start again"
_ADVICE: Final = MappingProxyType(
    {
        "SQLITE_BUSY": "is locked by another program: close that",
        "SQLITE_CANTOPEN": "can't be opened: check the owner and the mode of file and folder",
        "SQLITE_CORRUPT": f"is damaged: restore it from a backup, or {_ASIDE}",
        "SQLITE_FULL": "can't grow, the disk is full: free space, nothing was lost",
        "SQLITE_IOERR": "can't be read or written: check the disk",
        "SQLITE_NOTADB": f"is no database, or is damaged: restore it from a backup, or {_ASIDE}",
        "SQLITE_READONLY": "can't be written: check its owner and mode",
    }
)
_CHANGES: Final = 250
"""Changes after which a thread copies the log's pages into the file, so that no change waits for the disk there."""
_LOG_PAGES: Final = 8000
"""Pages of the log, 4 KB each, at which a change does it, where the thread does not keep up."""
_POSTGRES_ALONE: Final = re.compile(r"\s+(FOR UPDATE( SKIP LOCKED)?|OVERRIDING SYSTEM VALUE)\b")


class SqliteDialect:
    """The file of a service; see `skill.database.dialect.Dialect`.

    A new file is made with its tables, and what earlier versions kept in several files beside it is taken over.

    Args:
        path: Of the file.
    """

    errors: Final = (sqlite3.Error, OSError)
    """Types of the driver\'s errors."""
    transient: Final = ()
    """Those after which the same transaction may succeed at once."""
    lanes: Final = (1, 1)
    """Numbers of threads, each with a connection: for all, or for changes and for what changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening, self._open = Lock(), False
        self._changes, self._copying = 0, Lock()

    def connect(self, call: Call) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its log the same mode. A file that exists is never opened and closed beside SQLite: that would
        # let go of the locks of this process's connections, and another process that ends would delete their log.
        with suppress(FileExistsError):
            if not self._path.exists():
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        left = max(0.0, call.due - time.monotonic())
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=left)
        try:
            for line in (
                "journal_mode=WAL",
                "foreign_keys=ON",
                "secure_delete=ON",
                "synchronous=NORMAL",
                f"wal_autocheckpoint={_LOG_PAGES}",
            ):
                connection.execute(f"PRAGMA {line}").close()
            with self._opening:
                if not self._open:
                    self._prepare(connection)
                self._open = True
            if call.reading:
                connection.execute("PRAGMA query_only=ON").close()
        except BaseException:
            connection.close()
            raise
        return connection

    def answers(self, connection: sqlite3.Connection) -> bool:
        return True

    def begin(self, connection: sqlite3.Connection, call: Call) -> float:
        if call.reading:
            connection.execute("BEGIN").close()
        else:
            left = max(0, int((call.due - time.monotonic()) * 1000))
            connection.execute(f"PRAGMA busy_timeout={left}").close()
            if call.erase:
                with self._copying:  # else SQLite would do nothing
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            else:
                self._changes += 1
                if self._changes % _CHANGES == 0:
                    Thread(target=self._copy_log).start()
                connection.execute("BEGIN IMMEDIATE").close()
        return (call.clock or steady_time)()

    def run(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[Answer]:
        answers = []
        for sql, values in statements:
            cursor = connection.execute(self.translate(sql), values)
            answers.append(Answer(cursor.fetchall(), cursor.rowcount))
            cursor.close()
        return answers

    def run_alone(self, connection: sqlite3.Connection, call: Call, statements: Sequence[Statement]) -> list[Answer]:
        answers = Transaction(partial(self.run, connection), self.begin(connection, call)).many(statements)
        self.commit(connection)
        return answers

    def commit(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("COMMIT").close()

    def flush(self) -> None:
        # with synchronous=NORMAL only copying the log flushes it; nobody keeps a lock on the log itself
        with suppress(FileNotFoundError), self._path.with_name(f"{self._path.name}-wal").open("rb") as log:
            os.fsync(log.fileno())

    def recover(self, connection: sqlite3.Connection) -> bool:
        with suppress(sqlite3.Error):
            if connection.in_transaction:  # SQLite itself may have rolled back, on a full disk for one
                connection.rollback()
            return True
        connection.close()
        return False

    @staticmethod
    @lru_cache(maxsize=1024)
    def translate(sql: str) -> str:
        return _POSTGRES_ALONE.sub("", sql)

    def explain(self, error: Exception) -> DatabaseDownError:
        if isinstance(error, sqlite3.IntegrityError):
            return ConflictError(f"{self._path.name}: a row has the values of another")
        if isinstance(error, OSError):
            return DatabaseDownError(
                f"{self._path.name} can't be opened ({error.strerror}): check the owner and the mode"
            )
        name = getattr(error, "sqlite_errorname", "")
        advice = next((text for code, text in _ADVICE.items() if name.startswith(code)), "can't be used: see the cause")
        return DatabaseDownError(f"{self._path.name} {advice} ({name or type(error).__name__})")

    def cut(self, call: Call) -> None:
        """Nothing: `begin` has set how long the file's lock is waited for."""

    def _copy_log(self) -> None:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        with suppress(sqlite3.Error), self._copying, closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()  # if it fails, the next one does it

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables where there is nothing yet, and see that the file is whole and of this version."""
        if _value(connection, "PRAGMA quick_check(1)") != "ok":
            raise DatabaseDownError(f"{self._path.name} {_ADVICE['SQLITE_CORRUPT']}")
        if not _tables(connection):
            with _exclusive(connection):
                if not _tables(connection):  # another process may have been first
                    for line in creation("sqlite"):
                        connection.execute(line).close()
                    if old_files(self._path.parent):
                        take_over(self._path.parent, connection, self.translate)
                        connection.execute(f"PRAGMA user_version={begin(self._path.parent)}").close()
        finish(self._path.parent, int(_value(connection, "PRAGMA user_version")))
        found = _value(connection, f"SELECT version_num FROM {VERSION_TABLE}") if _has_version(connection) else ""
        if wrong := fault(found):
            raise DatabaseVersionError(f"{self._path.name}: {wrong}")


@contextmanager
def _exclusive(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN EXCLUSIVE").close()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT").close()


def _tables(connection: sqlite3.Connection) -> int:
    return int(_value(connection, "SELECT count(*) FROM sqlite_schema"))


def _has_version(connection: sqlite3.Connection) -> bool:
    return _value(connection, f"SELECT count(*) FROM sqlite_schema WHERE name = '{VERSION_TABLE}'") == "1"


def _value(connection: sqlite3.Connection, query: str) -> str:
    with closing(connection.execute(query)) as rows:
        row = rows.fetchone()
        return "" if row is None else str(row[0])
