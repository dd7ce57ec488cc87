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
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import Lock
from typing import TypeVar


def client_network(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 household has."""
    try:
        parsed = ip_address(address.split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else f"{int(parsed) >> 64:x}/64"
    return str(parsed)


TRIES_PER_QUARTER, TRIES_PER_DAY = 5, 20  # wrong codes from one address
GUESSES_PER_CODE = 50  # wrong codes from anywhere while a code lives; then it is withdrawn, its link stays
PHOTO_SECONDS = 3600.0  # after its photo came a ticket takes other wishes on the same photo
UPLOADS = 30  # of one ticket, all wishes and refused photos together

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, code BLOB UNIQUE, guesses INTEGER NOT NULL DEFAULT 0,
    until REAL NOT NULL, expires REAL NOT NULL, digest TEXT NOT NULL DEFAULT '', job TEXT NOT NULL DEFAULT '',
    uploads INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS links (
    token BLOB PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tries (address BLOB NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tries_by_address ON tries (address, at);
"""
_Answer = TypeVar("_Answer")


class TicketError(Exception):
    """A ticket that does not let in."""


class UnknownTicketError(TicketError):
    """No such ticket: wrong, expired or withdrawn. Which of these, nobody is told."""


class UsedTicketError(TicketError):
    """Another photo has come with this ticket, or too many."""


class TooManyTriesError(TicketError):
    """Too many wrong codes from this address. `seconds`: until the next try."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many wrong codes, next try in {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A new ticket, to be told once: the link's token (256 bit) and six digits, where it has some. `expires`: seconds
    since 1970."""

    token: str
    code: str
    expires: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that lets in. `user`: whose it is. `expires`: seconds since 1970. `digest`, `job`: of the photo
    that came, empty before."""

    user: str
    expires: float
    digest: str = ""
    job: str = ""


class Tickets:
    """Tickets in an SQLite file (":memory:" in tests), shared by all processes of a service.

    At rest tokens are hashes; codes and addresses, which are short, are keyed hashes under `secret`. `seconds`: how
    long a ticket waits for its photo; `keep`: how long it then still leads to what was made of it. Methods run in a
    thread and never block the event loop.
    """

    def __init__(
        self,
        path: Path | str,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86400.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = hmac.digest(secret, b"ozhivi tickets", "sha256")
        self._seconds = seconds
        self._keep = keep
        self._clock = clock
        self._door = Lock()
        if path != ":memory:":
            Path(path).touch(mode=0o600)
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
            self._base.execute(line).close()
        self._base.executescript(_SCHEMA).close()

    async def issue(self, user: str, *, typed: bool = True) -> IssuedTicket:
        """A new ticket for `user`; one that nobody will type has no code."""
        return await self._within(lambda: self._issue(user, typed))

    async def get(self, token: str) -> Ticket:
        """The ticket of a link, unchanged. Raises UnknownTicketError."""
        return await self._within(lambda: self._find(token)[1])

    async def redeem(self, token: str, digest: str, *, replace: bool = False) -> Ticket:
        """Let the photo `digest` in. The same photo may come again, with another wish; another one only to `replace`
        a photo that came to nothing. Raises UnknownTicketError, UsedTicketError."""
        return await self._within(lambda: self._redeem(token, digest, replace))

    async def set_job(self, token: str, job: str) -> None:
        """Remember the ticket's job, so that the page finds it again when it is reloaded."""
        await self._within(lambda: self._run("UPDATE tickets SET job = ? WHERE id = ?", job, self._find(token)[0]))

    async def token_for_code(self, code: str, address: str) -> str:
        """A new link's token for six digits, which work once. Raises UnknownTicketError, TooManyTriesError."""
        found = await self._within(lambda: self._by_code(code, address))
        if found is None:  # raised outside of the transaction, in which the wrong try is counted
            raise UnknownTicketError
        return found

    async def forget(self, user: str) -> int:
        """Nothing of the user's tickets is left; how many there were."""
        return await self._within(lambda: self._delete("user = ?", user))

    async def purge(self) -> None:
        """Delete what is past its time."""
        await self._within(lambda: self._run("DELETE FROM tries WHERE at <= ?", self._clock() - 86400))

    async def close(self) -> None:
        def locked() -> None:
            with self._door:  # a purge may still be at it, and SQLite crashes when its connection is closed under it
                self._base.close()

        await asyncio.to_thread(locked)

    async def _within(self, work: Callable[[], _Answer]) -> _Answer:
        """Run `work` in a thread, in one transaction, after expired tickets were deleted."""

        def locked() -> _Answer:
            with self._door:
                self._run("BEGIN IMMEDIATE")
                try:
                    self._run("DELETE FROM tickets WHERE expires <= ?", self._clock())
                    answer = work()
                except BaseException:
                    self._run("ROLLBACK")
                    raise
                self._run("COMMIT")
                return answer

        return await asyncio.to_thread(locked)

    def _run(self, line: str, *values: object) -> None:
        self._base.execute(line, values).close()

    def _delete(self, which: str, *values: object) -> int:
        with closing(self._base.execute(f"DELETE FROM tickets WHERE {which}", values)) as done:
            return done.rowcount

    def _row(self, line: str, *values: object) -> tuple[object, ...] | None:
        with closing(self._base.execute(line, values)) as found:
            row: tuple[object, ...] | None = found.fetchone()
            return row

    def _issue(self, user: str, typed: bool) -> IssuedTicket:
        code = self._free_code() if typed else ""
        expires = self._clock() + self._seconds
        with closing(
            self._base.execute(
                "INSERT INTO tickets (user, code, until, expires) VALUES (?, ?, ?, ?)",
                (user, self._keyed(code) if code else None, expires, expires),
            )
        ) as done:
            return IssuedTicket(self._link(done.lastrowid), code, expires)

    def _free_code(self) -> str:
        while True:
            code = f"{secrets.randbelow(1_000_000):06}"
            if self._row("SELECT 1 FROM tickets WHERE code = ?", self._keyed(code)) is None:
                return code

    def _link(self, ticket: object) -> str:
        token = secrets.token_urlsafe(32)
        self._run("INSERT INTO links VALUES (?, ?)", _hashed(token), ticket)
        return token

    def _find(self, token: str) -> tuple[int, Ticket, int, float]:
        """Row, ticket, uploads, until when they are taken. Found by its hash: what a clock could tell is of the hash,
        not of the token."""
        row = self._row(
            "SELECT id, user, expires, digest, job, uploads, token, until FROM tickets JOIN links ON ticket = id "
            "WHERE token = ?",
            _hashed(token),
        )
        match row:
            case (int(key), str(user), float(expires), str(digest), str(job), int(uploads), bytes(kept), float(until)):
                if hmac.compare_digest(kept, _hashed(token)):
                    return key, Ticket(user, expires, digest, job), uploads, until
        raise UnknownTicketError

    def _redeem(self, token: str, digest: str, replace: bool) -> Ticket:
        key, ticket, uploads, until = self._find(token)
        if until <= self._clock():
            raise UnknownTicketError
        other = bool(ticket.digest) and not hmac.compare_digest(ticket.digest, digest)
        if (other and not replace) or uploads >= UPLOADS:
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

    def _by_code(self, code: str, address: str) -> str | None:
        who = self._keyed(client_network(address))
        self._check_tries(who)
        row = self._row("SELECT id FROM tickets WHERE code = ?", self._keyed(code))
        if row is not None:
            self._run("UPDATE tickets SET code = NULL WHERE id = ?", row[0])
            return self._link(row[0])
        self._run("INSERT INTO tries VALUES (?, ?)", who, self._clock())
        self._run("UPDATE tickets SET guesses = guesses + 1 WHERE code IS NOT NULL")
        self._run("UPDATE tickets SET code = NULL WHERE guesses >= ?", GUESSES_PER_CODE)
        return None

    def _check_tries(self, who: bytes) -> None:
        now = self._clock()
        for limit, span in ((TRIES_PER_QUARTER, 900.0), (TRIES_PER_DAY, 86400.0)):
            row = self._row(
                "SELECT at FROM tries WHERE address = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
                who, now - span, limit - 1,
            )  # fmt: skip
            if row is not None and isinstance(row[0], float):
                raise TooManyTriesError(row[0] + span - now)

    def _keyed(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
