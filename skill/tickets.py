"""Tickets: the right to upload one photo, as a link that can't be guessed or six digits to type."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, Self, TypeVar

from skill.client_network import client_network

MAX_TRIES_PER_QUARTER: Final = 5
"""Wrong codes from one network in a quarter of an hour."""
MAX_TRIES_PER_DAY: Final = 20
"""Wrong codes from one network in a day."""
MAX_GUESSES_PER_CODE: Final = 50
"""Wrong codes from anywhere while a code lives; then it is withdrawn, its link stays."""
PHOTO_SECONDS: Final = 3600.0
"""Seconds after its photo came in which a ticket takes other wishes on the same photo."""
MAX_UPLOADS: Final = 30
"""Uploads with one ticket, all wishes and refused photos together."""
_QUARTER, _DAY = 900.0, 86_400.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, code BLOB UNIQUE, guesses INTEGER NOT NULL DEFAULT 0,
    until REAL NOT NULL, expires REAL NOT NULL, digest TEXT NOT NULL DEFAULT '', job TEXT NOT NULL DEFAULT '',
    uploads INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS links (
    token BLOB PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tries (address BLOB NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tries_by_address ON tries (address, at);
"""
_T = TypeVar("_T")


class TicketError(Exception):
    """A ticket or code that does not let in."""


class UnknownTicketError(TicketError):
    """No such ticket: wrong, expired or withdrawn. Clients are not told which of these."""


class UsedTicketError(TicketError):
    """Another photo has come with this ticket, or too many."""


class TooManyTriesError(TicketError):
    """Too many wrong codes from this network. `seconds`: until the next try."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many wrong codes, next try in {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A new ticket; only here are token and code in clear."""

    token: str
    """Of the link: 256 random bits."""
    code: str
    """Six digits; empty where nobody will type them."""
    expires: float
    """Seconds since 1970: until when a photo may come."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that lets in."""

    user: str
    """Opaque key of the person whose it is."""
    expires: float
    """Seconds since 1970."""
    digest: str = ""
    """SHA-256 of the photo that came with it, in hex; empty before one has."""
    job: str = ""
    """Queue's id of the job that the photo became; empty where there is none."""


class _TicketRow(NamedTuple):
    """A ticket as it is in the table."""

    key: int
    """Primary key."""
    ticket: Ticket
    """The ticket."""
    uploads: int
    """Uploads so far."""
    until: float
    """Seconds since 1970: until when uploads are taken."""


