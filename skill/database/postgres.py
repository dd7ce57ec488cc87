"""PostgreSQL: the database of several machines, whose clock is the only one that counts.

A pooler like PgBouncer may give each transaction another session: behind one nothing is set on it, and no statement is
prepared.
"""

from __future__ import annotations

import os
import re
import select
import socket
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import ClientCursor, Connection
from psycopg import errors as codes
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from skill.database.dialect import Call
from skill.database.errors import ConflictError, DatabaseDownError, DatabaseVersionError
from skill.database.revision import VERSION_TABLE, fault
from skill.database.transaction import Answer, Statement

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
    "BEGIN; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '3800ms';"
    " SET LOCAL idle_in_transaction_session_timeout = '3s'"
)
_BEGIN_ALONE: Final = "SET LOCAL statement_timeout = '3800ms'"
_NOT_DURABLE: Final = "; SET LOCAL synchronous_commit = off"
_NOW: Final = "extract(epoch FROM statement_timestamp())::float8"
_NOW_AFTER_LOCKS: Final = "extract(epoch FROM clock_timestamp())::float8"
_ADVICE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (codes.DiskFull, "the disk of PostgreSQL is full: free space there, nothing was lost"),
    (codes.InsufficientPrivilege, "the user may not do that: make it the owner of ozhivi's database"),
    (codes.ReadOnlySqlTransaction, "this PostgreSQL only reads: give the address of the primary"),
    (codes.ConnectionTimeout, "PostgreSQL does not answer in time: see that it runs and is not overloaded"),
    (psycopg.OperationalError, "PostgreSQL does not answer or refuses us: check address, database, user, password"),
    (psycopg.ProgrammingError, "PostgreSQL's address is not understood, or its tables were changed: see the cause"),
)
_PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")
_TIME: Final = re.compile(r"(?<!:):now\b")


class _Form(NamedTuple):
    """A way to run a statement."""

    text: str
    """The text, with parameters as `%s`."""
    names: tuple[str, ...]
    """Which they are."""


class _Forms(NamedTuple):
    """A statement as PostgreSQL takes it."""

    plain: _Form
    """As it is."""
    prepared: _Form
    """By its name in a session that has prepared it."""
    name: str
    """That name."""
    prepare: str
    """The statement that gives it the name."""


class _Connection(Connection[tuple[Any, ...]]):
    """A connection that sends what it is told as it is, parameters in it: several statements go at once."""

    prepared: set[str] | None = None
    """Names of the statements that its session has prepared; None where a pooler may change the session."""


