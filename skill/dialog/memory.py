"""What the dialog remembers of a user: consent, what was told, what was wished, where the conversation stands."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from skill.dialog.sealed import Seal


@dataclass(frozen=True, slots=True)
class PendingWish:
    """Wished for a photo before it came: gestures, which face (`select_faces`), and whether all on it are adults.
    `at`: when, since 1970; a job that was asked for later has had it."""

    gestures: tuple[str, ...] = ()
    face: str | None = None
    adult: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way for a photo to come. `token`, `code`: empty where our page was pushed. `at`, `until`: since 1970."""

    number: int
    session: str
    token: str
    code: str
    at: float
    until: float

    @property
    def digits(self) -> str:
        return self.code[-2:]


@dataclass(frozen=True, slots=True)
class JobOrigin:
    """A job that the dialog knows of. `session`: which one it belongs to. `root`: the first job on the same photo."""

    job: str
    session: str
    root: str
    invitation: int = 0
    digits: str = ""
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """Everything of a user. `consent`: the version agreed to, 0 for none. `talk`: of the session. `invitations`: the
    newest first. `jobs`: by id. `wrong`: wrong digits within an hour."""

    consent: int
    talk: Mapping[str, Any]
    wanted: PendingWish
    invitations: tuple[Invitation, ...]
    jobs: Mapping[str, JobOrigin]
    wrong: int


