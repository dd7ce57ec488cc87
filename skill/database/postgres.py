"""PostgreSQL: the database of several machines, whose clock is the only one that counts.

Nothing is set on a session, so that a pooler like PgBouncer may give each transaction another one.
"""

from __future__ import annotations

import functools
import os
import re
import socket
import zlib
from contextlib import AbstractContextManager, suppress
from typing import Final

import psycopg
from psycopg import Connection
from psycopg import errors as codes
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from skill.database.dialect import Call
from skill.database.errors import ConflictError, DatabaseDownError, DatabaseVersionError
from skill.database.revision import VERSION_TABLE, fault

_THREADS: Final = 6
"""Connections of a process at most."""
# What the address says goes first. A machine that vanished is noticed in about 10 s, not in the system's two hours.
_DEFAULTS: Final[dict[str, str]] = {
    "application_name": "ozhivi",
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# Who freezes in the middle of a change is thrown out of it before those who wait for him give up, after 4 s.
_BEGIN: Final = (
    "BEGIN; SELECT set_config('statement_timeout', '5s', true), set_config('lock_timeout', '3800ms', true),"
    " set_config('idle_in_transaction_session_timeout', '3s', true)"
)
_NOW: Final = "; SELECT extract(epoch FROM clock_timestamp())::float8"
_ADVICE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (codes.DiskFull, "the disk of PostgreSQL is full: free space there, nothing was lost"),
    (codes.InsufficientPrivilege, "the user may not do that: make it the owner of ozhivi's database"),
    (codes.ReadOnlySqlTransaction, "this PostgreSQL only reads: give the address of the primary"),
    (codes.ConnectionTimeout, "PostgreSQL does not answer in time: see that it runs and is not overloaded"),
    (psycopg.OperationalError, "PostgreSQL does not answer or refuses us: check address, database, user, password"),
    (psycopg.ProgrammingError, "PostgreSQL's address is not understood, or its tables were changed: see the cause"),
)
_PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")


class PostgresDialect:
    """A PostgreSQL database; see `skill.database.dialect.Dialect`.

    Args:
        address: "postgresql://…" or "host=… dbname=…".

    Raises:
        DatabaseDownError: The address is not understood.
    """

    errors: Final = (psycopg.Error, OSError)
    """Types of the driver\'s errors."""
    transient: Final = (codes.DeadlockDetected, codes.SerializationFailure)
    """Those after which the same transaction may succeed at once."""
    lanes: Final = (_THREADS,)
    """Numbers of threads, each with a connection: for all, or for changes and for what changes nothing."""

    def __init__(self, address: str) -> None:
        try:
            chosen = conninfo_to_dict(address)
            defaults = {name: value for name, value in _DEFAULTS.items() if name not in chosen}
            self._address = make_conninfo(address, **defaults)
        except psycopg.Error as error:
            raise self.explain(error) from None
        self._open = False

    def connect(self, call: Call) -> Connection:
        # no prepared statements: behind a pooler the next transaction may be on another session
        connection = Connection.connect(self._address, autocommit=True, prepare_threshold=None)
        call.connection = connection
        try:
            if not self._open:
                self._check(connection)
            self._open = True
        except BaseException:
            connection.close()
            raise
        return connection

    def begin(self, connection: Connection, call: Call) -> float:
        words = [_BEGIN]
        if not call.durable or call.erase:  # log and pages are the server's, which keeps deleted rows until it vacuums
            words.append(", set_config('synchronous_commit', 'off', true)")
        if call.alone:
            words.append(f"; SELECT pg_advisory_xact_lock({zlib.crc32(call.alone.encode())})")
        with connection.execute("".join([*words, _NOW]).encode()) as cursor:
            while cursor.nextset():
                pass
            ((now,),) = cursor.fetchall()
            return float(now)

    def commit(self, connection: Connection) -> None:
        connection.execute("COMMIT").close()

    def recover(self, connection: Connection) -> bool:
        with suppress(psycopg.Error, OSError):
            if not connection.closed and connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.execute("ROLLBACK").close()
            if not connection.closed and connection.info.transaction_status is TransactionStatus.IDLE:
                return True
        connection.close()
        return False

    @staticmethod
    @functools.lru_cache(maxsize=1024)
    def translate(sql: str) -> str:
        return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))

    def together(self, connection: Connection) -> AbstractContextManager[object]:
        return connection.pipeline()

    def explain(self, error: Exception) -> DatabaseDownError:
        if isinstance(error, psycopg.IntegrityError):
            return ConflictError("a row has the values of another")
        advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), "see the cause")
        return DatabaseDownError(f"{advice} ({type(error).__name__})")

    def cut(self, call: Call) -> None:
        """Not by asking the server, which may be frozen: its thread wakes when the socket ends."""
        if (connection := call.connection) is None:
            return
        call.cut = True
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def _check(self, connection: Connection) -> None:
        with connection.execute("SELECT to_regclass(%s) IS NOT NULL", (VERSION_TABLE,)) as cursor:
            ((made,),) = cursor.fetchall()
        found = ""
        if made:
            with connection.execute(f"SELECT version_num FROM {VERSION_TABLE}".encode()) as cursor:
                found = "".join(str(version) for (version,) in cursor.fetchall())
        if wrong := fault(found):
            raise DatabaseVersionError(wrong)
