"""Memory of the dialog: consent, pending wishes, invitations, jobs and the conversation's state, by user."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from skill.background import periodic
from skill.clock import steady_time
from skill.database_file import naming_file, prepare
from skill.dialog.sealed import Seal
from skill.dialog.user_record import Invitation, JobOrigin, PendingWish, UserRecord

_HOUR, _DAY = 3600.0, 86400.0
STATE_SECONDS: Final = _DAY
WISH_SECONDS: Final = _HOUR  # a wish for a photo that did not come by then is forgotten
JOB_SECONDS: Final = 7 * _DAY  # longer than a clip lives, to say that it is over
CONSENT_SECONDS: Final = 365 * _DAY  # since it was last of use
EXPLAINED_SECONDS: Final = 365 * _DAY  # by then an explanation is worth repeating
WRONG_DIGITS_LIMIT: Final = 3  # in an hour, then no more are taken
_PURGE_SECONDS: Final = 60.0  # between two purges
_BUSY_SECONDS: Final = 0.4  # longest wait for another process's lock
_LATEST_INVITATIONS: Final = 6  # of a user that are looked at

_VERSION: Final = 1  # of the tables; raise it with each change of them
_LOSS: Final = "everybody agrees to the rules again, and open questions are forgotten"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS consents (
    user TEXT PRIMARY KEY, version INTEGER NOT NULL, given REAL NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS talks (
    session TEXT PRIMARY KEY, user TEXT NOT NULL, talk TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wanted (
    user TEXT PRIMARY KEY, gestures TEXT NOT NULL, face TEXT, adult INTEGER NOT NULL, at REAL NOT NULL,
    expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invitations (
    number INTEGER PRIMARY KEY, user TEXT NOT NULL, session TEXT NOT NULL, sealed BLOB NOT NULL, at REAL NOT NULL,
    until REAL NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    job TEXT PRIMARY KEY, user TEXT NOT NULL, session TEXT NOT NULL, root TEXT NOT NULL, invitation INTEGER NOT NULL,
    digits TEXT NOT NULL, announced INTEGER NOT NULL DEFAULT 0, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong (user TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS explained (
    user TEXT NOT NULL, what TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (user, what)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS talks_user ON talks (user);
CREATE INDEX IF NOT EXISTS invitations_user ON invitations (user);
CREATE INDEX IF NOT EXISTS jobs_user ON jobs (user);
CREATE INDEX IF NOT EXISTS wrong_user ON wrong (user);
"""
_TABLES: Final = ("consents", "talks", "wanted", "invitations", "jobs", "wrong", "explained")
_T = TypeVar("_T")