_HOUR, _DAY = 3600.0, 86400.0
TALK_SECONDS: Final = _DAY
WANTED_SECONDS: Final = _HOUR  # a wish for a photo that did not come by then is forgotten
JOB_SECONDS: Final = 7 * _DAY  # longer than a video lives, to say that it is over
CONSENT_SECONDS: Final = 365 * _DAY  # since it was last of use
WRONG: Final = 3  # wrong digits in an hour, then no more are taken
_BUSY: Final = 0.4  # seconds to wait for another process's lock
_LATEST: Final = 6  # invitations of a user that are looked at

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
CREATE INDEX IF NOT EXISTS talks_user ON talks (user);
CREATE INDEX IF NOT EXISTS invitations_user ON invitations (user);
CREATE INDEX IF NOT EXISTS jobs_user ON jobs (user);
CREATE INDEX IF NOT EXISTS wrong_user ON wrong (user);
"""
_TABLES: Final = ("consents", "talks", "wanted", "invitations", "jobs", "wrong")
_T = TypeVar("_T")


class Memory:
    """An SQLite file (WAL, 0600; ":memory:" in tests) with one thread of its own: the loop never waits for the disk,
    and a frozen disk holds up nobody else. Links and codes are sealed under `secret`. `clock`: seconds since 1970."""

    def __init__(self, path: Path | str, secret: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._path, self._seal, self._clock = path, Seal(secret), clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dialog")
        self._base: sqlite3.Connection

    @classmethod
    async def open(cls, path: Path | str, secret: bytes, *, clock: Callable[[], float] = time.time) -> Self:
        """Open or make the file. Raises sqlite3.Error, OSError."""
        memory = cls(path, secret, clock=clock)
        try:
            await memory._within(memory._connect)
        except BaseException:
            memory._thread.shutdown(wait=False)
            raise
        return memory

    async def recall(self, user: str, session: str) -> Remembered:
        return await self._within(lambda: self._recall(user, session))

    async def agree(self, user: str, version: int) -> None:
        """Consent was given, now, to this wording."""
        now = self._clock()
        line = "INSERT OR REPLACE INTO consents VALUES (?, ?, ?, ?)"
        await self._change(line, user, version, now, now + CONSENT_SECONDS)

    async def keep(self, user: str, session: str, talk: Mapping[str, Any], met: Sequence[JobOrigin] = ()) -> None:
        """Where the conversation stands after a turn, and jobs whose origin has become known. A consent that is of use
        lives on."""
        text, now = json.dumps(talk), self._clock()

        def work() -> None:
            self._run("INSERT OR REPLACE INTO talks VALUES (?, ?, ?, ?)", session, user, text, now + TALK_SECONDS)
            self._run("UPDATE consents SET expires = ? WHERE user = ?", now + CONSENT_SECONDS, user)
            for job in met:
                self._met(user, job, now)

        await self._write(work)

    async def want(self, user: str, wanted: PendingWish) -> None:
        """For the photo to come, from now on."""
        now = self._clock()
        await self._change(
            "INSERT OR REPLACE INTO wanted VALUES (?, ?, ?, ?, ?, ?)",
            user, json.dumps(wanted.gestures), wanted.face, wanted.adult, now, now + WANTED_SECONDS,
        )  # fmt: skip

    async def wanted(self, user: str) -> PendingWish:
        """What was wished for the photo that has just come; empty where nothing was."""
        return await self._within(lambda: self._wanted(user))

    async def invited(
        self, user: str, session: str, *, token: str = "", code: str = "", until: float, keep: float
    ) -> None:
        """A link and a code were given, or our page pushed; `keep`: seconds that it is known which job came of it."""
        now = self._clock()
        sealed = self._seal.close(f"{token} {code}")
        await self._change(
            "INSERT INTO invitations (user, session, sealed, at, until, expires) VALUES (?, ?, ?, ?, ?, ?)",
            user, session, sealed, now, until, now + keep,
        )  # fmt: skip

    async def met(self, user: str, job: JobOrigin) -> None:
        """A job whose origin has just become known."""
        await self._write(lambda: self._met(user, job, self._clock()))

    async def announced(self, user: str, jobs: Sequence[str]) -> None:
        """These were told, once and for all."""

        def work() -> None:
            for job in jobs:
                self._run(
                    "INSERT INTO jobs (job, user, session, root, invitation, digits, announced, expires)"
                    " VALUES (?, ?, '', ?, 0, '', 1, ?) ON CONFLICT (job) DO UPDATE SET announced = 1",
                    job, user, job, self._clock() + JOB_SECONDS,
                )  # fmt: skip

        await self._write(work)

    async def guessed_wrong(self, user: str) -> None:
        await self._change("INSERT INTO wrong VALUES (?, ?)", user, self._clock() + _HOUR)

    async def drop(self, jobs: Sequence[str]) -> None:
        """Deleted jobs: nothing of them is left here."""

        def work() -> None:
            for job in jobs:
                self._run("DELETE FROM jobs WHERE job = ?", job)

        await self._write(work)

    async def forget(self, user: str) -> int:
        """Nothing of the user is left, consent included; how many things there were."""

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
        await self._within(self._base.close)
        self._thread.shutdown()

    async def _within(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _write(self, work: Callable[[], _T]) -> _T:
        """All of it, or nothing."""

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
        if self._path != ":memory:":
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its log the same mode
        self._base = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=_BUSY)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA secure_delete=ON", "PRAGMA synchronous=NORMAL"):
            self._base.execute(line).close()
        self._base.executescript(_SCHEMA).close()

    def _run(self, line: str, *values: object) -> int:
        cursor = self._base.execute(line, values)
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    def _rows(self, line: str, *values: object) -> list[Any]:
        return self._base.execute(line, values).fetchall()

    def _met(self, user: str, job: JobOrigin, now: float) -> None:
        """What is known already stays: a job does not change hands."""
        self._run(
            "INSERT INTO jobs (job, user, session, root, invitation, digits, announced, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (job) DO UPDATE SET session = excluded.session,"
            " root = excluded.root, invitation = excluded.invitation, digits = excluded.digits WHERE session = ''",
            job.job, user, job.session, job.root, job.invitation, job.digits, now + JOB_SECONDS,
        )  # fmt: skip

    def _recall(self, user: str, session: str) -> Remembered:
        now = self._clock()
        consent = self._rows("SELECT version FROM consents WHERE user = ? AND expires > ?", user, now)
        talk = self._rows("SELECT talk FROM talks WHERE session = ? AND user = ? AND expires > ?", session, user, now)
        (wrong,) = self._rows("SELECT count(*) FROM wrong WHERE user = ? AND expires > ?", user, now)[0]
        line = "SELECT job, session, root, invitation, digits, announced FROM jobs WHERE user = ? AND expires > ?"
        jobs = self._rows(line, user, now)
        return Remembered(
            consent=consent[0][0] if consent else 0,
            talk=json.loads(talk[0][0]) if talk else {},
            wanted=self._wanted(user),
            invitations=self._invitations(user, now),
            jobs={row[0]: JobOrigin(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in jobs},
            wrong=wrong,
        )

    def _wanted(self, user: str) -> PendingWish:
        line = "SELECT gestures, face, adult, at FROM wanted WHERE user = ? AND expires > ?"
        for gestures, face, adult, at in self._rows(line, user, self._clock()):
            return PendingWish(tuple(json.loads(gestures)), face, bool(adult), at)
        return PendingWish()

    def _invitations(self, user: str, now: float) -> tuple[Invitation, ...]:
        rows = self._rows(
            "SELECT number, session, sealed, at, until FROM invitations WHERE user = ? AND expires > ?"
            " ORDER BY number DESC LIMIT ?",
            user, now, _LATEST,
        )  # fmt: skip
        found = []
        for number, session, sealed, at, until in rows:
            opened = self._seal.open(sealed)
            if opened is not None:
                token, _, code = opened.partition(" ")
                found.append(Invitation(number, session, token, code, at, until))
        return tuple(found)
