"""Cache of the last quarter of an hour's replies, by their message: whoever asks twice hears the same, also after a
restart."""

from __future__ import annotations

import asyncio
import hmac
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Final, Self, TypeVar

import structlog

from skill.background import periodic
from skill.clock import steady_time
from skill.dialog.sealed import Seal

KEEP: Final = 900.0  # seconds that a reply is kept
LEASE: Final = 25.0  # seconds after which nobody works any more at what another process began
_BUSY: Final = 0.2  # seconds to wait for another process's lock
_PATIENCE: Final = 0.3  # seconds that a turn waits for the file, whatever is the matter with it
_PAUSE: Final = 1.0  # seconds without it after that
_PURGE_SECONDS: Final = 60.0  # between two purges
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, body BLOB, lease REAL NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replies_by_age ON replies (expires);
"""
_T = TypeVar("_T")

log = structlog.get_logger(__name__)


class Claim(Enum):
    """The right to work at a message that has no reply yet."""

    MINE = "mine"
    """Nobody has worked at it; it is for whoever asked."""
    OTHERS = "others"
    """Another process is at it."""
    UNKNOWN = "unknown"
    """The file does not answer."""


class _FrozenError(Exception):
    """The file does not answer in time."""


class ReplyCache:
    """An SQLite file (WAL, 0600) that is never waited for longer than 0.3 s; replies, which may hold a link or a code,
    are sealed in it under the service's secret.

    What could not be written while it was locked is kept in memory and written when it is free again.
    """

    def __init__(self, path: Path, secret: bytes, clock: Callable[[], float] = steady_time) -> None:
        self._path, self._seal, self._clock = path, Seal(hmac.digest(secret, b"ozhivi replies", "sha256")), clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="replies")
        self._base: sqlite3.Connection
        self._frozen_until = 0.0
        self._unsaved: dict[str, tuple[bytes, float]] = {}
        self._saving: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, secret: bytes, clock: Callable[[], float] = steady_time) -> Self:
        """Open or make the file; one that is damaged is made anew, nothing in it is older than minutes.

        Args:
            path: the SQLite file.
            secret: of the service.
            clock: seconds since 1970.

        Raises:
            sqlite3.Error, OSError: the file can't be opened.
        """
        replies = cls(path, secret, clock)
        try:
            await replies._in_thread(replies._connect_anew)
        except BaseException:
            replies._thread.shutdown(wait=False)
            raise
        return replies

    async def claim(self, key: str) -> bytes | Claim:
        """The reply that is kept, else the right to make one. `key`: of the message."""
        body, expires = self._unsaved.get(key, (b"", 0.0))
        if expires > self._clock():
            return body
        try:
            return await self._soon(lambda: self._claim(key))
        except _FrozenError:
            return Claim.UNKNOWN

    def keep(self, key: str, body: bytes) -> None:
        """Keep a reply, UTF-8, for 15 minutes. It is in memory at once and in the file within milliseconds, with all
        that came meanwhile; nobody waits for that: who dies in between would have died before it as well."""
        self._unsaved[key] = (body, self._clock() + KEEP)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_all())

    async def purge(self) -> None:
        """Delete what is past its time, also from the file's log."""
        with suppress(_FrozenError):
            await self._soon(self._purge)

    async def close(self) -> None:
        """Close the file, after one last try to save what is not saved yet."""
        if self._saving is not None:
            self._saving.cancel()
            with suppress(asyncio.CancelledError):
                await self._saving
        if self._unsaved:
            with suppress(sqlite3.Error):
                await self._in_thread(self._save)
        await self._in_thread(self._base.close)
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _soon(self, work: Callable[[], _T]) -> _T:
        """Raises _FrozenError at once where the file has just been seen locked, else after at most 0.3 s."""
        now = asyncio.get_running_loop().time
        if now() < self._frozen_until:
            raise _FrozenError
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._in_thread(work)
        except (TimeoutError, sqlite3.Error) as error:
            if now() >= self._frozen_until:  # the first of many that waited
                log.warning("replies_frozen", error=type(error).__name__)
            self._frozen_until = now() + _PAUSE
            raise _FrozenError from None

    async def _save_all(self) -> None:
        while self._unsaved:
            try:
                await self._soon(self._save)
            except _FrozenError:
                await asyncio.sleep(_PAUSE)

    def _connect_anew(self) -> None:
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") not in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
                raise
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            self._connect()

    def _connect(self) -> None:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._base = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)
        try:
            # NORMAL: a power cut may lose the last replies, never the file; nobody waits for the disk
            for line in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
                self._base.execute(f"PRAGMA {line}").close()
            self._base.executescript(_SCHEMA).close()
        except BaseException:
            self._base.close()
            raise

    def _change(self, change: Callable[[], _T]) -> _T:
        self._base.execute("BEGIN IMMEDIATE").close()
        try:
            value = change()
            self._base.execute("COMMIT").close()
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK").close()
            raise
        return value

    def _claim(self, key: str) -> bytes | Claim:
        now = self._clock()

        def change() -> bytes | Claim:
            row = self._base.execute("SELECT body, lease, expires FROM replies WHERE key = ?", (key,)).fetchone()
            if row is not None and row[2] > now:
                if row[0] is not None and (body := self._seal.open(row[0])) is not None:
                    return body.encode()
                if row[0] is None and row[1] > now:
                    return Claim.OTHERS
            row = (key, None, now + LEASE, now + KEEP)
            self._base.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", row).close()
            return Claim.MINE

        return self._change(change)

    def _save(self) -> None:
        unsaved = list(self._unsaved.items())
        rows = [(key, self._seal.close(body.decode()), 0.0, expires) for key, (body, expires) in unsaved]
        self._change(lambda: self._base.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", rows).close())
        for key, *_ in rows:
            self._unsaved.pop(key, None)

    def _purge(self) -> None:
        now = self._clock()
        for key in [key for key, (_, expires) in list(self._unsaved.items()) if expires <= now]:
            self._unsaved.pop(key, None)
        self._change(lambda: self._base.execute("DELETE FROM replies WHERE expires <= ?", (now,)).close())
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@asynccontextmanager
async def open_reply_cache(path: Path, secret: bytes) -> AsyncIterator[ReplyCache]:
    """The cache, purged once a minute while the block runs; arguments and errors as `ReplyCache.open`."""
    replies = await ReplyCache.open(path, secret)
    try:
        async with periodic(_PURGE_SECONDS, replies.purge, name="replies_not_swept"):
            yield replies
    finally:
        await replies.close()