class Tickets:
    """Tickets in an SQLite file, shared by all processes of a service.

    At rest tokens are hashes; codes and addresses, which are short, are keyed hashes under a secret. Methods run in a
    thread and never block the event loop; all of them raise sqlite3.Error where the file can't be used.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86_400.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = hmac.digest(secret, b"ozhivi tickets", "sha256")
        self._seconds = seconds
        self._keep = keep
        self._clock = clock
        self._lock = Lock()
        self._connection = connection

    @classmethod
    async def open(
        cls,
        path: Path | str,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86_400.0,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Open the file, or make it (0600).

        Args:
            path: Of the file; ":memory:" in tests.
            secret: Of the service; codes can't be read back without it.
            seconds: Seconds that a ticket waits for its photo.
            keep: Seconds that it then still leads to what was made of the photo.
            clock: Seconds since 1970.

        Raises:
            sqlite3.Error, OSError: The file can't be opened.
        """
        connection = await asyncio.to_thread(_connect, path)
        return cls(connection, secret, seconds=seconds, keep=keep, clock=clock)

    async def issue(self, user: str, *, typed: bool = True) -> IssuedTicket:
        """Issue a ticket.

        Args:
            user: Opaque key of the person whose it is.
            typed: Whether there is to be a code that can be typed.
        """
        return await self._transact(lambda: self._issue(user, typed))

    async def get(self, token: str) -> Ticket:
        """The ticket of a link. Raises UnknownTicketError."""
        return await self._transact(lambda: self._find(token).ticket)

    async def redeem(self, token: str, digest: str, *, replace: bool = False) -> Ticket:
        """Count an upload and remember its photo.

        Args:
            token: Of the ticket's link.
            digest: SHA-256 of the photo, in hex. The same photo may come again, with another wish.
            replace: Whether another photo may take the place of the one that came.

        Returns:
            The ticket as it is now.

        Raises:
            UnknownTicketError: It takes no more uploads.
            UsedTicketError: Another photo has come with it, or too many.
        """
        return await self._transact(lambda: self._redeem(token, digest, replace))

    async def withdraw(self, token: str) -> None:
        """End a ticket whose photo has not come: its link and code open nothing any more. Others stay as they are."""
        line = "DELETE FROM tickets WHERE digest = '' AND id IN (SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._run(line, _hashed(token)))

    async def set_job(self, token: str, job: str) -> None:
        """Remember the job of a ticket's photo, so that the page finds it again when it is reloaded. Raises
        UnknownTicketError."""
        line = "UPDATE tickets SET job = ? WHERE id = ?"
        await self._transact(lambda: self._run(line, job, self._find(token).key))

    async def token_for_code(self, code: str, address: str) -> str:
        """Exchange a code for a link's token; each code works once.

        Args:
            code: Six digits.
            address: IP address that they come from.

        Raises:
            UnknownTicketError: There is no such code; the try is counted.
            TooManyTriesError: Too many wrong ones came from this network.
        """
        token = await self._transact(lambda: self._token_for_code(code, address))
        if token is None:  # raised outside of the transaction, in which the wrong try is counted
            raise UnknownTicketError
        return token

    async def forget(self, user: str) -> int:
        """Delete all tickets of a user; how many there were."""
        return await self._transact(lambda: self._run("DELETE FROM tickets WHERE user = ?", user))

    async def purge(self) -> None:
        """Delete what is past its time."""
        await self._transact(lambda: self._run("DELETE FROM tries WHERE at <= ?", self._clock() - _DAY))

    async def close(self) -> None:
        """Close the file after what is being done."""

        def close() -> None:
            with self._lock:  # a purge may still be at it, and SQLite crashes when its connection is closed under it
                self._connection.close()

        await asyncio.to_thread(close)

    async def _transact(self, work: Callable[[], _T]) -> _T:
        """Run `work` in a thread, in one transaction, after expired tickets were deleted."""

        def transact() -> _T:
            with self._lock:
                self._run("BEGIN IMMEDIATE")
                try:
                    self._run("DELETE FROM tickets WHERE expires <= ?", self._clock())
                    answer = work()
                except BaseException:
                    self._run("ROLLBACK")
                    raise
                self._run("COMMIT")
                return answer

        return await asyncio.to_thread(transact)

    def _run(self, line: str, *values: object) -> int:
        """Run a statement; how many rows changed."""
        with closing(self._connection.execute(line, values)) as cursor:
            return cursor.rowcount

    def _row(self, line: str, *values: object) -> tuple[object, ...] | None:
        """The first row of a query."""
        with closing(self._connection.execute(line, values)) as cursor:
            row: tuple[object, ...] | None = cursor.fetchone()
            return row

    def _issue(self, user: str, typed: bool) -> IssuedTicket:
        code = self._free_code() if typed else ""
        expires = self._clock() + self._seconds
        line = "INSERT INTO tickets (user, code, until, expires) VALUES (?, ?, ?, ?)"
        values = (user, self._keyed(code) if code else None, expires, expires)
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
            "SELECT id, user, expires, digest, job, uploads, token, until FROM tickets JOIN links ON ticket = id "
            "WHERE token = ?",
            _hashed(token),
        )
        match row:
            case (int(key), str(user), float(expires), str(digest), str(job), int(uploads), bytes(found), float(until)):
                if hmac.compare_digest(found, _hashed(token)):
                    return _TicketRow(key, Ticket(user, expires, digest, job), uploads, until)
        raise UnknownTicketError

    def _redeem(self, token: str, digest: str, replace: bool) -> Ticket:
        key, ticket, uploads, until = self._find(token)
        if until <= self._clock():
            raise UnknownTicketError
        other = bool(ticket.digest) and not hmac.compare_digest(ticket.digest, digest)
        if (other and not replace) or uploads >= MAX_UPLOADS:
            raise UsedTicketError
        expires = ticket.expires
        if not ticket.digest:
            until = self._clock() + PHOTO_SECONDS
            expires = self._clock() + max(PHOTO_SECONDS, self._keep)
        self._run(
            "UPDATE tickets SET digest = ?, until = ?, expires = ?, uploads = uploads + 1, code = NULL WHERE id = ?",
            digest, until, expires, key,
        )  # fmt: skip
        return Ticket(ticket.user, expires, digest, "" if other else ticket.job)

    def _token_for_code(self, code: str, address: str) -> str | None:
        network = self._keyed(client_network(address))
        self._check_tries(network)
        row = self._row("SELECT id FROM tickets WHERE code = ?", self._keyed(code))
        if row is not None:
            self._run("UPDATE tickets SET code = NULL WHERE id = ?", row[0])
            return self._add_link(row[0])
        self._run("INSERT INTO tries VALUES (?, ?)", network, self._clock())
        self._run("UPDATE tickets SET guesses = guesses + 1 WHERE code IS NOT NULL")
        self._run("UPDATE tickets SET code = NULL WHERE guesses >= ?", MAX_GUESSES_PER_CODE)
        return None

    def _check_tries(self, network: bytes) -> None:
        """Raises TooManyTriesError."""
        now = self._clock()
        for limit, span in ((MAX_TRIES_PER_QUARTER, _QUARTER), (MAX_TRIES_PER_DAY, _DAY)):
            row = self._row(
                "SELECT at FROM tries WHERE address = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
                network, now - span, limit - 1,
            )  # fmt: skip
            if row is not None and isinstance(row[0], float):
                raise TooManyTriesError(row[0] + span - now)

    def _keyed(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _connect(path: Path | str) -> sqlite3.Connection:
    if path != ":memory:":
        Path(path).touch(mode=0o600)
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
        connection.execute(line).close()
    connection.executescript(_SCHEMA).close()
    return connection


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
