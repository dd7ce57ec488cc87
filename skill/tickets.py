"""Tickets: the right to upload one photo, as a link that can't be guessed or six digits to type."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

from skill import guess_pace
from skill.client_network import client_household, client_networks
from skill.database.database import Database
from skill.database.transaction import Transaction, bind
from skill.guess_pace import WaitingLine
from skill.ticket_model import IssuedTicket, Ticket, UnknownTicketError, UsedTicketError
from skill.tracing.spans import traceparent

PHOTO_SECONDS: Final = 3600.0
"""Seconds after its photo came in which a ticket takes other wishes on the same photo."""
UPLOAD_SECONDS: Final = 1800.0
"""Seconds that a photo may take to come in, if it began to in its ticket's time: longer than that time over 2G."""
MAX_UPLOADS: Final = 30
"""Uploads with one ticket, all wishes and refused photos together."""

# A link is found by its hash: what a clock could tell is of the hash, not of the token.
_OF_LINK: Final = "id = (SELECT ticket FROM ozhivi_links WHERE token = :token)"
_COLUMNS: Final = '"user", expires, digest, job, household, until, cards, trace'
_IS_THERE: Final = f"SELECT 1 FROM ozhivi_tickets WHERE {_OF_LINK} AND expires > :now"
# One that waits in vain is only there for a photo that is coming in.
_FIND: Final = f"""
    SELECT {_COLUMNS} FROM ozhivi_tickets WHERE {_OF_LINK} AND expires > :now AND (digest <> '' OR until > :now)
"""
_INSERT: Final = """
    INSERT INTO ozhivi_tickets ("user", code, until, expires, household, cards, trace)
    VALUES (:user, :code, :until, :until, :household, :cards, :trace) ON CONFLICT (code) DO NOTHING RETURNING id
"""
_BEGIN_UPLOAD: Final = f"""
    UPDATE ozhivi_tickets SET expires = CASE WHEN expires < :now + :longer THEN :now + :longer ELSE expires END
    WHERE {_OF_LINK} AND until > :now RETURNING :now
"""
# Of several photos that come at once only the first is taken. Another one takes its place only where it became the job
# that it may take the place of; without a job it is about to become one.
_REDEEM: Final = f"""
    UPDATE ozhivi_tickets SET digest = :digest, job = CASE WHEN digest IN ('', :digest) THEN job ELSE '' END,
        until = CASE WHEN uploads = 0 THEN :now + :waits ELSE until END,
        expires = CASE WHEN uploads = 0 THEN :now + :keep ELSE expires END, uploads = uploads + 1, code = NULL
    WHERE {_OF_LINK} AND expires > :now AND until > coalesce(:begun, :now) AND uploads < :most
        AND (digest IN ('', :digest) OR job <> '' AND job = :instead_of)
    RETURNING {_COLUMNS}
"""
_WAITS: Final = f"{_IS_THERE} AND until > coalesce(:begun, :now)"
_COUNT_WISH: Final = f"""
    UPDATE ozhivi_tickets SET uploads = uploads + 1 WHERE {_OF_LINK} AND expires > :now AND uploads < :most
"""
_SET_JOB: Final = f"""
    UPDATE ozhivi_tickets
    SET job = :job, expires = CASE WHEN expires < :now + :keep THEN :now + :keep ELSE expires END
    WHERE {_OF_LINK} AND expires > :now AND (:digest = '' OR digest = :digest)
"""
_ADD_JOB: Final = f"""
    INSERT INTO ozhivi_ticket_jobs (ticket, job) SELECT id, job FROM ozhivi_tickets
    WHERE {_OF_LINK} AND expires > :now AND job = :job ON CONFLICT DO NOTHING
"""
_JOBS: Final = """
    SELECT job FROM ozhivi_ticket_jobs WHERE ticket = (SELECT ticket FROM ozhivi_links WHERE token = :token)
    ORDER BY number
"""
_TAKE_CODE: Final = "UPDATE ozhivi_tickets SET code = NULL WHERE code = :code AND until > :now RETURNING id"


