"""Cache of the last quarter of an hour's replies, by their message: whoever asks twice hears the same, also after a
restart."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import Final

import structlog

from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.database.transaction import Answer, Statement, bind, upsert
from skill.dialog.sealed import Seal

KEEP: Final = 900.0  # seconds that a reply is kept
LEASE: Final = 25.0  # seconds after which nobody works any more at what another process began
_PATIENCE: Final = 0.3  # seconds that a turn waits for the database, whatever is the matter with it
_PAUSE: Final = 1.0  # seconds without it after that
# The right to work at a message is taken where nobody has it, or has had it for too long.
_CLAIM: Final = """
    INSERT INTO ozhivi_replies AS known (key, lease, expires) VALUES (:key, :now + :lease, :now + :keep)
    ON CONFLICT (key) DO UPDATE SET body = NULL, lease = excluded.lease, expires = excluded.expires
    WHERE known.expires <= :now OR known.body IS NULL AND known.lease <= :now OR known.body = :unreadable
"""
_FIND: Final = "SELECT body FROM ozhivi_replies WHERE key = :key AND expires > :now"
_KEEP: Final = upsert("ozhivi_replies", "key", "body", "lease", expires=":now + :keep")

log = structlog.get_logger(__name__)


class Claim(Enum):
    """The right to work at a message that has no reply yet."""

    MINE = "mine"
    """Nobody has worked at it; it is for whoever asked."""
    OTHERS = "others"
    """Another process is at it."""
    UNKNOWN = "unknown"
    """The database does not answer."""


class _FrozenError(Exception):
    """The database does not answer in time."""


class ReplyCache:
    """Replies in the service's database, which is never waited for longer than 0.3 s; they may hold a link or a code,
    and are sealed under the service's secret.

    What could not be written while it was locked or down is kept in memory and written when it answers again.

    Args:
        database: Where they are.
        secret: Of the service.
    """

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._seal = Seal(hmac.digest(secret, b"ozhivi replies", "sha256"))
        self._frozen_until = 0.0
        self._unsaved: dict[str, tuple[bytes, float]] = {}
        self._saving: asyncio.Task[None] | None = None

    async def claim(self, key: str) -> bytes | Claim:
        """The reply that is kept, else the right to make one. `key`: of the message."""
        body, expires = self._unsaved.get(key, (b"", 0.0))
        if expires > self._database.now():
            return body
        try:
            return await self._claim(key)
        except _FrozenError:
            return Claim.UNKNOWN

    def keep(self, key: str, body: bytes) -> None:
        """Keep a reply, UTF-8, for 15 minutes. It is in memory at once and in the database within milliseconds, with
        all that came meanwhile; nobody waits for that: who dies in between would have died before it as well."""
        self._unsaved[key] = (body, self._database.now() + KEEP)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_all())

    async def close(self) -> None:
        """Try once more to save what is not saved yet."""
        if self._saving is not None:
            self._saving.cancel()
            with suppress(asyncio.CancelledError):
                await self._saving
        if self._unsaved:
            with suppress(DatabaseDownError):
                await self._database.change(*self._save(self._unsaved), durable=False)

    async def _soon(self, *changes: Statement) -> list[Answer]:
        """Raises _FrozenError at once where the database has just been seen locked, else after at most 0.3 s."""
        now = asyncio.get_running_loop().time
        if now() < self._frozen_until:
            raise _FrozenError
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._database.change(*changes, durable=False, patience=_PATIENCE)
        except (TimeoutError, DatabaseDownError) as error:
            if now() >= self._frozen_until:  # the first of many that waited
                log.warning("replies_frozen", error=type(error).__name__)
            self._frozen_until = now() + _PAUSE
            raise _FrozenError from None

    async def _save_all(self) -> None:
        while unsaved := dict(self._unsaved):
            try:
                await self._soon(*self._save(unsaved))
                for key, kept in unsaved.items():
                    if self._unsaved.get(key) == kept:
                        del self._unsaved[key]
            except _FrozenError:
                await asyncio.sleep(_PAUSE)
                now = self._database.now()
                self._unsaved = {key: kept for key, kept in self._unsaved.items() if kept[1] > now}

    async def _claim(self, key: str) -> bytes | Claim:
        unreadable = b""
        while True:
            (claimed,) = await self._soon(bind(_CLAIM, key=key, lease=LEASE, keep=KEEP, unreadable=unreadable))
            if claimed.number:
                return Claim.MINE
            (found,) = await self._soon(bind(_FIND, key=key))
            for (sealed,) in found.rows:  # none where its time has just ended
                if sealed is None:
                    return Claim.OTHERS
                if (body := self._seal.open(sealed)) is not None:
                    return body.encode()
                unreadable = sealed  # of another secret: made anew

    def _save(self, unsaved: Mapping[str, tuple[bytes, float]]) -> list[Statement]:
        """The changes that write these replies."""
        return [
            bind(_KEEP, key=key, body=self._seal.close(body.decode()), lease=0.0, keep=expires - self._database.now())
            for key, (body, expires) in unsaved.items()
        ]
