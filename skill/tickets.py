"""Tickets: the right to upload one photo, as a link that can't be guessed or six digits to type."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, Self, TypeVar

from skill import guess_pace, ticket_jobs
from skill.client_network import client_household, client_networks
from skill.clock import steady_time
from skill.guess_pace import WaitingLine
from skill.ticket_file import TicketFile
from skill.ticket_model import IssuedTicket, Ticket, UnknownTicketError, UsedTicketError
from skill.tracing.spans import traceparent

PHOTO_SECONDS: Final = 3600.0
"""Seconds after its photo came in which a ticket takes other wishes on the same photo."""
UPLOAD_SECONDS: Final = 1800.0
"""Seconds that a photo may take to come in, if it began to in its ticket's time: longer than that time over 2G."""
MAX_UPLOADS: Final = 30
"""Uploads with one ticket, all wishes and refused photos together."""
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

    At rest tokens are hashes; codes and addresses, which are short, are keyed hashes under a secret. Methods never
    block the event loop, nor others' threads where the file is locked; all of them raise sqlite3.Error where the file
    can't be used.
    """

    def __init__(
        self,
        file: TicketFile,
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
        self._file = file

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
            WrongSettings: The file can't be used.
        """
        return cls(await TicketFile.open(path), secret, seconds=seconds, keep=keep, clock=clock, sleep=sleep)

    def now(self) -> float:
        """The time of the tickets' clock, in seconds since 1970."""
        return self._clock()

    async def issue(self, user: str, *, typed: bool = True, address: str = "", cards: bool = False) -> IssuedTicket:
        """Issue a ticket.

        Args:
            user: Opaque key of the person whose it is.
            typed: Whether there is to be a code that can be typed.
            address: IP address of whoever asks for it, where no assistant vouches for the user; else empty.
            cards: Whether the user's assistant shows pictures in cards.
        """
        trace = traceparent()  # not of the thread
        return await self._transact(lambda: self._issue(user, typed, address, cards, trace))

    async def get(self, token: str) -> Ticket:
        """The ticket of a link. Raises UnknownTicketError."""
        return await self._file.read(lambda: self._get(token))

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
        await self._transact(lambda: self._file.run(line, digest, _hashed(token)))

    async def withdraw(self, token: str) -> None:
        """End a ticket whose photo has not come: its link and code open nothing any more. Others stay as they are."""
        line = "DELETE FROM tickets WHERE uploads = 0 AND id IN (SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._file.run(line, _hashed(token)))

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
        return await self._file.read(lambda: ticket_jobs.jobs_of(self._file.connection, self._find(token).key))

    async def detach_photo(self, token: str) -> None:
        """Take the photo off its ticket before its jobs are deleted, so that no job of an upload that is on its way
        comes after that; another photo may come. Nothing where there is no such ticket."""
        line = "UPDATE tickets SET digest = '' WHERE id IN (SELECT ticket FROM links WHERE token = ?)"
        await self._transact(lambda: self._file.run(line, _hashed(token)))

    async def forget_jobs(self, token: str) -> None:
        """Forget the jobs of a ticket, which are deleted. Nothing where there is no such ticket."""
        gone = "SELECT ticket FROM links WHERE token = ?"
        await self._transact(
            lambda: self._file.run(f"DELETE FROM ticket_jobs WHERE ticket IN ({gone})", _hashed(token))
        )

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
        return await self._transact(lambda: self._file.run("DELETE FROM tickets WHERE user = ?", user))

    async def purge(self) -> None:
        """Delete what is past its time."""
        await self._transact(lambda: guess_pace.purge(self._file.connection, self._clock()))

    async def close(self) -> None:
        """Close the file after what is being done."""
        await self._file.close()

    async def _transact(self, work: Callable[[], _T]) -> _T:
        """Do `work` in one transaction, after expired tickets were deleted."""

        def timely() -> _T:
            self._file.run("DELETE FROM tickets WHERE expires <= ?", self._clock())
            return work()

        return await self._file.transact(timely)

    def _issue(self, user: str, typed: bool, address: str, cards: bool, trace: str) -> IssuedTicket:
        code = self._free_code() if typed else ""
        expires = self._clock() + self._seconds
        household = self._keyed(client_household(address)).hex() if address else ""
        line = "INSERT INTO tickets (user, code, until, expires, household, cards, trace) VALUES (?, ?, ?, ?, ?, ?, ?)"
        values = (user, self._keyed(code) if code else None, expires, expires, household, cards, trace)
        return IssuedTicket(self._add_link(self._file.insert(line, *values)), code, expires)

    def _free_code(self) -> str:
        while True:
            code = f"{secrets.randbelow(1_000_000):06}"
            if self._file.row("SELECT 1 FROM tickets WHERE code = ?", self._keyed(code)) is None:
                return code

    def _add_link(self, ticket: object) -> str:
        token = secrets.token_urlsafe(32)
        self._file.run("INSERT INTO links VALUES (?, ?)", _hashed(token), ticket)
        return token

    def _find(self, token: str) -> _TicketRow:
        """The row of a link. It is found by its hash: what a clock could tell is of the hash, not of the token."""
        row = self._file.row(
            "SELECT token, id, uploads, until, user, expires, cards, digest, job, household, trace FROM tickets "
            "JOIN links ON ticket = id WHERE token = ? AND expires > ?",
            _hashed(token),
            self._clock(),
        )
        match row:
            case (bytes(found), int(key), int(uploads), float(until), str(user), float(expires), cards, *texts):
                if hmac.compare_digest(found, _hashed(token)):
                    digest, job, household, trace = map(str, texts)
                    ticket = Ticket(user, expires, digest, job, household, until, bool(cards), trace)
                    return _TicketRow(key, ticket, uploads)
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
        self._file.run("UPDATE tickets SET expires = max(expires, ?) WHERE id = ?", now + UPLOAD_SECONDS, row.key)
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
        self._file.run(
            "UPDATE tickets SET digest = ?, job = ?, until = ?, expires = ?, uploads = uploads + 1, code = NULL "
            "WHERE id = ?",
            digest, job := "" if other else ticket.job, until, expires, key,
        )  # fmt: skip
        return replace(ticket, expires=expires, digest=digest, job=job, until=until)

    def _count_wish(self, token: str) -> None:
        row = self._find(token)
        if row.uploads >= MAX_UPLOADS:
            raise UsedTicketError
        self._file.run("UPDATE tickets SET uploads = uploads + 1 WHERE id = ?", row.key)

    def _set_job(self, token: str, job: str, digest: str) -> None:
        row = self._find(token)
        if digest and row.ticket.digest != digest:
            raise UnknownTicketError
        expires = self._clock() + max(PHOTO_SECONDS, self._keep)  # the page lives as long as its newest clip
        self._file.run("UPDATE tickets SET job = ?, expires = max(expires, ?) WHERE id = ?", job, expires, row.key)
        ticket_jobs.add(self._file.connection, row.key, job)

    def _token_for_code(self, code: str, networks: tuple[str, ...]) -> tuple[str, float]:
        """The token, or the seconds until it is the code's turn; neither for a wrong code."""
        now, hashed, everybody = self._clock(), [self._keyed(one) for one in networks], self._keyed("everybody")
        if seconds := guess_pace.waiting_time(self._file.connection, hashed, everybody, now):
            return "", seconds
        row = self._file.row("SELECT id FROM tickets WHERE code = ? AND until > ?", self._keyed(code), now)
        if row is None:
            guess_pace.note_wrong(self._file.connection, hashed, everybody, now)
            return "", 0.0
        self._file.run("UPDATE tickets SET code = NULL WHERE id = ?", row[0])
        return self._add_link(row[0]), 0.0

    def _keyed(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