class Tickets:
    """Tickets in the service's database.

    At rest tokens are hashes; codes and addresses, which are short, are keyed hashes under a secret. All methods raise
    DatabaseDownError.

    Args:
        database: Where they are.
        secret: Of the service; codes can't be read back without it.
        seconds: Seconds that a ticket waits for its photo.
        keep: Seconds that it then still leads to what was made of the photo.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        database: Database,
        secret: bytes,
        *,
        seconds: float = 900.0,
        keep: float = 86_400.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._secret = hmac.digest(secret, b"ozhivi tickets", "sha256")
        self._seconds, self._longest = seconds, max(PHOTO_SECONDS, keep)
        self._line = WaitingLine(sleep)
        self._database = database

    def now(self) -> float:
        """The time by which a page says how long a ticket waits, in seconds since 1970."""
        return self._database.now()

    async def issue(self, user: str, *, typed: bool = True, address: str = "", cards: bool = False) -> IssuedTicket:
        """Issue a ticket.

        Args:
            user: Opaque key of the person whose it is.
            typed: Whether there is to be a code that can be typed.
            address: IP address of whoever asks for it, where no assistant vouches for the user; else empty.
            cards: Whether the user's assistant shows pictures in cards.
        """
        trace = traceparent()  # not of the thread
        return await self._database.write(lambda done: self._issue(done, user, typed, address, cards, trace))

    async def get(self, token: str) -> Ticket:
        """The ticket of a link. Raises UnknownTicketError."""

        for row in await self._database.rows(_FIND, token=_hashed(token)):
            return _ticket(row)
        raise UnknownTicketError

    async def begin_upload(self, token: str) -> float:
        """Note that a photo begins to come in, which the ticket will wait for.

        Args:
            token: Of the ticket's link.

        Returns:
            The time, for `redeem`: seconds since 1970.

        Raises:
            UnknownTicketError: The ticket's time is over.
        """

        (began,) = await self._database.change(bind(_BEGIN_UPLOAD, token=_hashed(token), longer=UPLOAD_SECONDS))
        for (now,) in began.rows:
            return float(now)
        raise UnknownTicketError

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

        values = {"token": _hashed(token), "begun": begun}
        times = {"waits": PHOTO_SECONDS, "keep": self._longest}
        waits, taken = await self._database.change(
            bind(_WAITS, **values),
            bind(_REDEEM, digest=digest, instead_of=instead_of, most=MAX_UPLOADS, **values, **times),
        )
        for row in taken.rows:
            return _ticket(row)
        raise UsedTicketError if waits.rows else UnknownTicketError

    async def count_wish(self, token: str) -> None:
        """Count another wish on a photo that came, as an upload. Raises UnknownTicketError, and UsedTicketError where
        there were too many."""

        link = _hashed(token)
        counted, found = await self._database.change(
            bind(_COUNT_WISH, token=link, most=MAX_UPLOADS), bind(_IS_THERE, token=link)
        )
        if not counted.number:
            raise UsedTicketError if found.rows else UnknownTicketError

    async def release(self, token: str, digest: str) -> None:
        """Forget a photo that became no job, so that another may come."""
        line = f"UPDATE ozhivi_tickets SET digest = '' WHERE digest = :digest AND job = '' AND {_OF_LINK}"
        await self._database.run(line, digest=digest, token=_hashed(token))

    async def withdraw(self, token: str) -> None:
        """End a ticket whose photo has not come: its link and code open nothing any more. Others stay as they are."""
        await self._database.run(f"DELETE FROM ozhivi_tickets WHERE uploads = 0 AND {_OF_LINK}", token=_hashed(token))

    async def set_job(self, token: str, job: str, *, digest: str = "") -> None:
        """Remember a job of a ticket, so that the page finds it again when it is reloaded.

        Args:
            token: Of the ticket's link.
            job: Queue's id of the job.
            digest: SHA-256, in hex, of the photo that the job was made of; empty for a new wish on an earlier job.

        Raises:
            UnknownTicketError: There is no such ticket, or its photo was deleted meanwhile.
        """

        values = {"token": _hashed(token), "job": job}
        is_set, _ = await self._database.change(
            bind(_SET_JOB, digest=digest, keep=self._longest, **values),  # the page lives as long as its newest clip
            bind(_ADD_JOB, **values),
        )
        if not is_set.number:
            raise UnknownTicketError

    async def jobs(self, token: str) -> tuple[str, ...]:
        """Queue's ids of all jobs of a ticket, the oldest first. Raises UnknownTicketError."""

        link = _hashed(token)
        found, jobs = await self._database.ask(bind(_IS_THERE, token=link), bind(_JOBS, token=link))
        if not found:
            raise UnknownTicketError
        return tuple(str(job) for (job,) in jobs)

    async def detach_photo(self, token: str) -> None:
        """Take the photo off its ticket before its jobs are deleted, so that no job of an upload that is on its way
        comes after that; another photo may come. Nothing where there is no such ticket."""
        await self._database.run(f"UPDATE ozhivi_tickets SET digest = '' WHERE {_OF_LINK}", token=_hashed(token))

    async def forget_jobs(self, token: str) -> None:
        """Forget the jobs of a ticket, which are deleted. Nothing where there is no such ticket."""
        gone = "SELECT ticket FROM ozhivi_links WHERE token = :token"
        await self._database.run(f"DELETE FROM ozhivi_ticket_jobs WHERE ticket IN ({gone})", token=_hashed(token))

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
            look = lambda transaction: self._token_for_code(transaction, code, networks)  # noqa: E731
            return await self._database.write(look, alone="codes")

        token = await self._line.look_up(networks[0], attempt, wanted)
        if not token:  # raised outside of the transaction, in which the wrong try is counted
            raise UnknownTicketError
        return token

    async def forget(self, user: str) -> int:
        """Delete all tickets of a user; how many there were."""
        return await self._database.run('DELETE FROM ozhivi_tickets WHERE "user" = :user', user=user)

    def _issue(
        self, transaction: Transaction, user: str, typed: bool, address: str, cards: bool, trace: str
    ) -> IssuedTicket:
        until = transaction.now + self._seconds
        household = self._keyed(client_household(address)).hex() if address else ""
        values = {"user": user, "until": until, "household": household, "cards": int(cards), "trace": trace}
        ticket, code = None, ""
        while ticket is None:  # until a code is free
            code = f"{secrets.randbelow(1_000_000):06}" if typed else ""
            ticket = transaction.value(_INSERT, code=self._keyed(code) if code else None, **values)
        return IssuedTicket(_add_link(transaction, ticket), code, until)

    def _token_for_code(self, transaction: Transaction, code: str, networks: tuple[str, ...]) -> tuple[str, float]:
        """The token, or the seconds until it is the code's turn; neither for a wrong code."""
        hashed, everybody = [self._keyed(one) for one in networks], self._keyed("everybody")
        if seconds := guess_pace.waiting_time(transaction, hashed, everybody):
            return "", seconds
        ticket = transaction.value(_TAKE_CODE, code=self._keyed(code))
        if ticket is None:
            guess_pace.note_wrong(transaction, hashed, everybody)
            return "", 0.0
        return _add_link(transaction, ticket), 0.0

    def _keyed(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def _add_link(transaction: Transaction, ticket: int) -> str:
    token = secrets.token_urlsafe(32)
    transaction.run("INSERT INTO ozhivi_links VALUES (:token, :ticket)", token=_hashed(token), ticket=ticket)
    return token


def _ticket(row: tuple[Any, ...]) -> Ticket:
    """The ticket of a row of _COLUMNS."""
    user, expires, digest, job, household, until, cards, trace = row
    return Ticket(user, expires, digest, job, household, until, bool(cards), trace)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
