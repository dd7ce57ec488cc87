"""Tickets: the right to upload one photo, as a link that can't be guessed or six digits to type."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, Self, TypeVar

from skill import guess_pace, ticket_jobs
from skill.client_network import client_household, client_networks
from skill.clock import steady_time
from skill.database_file import naming_file, prepare
from skill.guess_pace import WaitingLine
from skill.ticket_model import IssuedTicket, Ticket, UnknownTicketError, UsedTicketError

PHOTO_SECONDS: Final = 3600.0
"""Seconds after its photo came in which a ticket takes other wishes on the same photo."""
UPLOAD_SECONDS: Final = 1800.0
"""Seconds that a photo may take to come in, if it began to in its ticket's time: longer than that time over 2G."""
MAX_UPLOADS: Final = 30
"""Uploads with one ticket, all wishes and refused photos together."""
_BUSY: Final = 2.0
"""Seconds to wait for another process's lock."""
_LATE: Final = 5.0
"""Seconds after which nobody waits for a transaction any more that could not begin."""

_VERSION: Final = 1  # of the tables; raise it with each change of them
_LOSS: Final = "links and codes that were given out are dead, and nothing else"
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, code BLOB UNIQUE,
    until REAL NOT NULL, expires REAL NOT NULL, digest TEXT NOT NULL DEFAULT '', job TEXT NOT NULL DEFAULT '',
    uploads INTEGER NOT NULL DEFAULT 0, household TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS links (
    token BLOB PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE) WITHOUT ROWID;
{ticket_jobs.SCHEMA}
{guess_pace.SCHEMA}
"""
_T = TypeVar("_T")


class _TicketRow(NamedTuple):
    """A ticket as it is in the table."""

    key: int
    """Primary key."""
    ticket: Ticket
    """The ticket."""
    uploads: int
    """Uploads so far."""


class Tickets:
    """Tickets in an SQLite file, shared by all processes of a service.

    At rest tokens are hashes; codes and addresses, which are short, are keyed hashes under a secret. Methods run in a
    thread of their own and never block the event loop, nor others' threads where the file is locked; all of them raise
    sqlite3.Error where the file can't be used.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86_400.0,
        clock: Callable[[], float] = steady_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._secret = hmac.digest(secret, b"ozhivi tickets", "sha256")
        self._seconds = seconds
        self._keep = keep
        self._clock = clock
        self._line = WaitingLine(sleep)
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tickets")

    @classmethod
    async def open(
        cls,
        path: Path | str,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86_400.0,
        clock: Callable[[], float] = steady_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Self:
        """Open the file, or make it (0600).

        Args:
            path: Of the file; ":memory:" in tests.
            secret: Of the service; codes can't be read back without it.
            seconds: Seconds that a ticket waits for its photo.
            keep: Seconds that it then still leads to what was made of the photo.
            clock: Seconds since 1970.
            sleep: Waits so many seconds.

        Raises:
            sqlite3.Error, OSError: The file can't be opened.
        """
        connection = await asyncio.to_thread(_connect, path)
        return cls(connection, secret, seconds=seconds, keep=keep, clock=clock, sleep=sleep)

    def now(self) -> float:
        """The time of the tickets' clock, in seconds since 1970."""
        return self._clock()

    async def issue(self, user: str, *, typed: bool = True, address: str = "") -> IssuedTicket:
        """Issue a ticket.

        Args:
            user: Opaque key of the person whose it is.
            typed: Whether there is to be a code that can be typed.
            address: IP address of whoever asks for it, where no assistant vouches for the user; else empty.
        """
        return await self._transact(lambda: self._issue(user, typed, address))

    async def get(self, token: str) -> Ticket:
        """The ticket of a link. Raises UnknownTicketError."""
        return await self._transact(lambda: self._get(token))

    async def begin_upload(self, token: str) -> float:
        """Note that a photo begins to come in, which the ticket will wait for.

        Args:
            token: Of the ticket's link.

        Returns:
            The time, for `redeem`: seconds since 1970.

        Raises:
            UnknownTicketError: The ticket's time is over.
        """
        return await self._transact(lambda: self._begin_upload(token))

    async def redeem(self, token: str, digest: str, *, instead_of: str = "", begun: float | None = None) -> Ticket:
        """Count an upload and remember its photo: of several that come at once, only the first is taken.

        Args:
            token: Of the ticket's link.
            digest: SHA-256 of the photo, in hex. The same photo may come again, with another wish.
            instead_of: The job of a photo that came before, and whose place another may take; empty where none may.
            begun: The time at which the photo began to come in; None for now.

        Returns:
            The ticket as it is now.

        Raises:
            UnknownTicketError: It takes no more uploads.
            UsedTicketError: Another photo has come with it, or too many.
        """
        return await self._transact(lambda: self._redeem(token, digest, instead_of, begun))

    async def count_wish(self, token: str) -> None:
        """Count another wish on a photo that came, as an upload. Raises UnknownTicketError, and UsedTicketError where
        there were too many."""
        await self._transact(lambda: self._count_wish(token))

    async def release(self, token: str, digest: str) -> None:
        """Forget a photo that became no job, so that another may come."""
        line = "UPDATE tickets SET digest = '' WHERE digest = ? AND job = '' AND id IN "
        line += "(SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._run(line, digest, _hashed(token)))

    async def withdraw(self, token: str) -> None:
        """End a ticket whose photo has not come: its link and code open nothing any more. Others stay as they are."""
        line = "DELETE FROM tickets WHERE uploads = 0 AND id IN (SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._run(line, _hashed(token)))

    async def set_job(self, token: str, job: str, *, digest: str = "") -> None:
        """Remember a job of a ticket, so that the page finds it again when it is reloaded.

        Args:
            token: Of the ticket's link.
            job: Queue's id of the job.
            digest: SHA-256, in hex, of the photo that the job was made of; empty for a new wish on an earlier job.

        Raises:
            UnknownTicketError: There is no such ticket, or its photo was deleted meanwhile.
        """
        await self._transact(lambda: self._set_job(token, job, digest))

    async def jobs(self, token: str) -> tuple[str, ...]:
        """Queue's ids of all jobs of a ticket, the oldest first. Raises UnknownTicketError."""
        return await self._transact(lambda: ticket_jobs.jobs_of(self._connection, self._find(token).key))

    async def detach_photo(self, token: str) -> None:
        """Take the photo off its ticket before its jobs are deleted, so that no job of an upload that is on its way
        comes after that; another photo may come. Nothing where there is no such ticket."""
        line = "UPDATE tickets SET digest = '' WHERE id IN (SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._run(line, _hashed(token)))

    async def forget_jobs(self, token: str) -> None:
        """Forget the jobs of a ticket, which are deleted. Nothing where there is no such ticket."""
        gone = "SELECT ticket FROM links WHERE token = ?"
        await self._transact(lambda: self._run(f"DELETE FROM ticket_jobs WHERE ticket IN ({gone})", _hashed(token)))

    async def token_for_code(self, code: str, address: str, *, wanted: Callable[[], bool] = lambda: True) -> str:
        """Exchange a code for a link's token; each code works once. A right one always does, if it has to wait for its
        turn, as those of a network do from which many wrong ones came.

        Args:
            code: Six digits.
            address: IP address that they come from.
            wanted: Whether somebody still waits for the answer.

        Raises:
            UnknownTicketError: There is no such code; the try is counted.
            TooManyTriesError: Its turn does not come within 25 s; it was not looked at.
        """
        networks = client_networks(address)

        async def attempt() -> tuple[str, float]:
            return await self._transact(lambda: self._token_for_code(code, networks))

        token = await self._line.look_up(networks[0], attempt, wanted)
        if not token:  # raised outside of the transaction, in which the wrong try is counted
            raise UnknownTicketError
        return token

    async def forget(self, user: str) -> int:
        """Delete all tickets of a user; how many there were."""
        return await self._transact(lambda: self._run("DELETE FROM tickets WHERE user = ?", user))

    async def purge(self) -> None:
        """Delete what is past its time."""
        await self._transact(lambda: guess_pace.purge(self._connection, self._clock()))

    async def close(self) -> None:
        """Close the file after what is being done."""
        # in its thread: SQLite crashes when its connection is closed under a statement of another
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    async def _transact(self, work: Callable[[], _T]) -> _T:
        """Run `work` in the file's thread, in one transaction, after expired tickets were deleted."""
        due = time.monotonic() + _LATE

        def transact() -> _T:
            if time.monotonic() > due:
                raise sqlite3.OperationalError("others before it took too long")
            self._run("BEGIN IMMEDIATE")
            try:
                self._run("DELETE FROM tickets WHERE expires <= ?", self._clock())
                answer = work()
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")
            return answer

        return await asyncio.get_running_loop().run_in_executor(self._thread, transact)

    def _run(self, line: str, *values: object) -> int:
        """Run a statement; how many rows changed."""
        with closing(self._connection.execute(line, values)) as cursor:
            return cursor.rowcount

    def _row(self, line: str, *values: object) -> tuple[object, ...] | None:
        """The first row of a query."""
        with closing(self._connection.execute(line, values)) as cursor:
            row: tuple[object, ...] | None = cursor.fetchone()
            return row

    def _issue(self, user: str, typed: bool, address: str) -> IssuedTicket:
        code = self._free_code() if typed else ""
        expires = self._clock() + self._seconds
        household = self._keyed(client_household(address)).hex() if address else ""
        line = "INSERT INTO tickets (user, code, until, expires, household) VALUES (?, ?, ?, ?, ?)"
        values = (user, self._keyed(code) if code else None, expires, expires, household)
        with closing(self._connection.execute(line, values)) as cursor:
            return IssuedTicket(self._add_link(cursor.lastrowid), code, expires)

    def _free_code(self) -> str:
        while True:
            code = f"{secrets.randbelow(1_000_000):06}"
            if self._row("SELECT 1 FROM tickets WHERE code = ?", self._keyed(code)) is None:
                return code

    def _add_link(self, ticket: object) -> str:
        token = secrets.token_urlsafe(32)
        self._run("INSERT INTO links VALUES (?, ?)", _hashed(token), ticket)
        return token

    def _find(self, token: str) -> _TicketRow:
        """The row of a link. It is found by its hash: what a clock could tell is of the hash, not of the token."""
        row = self._row(
            "SELECT token, id, uploads, until, user, expires, digest, job, household FROM tickets "
            "JOIN links ON ticket = id WHERE token = ?",
            _hashed(token),
        )
        match row:
            case (bytes(found), int(key), int(uploads), float(until), str(user), float(expires), *texts):
                if hmac.compare_digest(found, _hashed(token)):
                    digest, job, household = map(str, texts)
                    return _TicketRow(key, Ticket(user, expires, digest, job, household, until), uploads)
        raise UnknownTicketError

    def _get(self, token: str) -> Ticket:
        row = self._find(token)
        if (
            not row.ticket.digest and row.ticket.until <= self._clock()
        ):  # it is only there for a photo that is coming in
            raise UnknownTicketError
        return row.ticket

    def _begin_upload(self, token: str) -> float:
        now, row = self._clock(), self._find(token)
        if row.ticket.until <= now:
            raise UnknownTicketError
        self._run("UPDATE tickets SET expires = max(expires, ?) WHERE id = ?", now + UPLOAD_SECONDS, row.key)
        return now

    def _redeem(self, token: str, digest: str, instead_of: str, begun: float | None) -> Ticket:
        key, ticket, uploads = self._find(token)
        until = ticket.until
        if until <= (self._clock() if begun is None else begun):
            raise UnknownTicketError
        other = bool(ticket.digest) and not hmac.compare_digest(ticket.digest, digest)
        # without a job the photo that came is about to become one
        replaceable = bool(ticket.job) and ticket.job == instead_of
        if (other and not replaceable) or uploads >= MAX_UPLOADS:
            raise UsedTicketError
        expires = ticket.expires
        if not uploads:
            until = self._clock() + PHOTO_SECONDS
            expires = self._clock() + max(PHOTO_SECONDS, self._keep)
        self._run(
            "UPDATE tickets SET digest = ?, job = ?, until = ?, expires = ?, uploads = uploads + 1, code = NULL "
            "WHERE id = ?",
            digest, job := "" if other else ticket.job, until, expires, key,
        )  # fmt: skip
        return replace(ticket, expires=expires, digest=digest, job=job, until=until)

    def _count_wish(self, token: str) -> None:
        row = self._find(token)
        if row.uploads >= MAX_UPLOADS:
            raise UsedTicketError
        self._run("UPDATE tickets SET uploads = uploads + 1 WHERE id = ?", row.key)

    def _set_job(self, token: str, job: str, digest: str) -> None:
        row = self._find(token)
        if digest and row.ticket.digest != digest:
            raise UnknownTicketError
        expires = self._clock() + max(PHOTO_SECONDS, self._keep)  # the page lives as long as its newest clip
        self._run("UPDATE tickets SET job = ?, expires = max(expires, ?) WHERE id = ?", job, expires, row.key)
        ticket_jobs.add(self._connection, row.key, job)

    def _token_for_code(self, code: str, networks: tuple[str, ...]) -> tuple[str, float]:
        """The token, or the seconds until it is the code's turn; neither for a wrong code."""
        now, hashed, everybody = self._clock(), [self._keyed(one) for one in networks], self._keyed("everybody")
        if seconds := guess_pace.waiting_time(self._connection, hashed, everybody, now):
            return "", seconds
        row = self._row("SELECT id FROM tickets WHERE code = ? AND until > ?", self._keyed(code), now)
        if row is None:
            guess_pace.note_wrong(self._connection, hashed, everybody, now)
            return "", 0.0
        self._run("UPDATE tickets SET code = NULL WHERE id = ?", row[0])
        return self._add_link(row[0]), 0.0

    def _keyed(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _connect(path: Path | str) -> sqlite3.Connection:
    with naming_file(path, _LOSS):
        if path != ":memory:":
            Path(path).touch(mode=0o600)
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=_BUSY)
        try:
            for line in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
                connection.execute(line).close()
            _add_household(connection)
            prepare(connection, path, _SCHEMA, version=_VERSION, loss=_LOSS)
        except BaseException:
            connection.close()
            raise
        return connection


def _add_household(connection: sqlite3.Connection) -> None:
    """Complete a file that was made before there was such a column."""
    connection.execute("BEGIN IMMEDIATE").close()
    with closing(connection.execute("SELECT name FROM pragma_table_info('tickets')")) as cursor:
        columns = {name for (name,) in cursor}
    if columns and "household" not in columns:
        connection.execute("ALTER TABLE tickets ADD COLUMN household TEXT NOT NULL DEFAULT ''").close()
    connection.execute("COMMIT").close()


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