class Memory:
    """An SQLite file (WAL, 0600) with one thread of its own: the event loop never waits for the disk, and a frozen disk
    holds up nobody else. Links and codes are sealed under the service's secret. Methods raise sqlite3.Error."""

    def __init__(self, path: Path | str, secret: bytes, *, clock: Callable[[], float] = steady_time) -> None:
        self._path, self._seal, self._clock = path, Seal(secret), clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dialog")
        self._base: sqlite3.Connection

    @classmethod
    async def open(cls, path: Path | str, secret: bytes, *, clock: Callable[[], float] = steady_time) -> Self:
        """Open or make the file. Raises WrongSettings."""
        memory = cls(path, secret, clock=clock)
        try:
            await memory._within(memory._connect)
        except BaseException:
            memory._thread.shutdown(wait=False)
            raise
        return memory

    async def load(self, user: str, session: str) -> UserRecord:
        """Everything of the user, with the state of the session."""
        return await self._within(lambda: self._load(user, session))

    async def record_consent(self, user: str, version: int) -> None:
        """Note that the user agrees, now, to the rules in this version."""
        now = self._clock()
        line = "INSERT OR REPLACE INTO consents VALUES (?, ?, ?, ?)"
        await self._change(line, user, version, now, now + CONSENT_SECONDS)

    async def save_turn(
        self,
        user: str,
        session: str,
        state: Mapping[str, Any],
        origins: Sequence[JobOrigin] = (),
        *,
        keep: float = 0.0,
    ) -> None:
        """Keep the conversation's state after a turn, and origins that have become known. A consent that is of use
        lives on, and so do the invitations of those origins, for `keep` seconds from now."""
        text, now = json.dumps(state), self._clock()

        def work() -> None:
            self._run("INSERT OR REPLACE INTO talks VALUES (?, ?, ?, ?)", session, user, text, now + STATE_SECONDS)
            self._run("UPDATE consents SET expires = ? WHERE user = ?", now + CONSENT_SECONDS, user)
            for origin in origins:
                self._add_origin(user, origin, now, keep)

        await self._write(work)

    async def save_pending_wish(self, user: str, wish: PendingWish) -> None:
        """Keep a wish for the photo to come, from now on."""
        now = self._clock()
        await self._change(
            "INSERT OR REPLACE INTO wanted VALUES (?, ?, ?, ?, ?, ?)",
            user, json.dumps(wish.gestures), wish.face, wish.adult, now, now + WISH_SECONDS,
        )  # fmt: skip

    async def pending_wish(self, user: str) -> PendingWish:
        """The wish for the photo that has just come; an empty one where nothing was said."""
        return await self._within(lambda: self._pending_wish(user))

    async def add_invitation(
        self, user: str, session: str, *, token: str = "", code: str = "", until: float, keep: float
    ) -> None:
        """Note that a link and a code were given, or that our page was pushed.

        Args:
            user: whose photo is to come.
            session: in which it was invited.
            token: secret of the upload link; empty after a push.
            code: six digits; empty after a push.
            until: seconds since 1970 until when a photo may come by it.
            keep: seconds from now for which it is known which job came of it.
        """
        now = self._clock()
        sealed = self._seal.close(f"{token} {code}")
        await self._change(
            "INSERT INTO invitations (user, session, sealed, at, until, expires) VALUES (?, ?, ?, ?, ?, ?)",
            user, session, sealed, now, until, now + keep,
        )  # fmt: skip

    async def end_invitations(self, user: str, numbers: Sequence[int]) -> None:
        """Note that no photo is awaited by these invitations any more, and nothing is wished for it."""
        now = self._clock()

        def work() -> None:
            for number in numbers:
                line = "UPDATE invitations SET until = ? WHERE user = ? AND number = ? AND until > ?"
                self._run(line, now, user, number, now)
            self._run("DELETE FROM wanted WHERE user = ?", user)

        await self._write(work)

    async def add_origin(self, user: str, origin: JobOrigin, *, keep: float = 0.0) -> None:
        """Note a job whose origin has just become known; its invitation lives on for `keep` seconds from now."""
        await self._write(lambda: self._add_origin(user, origin, self._clock(), keep))

    async def mark_announced(self, user: str, jobs: Sequence[str]) -> None:
        """Note that the end of these jobs was announced, once and for all."""

        def work() -> None:
            for job in jobs:
                self._run(
                    "INSERT INTO jobs (job, user, session, root, invitation, digits, announced, expires)"
                    " VALUES (?, ?, '', ?, 0, '', 1, ?) ON CONFLICT (job) DO UPDATE SET announced = 1",
                    job, user, job, self._clock() + JOB_SECONDS,
                )  # fmt: skip

        await self._write(work)

    async def mark_explained(self, user: str, what: str) -> None:
        """Note that `what` was explained to the user."""
        line = "INSERT OR REPLACE INTO explained VALUES (?, ?, ?)"
        await self._change(line, user, what, self._clock() + EXPLAINED_SECONDS)

    async def count_wrong_digits(self, user: str) -> None:
        """Count digits that fit no job, for an hour."""
        await self._change("INSERT INTO wrong VALUES (?, ?)", user, self._clock() + _HOUR)

    async def forget_jobs(self, jobs: Sequence[str]) -> None:
        """Delete what is remembered of deleted jobs."""

        def work() -> None:
            for job in jobs:
                self._run("DELETE FROM jobs WHERE job = ?", job)

        await self._write(work)

    async def forget(self, user: str) -> int:
        """Delete everything of the user, consent included; the number of rows that there were."""

        def work() -> int:
            return sum(self._run(f"DELETE FROM {table} WHERE user = ?", user) for table in _TABLES)

        return await self._write(work)

    async def purge(self) -> None:
        """Delete what is past its time."""

        def work() -> None:
            for table in _TABLES:
                self._run(f"DELETE FROM {table} WHERE expires <= ?", self._clock())

        await self._write(work)

    async def close(self) -> None:
        """Close the file and its thread."""
        await self._within(self._base.close)
        self._thread.shutdown()

    async def _within(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _write(self, work: Callable[[], _T]) -> _T:
        """Do `work` in one transaction: all of it, or nothing."""

        def whole() -> _T:
            self._run("BEGIN IMMEDIATE")
            try:
                answer = work()
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")
            return answer

        return await self._within(whole)

    async def _change(self, line: str, *values: object) -> None:
        await self._write(lambda: self._run(line, *values))

    def _connect(self) -> None:
        with naming_file(self._path, _LOSS):
            if self._path != ":memory:":
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its log the same mode
            self._base = sqlite3.connect(
                self._path, check_same_thread=False, isolation_level=None, timeout=_BUSY_SECONDS
            )
            for line in ("PRAGMA journal_mode=WAL", "PRAGMA secure_delete=ON", "PRAGMA synchronous=NORMAL"):
                self._base.execute(line).close()
            prepare(self._base, self._path, _SCHEMA, version=_VERSION, loss=_LOSS)

    def _run(self, line: str, *values: object) -> int:
        cursor = self._base.execute(line, values)
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    def _rows(self, line: str, *values: object) -> list[Any]:
        return self._base.execute(line, values).fetchall()

    def _add_origin(self, user: str, origin: JobOrigin, now: float, keep: float) -> None:
        """An origin that is known already stays: a job does not change hands."""
        line = "UPDATE invitations SET expires = max(expires, ?) WHERE user = ? AND number = ?"
        self._run(line, now + keep, user, origin.invitation)
        self._run(
            "INSERT INTO jobs (job, user, session, root, invitation, digits, announced, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (job) DO UPDATE SET session = excluded.session,"
            " root = excluded.root, invitation = excluded.invitation, digits = excluded.digits WHERE session = ''",
            origin.job, user, origin.session, origin.root, origin.invitation, origin.digits, now + JOB_SECONDS,
        )  # fmt: skip

    def _load(self, user: str, session: str) -> UserRecord:
        now = self._clock()
        consent = self._rows("SELECT version FROM consents WHERE user = ? AND expires > ?", user, now)
        state = self._rows("SELECT talk FROM talks WHERE session = ? AND user = ? AND expires > ?", session, user, now)
        (wrong_digits,) = self._rows("SELECT count(*) FROM wrong WHERE user = ? AND expires > ?", user, now)[0]
        explained = self._rows("SELECT what FROM explained WHERE user = ? AND expires > ?", user, now)
        line = "SELECT job, session, root, invitation, digits, announced FROM jobs WHERE user = ? AND expires > ?"
        jobs = self._rows(line, user, now)
        return UserRecord(
            consent=consent[0][0] if consent else 0,
            state=json.loads(state[0][0]) if state else {},
            pending_wish=self._pending_wish(user),
            invitations=self._invitations(user, now),
            jobs={row[0]: JobOrigin(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in jobs},
            wrong_digits=wrong_digits,
            explained=frozenset(row[0] for row in explained),
        )

    def _pending_wish(self, user: str) -> PendingWish:
        line = "SELECT gestures, face, adult, at FROM wanted WHERE user = ? AND expires > ?"
        for gestures, face, adult, at in self._rows(line, user, self._clock()):
            return PendingWish(tuple(json.loads(gestures)), face, bool(adult), at)
        return PendingWish()

    def _invitations(self, user: str, now: float) -> tuple[Invitation, ...]:
        rows = self._rows(
            "SELECT number, session, sealed, at, until FROM invitations WHERE user = ? AND expires > ?"
            " ORDER BY number DESC LIMIT ?",
            user, now, _LATEST_INVITATIONS,
        )  # fmt: skip
        invitations = []
        for number, session, sealed, at, until in rows:
            opened = self._seal.open(sealed)
            if opened is not None:
                token, _, code = opened.partition(" ")
                invitations.append(Invitation(number, session, token, code, at, until))
        return tuple(invitations)


@asynccontextmanager
async def open_memory(
    path: Path | str, secret: bytes, *, clock: Callable[[], float] = steady_time
) -> AsyncIterator[Memory]:
    """The memory, purged once a minute while the block runs.

    Args:
        path: the SQLite file, made where there is none; ":memory:" in tests.
        secret: of the service; links and codes can't be read back without it.
        clock: seconds since 1970.

    Raises:
        WrongSettings: the file can't be used.
    """
    memory = await Memory.open(path, secret, clock=clock)
    try:
        async with periodic(_PURGE_SECONDS, memory.purge, name="dialog_not_swept"):
            yield memory
    finally:
        await memory.close()