class PostgresDialect:
    """A PostgreSQL database; see `skill.database.dialect.Dialect`.

    Args:
        address: "postgresql://…" or "host=… dbname=…".

    Raises:
        DatabaseDownError: The address is not understood.
    """

    errors: Final = (psycopg.Error, OSError)
    """Types of the driver\'s errors."""
    transient: Final = (
        codes.DeadlockDetected,
        codes.SerializationFailure,
        codes.InvalidSqlStatementName,  # somebody has emptied the session, or changed the tables under its plans
        codes.FeatureNotSupported,
    )
    """Those after which the same transaction may succeed at once."""
    flush: Final = None
    """Nothing: a commit does it."""
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

    def connect(self, call: Call) -> _Connection:
        connection = _Connection.connect(self._address, autocommit=True, cursor_factory=ClientCursor)
        call.connection = connection
        try:
            if not self._open:
                self._check(connection)
            self._open = True
            ((session,),) = connection.execute("SELECT pg_backend_pid()").fetchall()
            if session == connection.info.backend_pid:  # a pooler makes up the one that it tells
                connection.prepared = set()
        except BaseException:
            connection.close()
            raise
        return connection

    def answers(self, connection: _Connection) -> bool:
        # What a server says by itself is that it ends.
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return not poll.poll(0)

    def begin(self, connection: _Connection, call: Call) -> float:
        words = [_BEGIN]
        if not call.durable or call.erase:  # log and pages are the server's, which keeps deleted rows until it vacuums
            words.append(_NOT_DURABLE)
        if call.alone:
            words.append(f"; SELECT pg_advisory_xact_lock({zlib.crc32(call.alone.encode())})")
        ((now,),) = _send(connection, f"{''.join(words)}; SELECT {_NOW_AFTER_LOCKS}")[-1].rows
        return call.clock() if call.clock else float(now)

    def run(self, connection: _Connection, statements: Sequence[Statement]) -> list[Answer]:
        return _run(connection, "", statements)

    def run_alone(self, connection: _Connection, call: Call, statements: Sequence[Statement]) -> list[Answer]:
        now = call.clock() if call.clock else None
        begin = _BEGIN_ALONE if call.durable or call.reading else _BEGIN_ALONE + _NOT_DURABLE
        timed = [Statement(sql, {"now": now, **values}) for sql, values in statements]
        return _run(connection, f"{begin}; ", timed)[-len(timed) :]

    def commit(self, connection: _Connection) -> None:
        connection.execute("COMMIT").close()

    def recover(self, connection: _Connection) -> bool:
        with suppress(psycopg.Error, OSError):
            if not connection.closed and connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.execute("ROLLBACK").close()
            if not connection.closed and connection.info.transaction_status is TransactionStatus.IDLE:
                return True
        connection.close()
        return False

    @staticmethod
    @lru_cache(maxsize=1024)
    def translate(sql: str) -> str:
        return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))

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

    def _check(self, connection: _Connection) -> None:
        with connection.execute("SELECT to_regclass(%s) IS NOT NULL", (VERSION_TABLE,)) as cursor:
            ((made,),) = cursor.fetchall()
        found = ""
        if made:
            with connection.execute(f"SELECT version_num FROM {VERSION_TABLE}".encode()) as cursor:
                found = "".join(str(version) for (version,) in cursor.fetchall())
        if wrong := fault(found):
            raise DatabaseVersionError(wrong)


def _run(connection: _Connection, before: str, statements: Sequence[Statement]) -> list[Answer]:
    """The answers to `before` and to statements; those of a session that keeps plans call what it has prepared."""
    forms = [_forms(sql, values.get("now", 0.0) is None) for sql, values in statements]
    if connection.prepared is None:
        used = [form.plain for form in forms]
    else:
        new = {form.name: form.prepare for form in forms if form.name not in connection.prepared}
        if new:
            _send(connection, "; ".join(new.values()))
            connection.prepared |= new.keys()
        used = [form.prepared for form in forms]
    given = [values[name] for form, (_, values) in zip(used, statements, strict=True) for name in form.names]
    return _send(connection, before + "; ".join(form.text for form in used), given)


@lru_cache(maxsize=1024)
def _forms(sql: str, own_clock: bool) -> _Forms:
    """The ways to run a statement of ours; with its own clock, `:now` is the server's time when it comes."""
    sql = _TIME.sub(_NOW if own_clock else ":now::float8", sql)
    every = tuple(_PARAMETER.findall(sql))
    names = tuple(dict.fromkeys(every))
    name = f"ozhivi_{sha256(sql.encode()).hexdigest()[:16]}"
    numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
    call = f"EXECUTE {name}" + (f" ({', '.join(['%s'] * len(names))})" if names else "")
    plain = _Form(_PARAMETER.sub("%s", sql.replace("%", "%%")), every)
    return _Forms(plain, _Form(call, names), name, f"PREPARE {name} AS {numbered}")


def _send(connection: _Connection, text: str, values: Sequence[object] | None = None) -> list[Answer]:
    """The answers to statements that are sent at once; without a BEGIN among them, they are a transaction."""
    answers = []
    try:
        cursor = connection.execute(text.encode(), values)
    except (codes.InvalidSqlStatementName, codes.FeatureNotSupported):
        connection.prepared = None
        raise
    with cursor:
        while True:
            result = cursor.pgresult
            answers.append(Answer(cursor.fetchall() if result and result.nfields else [], cursor.rowcount))
            if not cursor.nextset():
                return answers
