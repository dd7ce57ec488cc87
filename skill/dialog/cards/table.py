"""Table of the pictures that the platform has of us: an SQLite file that outlives whoever sent them there."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from skill.database_file import naming_file, prepare

SENDING: Final = 300.0  # seconds after which an upload is no longer under way
DOUBT: Final = 600.0  # seconds that a picture is looked for that may have arrived, or not
_FIRST, _LONGEST = 60.0, 3600.0  # seconds until a deletion is tried again, doubled each time
_BUSY: Final = 0.4  # seconds to wait for another process's lock
_T = TypeVar("_T")

_VERSION: Final = 1  # of the tables; raise it with each change of them
_LOSS: Final = "pictures that lie at the platform are not withdrawn"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS images (
    number INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, image TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'shown', 'gone')), began REAL NOT NULL, used REAL NOT NULL,
    expires REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS images_job ON images (job) WHERE state != 'gone';
CREATE TABLE IF NOT EXISTS doubts (size INTEGER NOT NULL, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS agreed (
    job TEXT PRIMARY KEY, until REAL NOT NULL, tried INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that the platform has."""

    number: int
    """Row of the picture in the table."""
    image: str
    """The platform's id of the picture."""
    size: int
    """Bytes of the JPEG that was sent."""
    tries: int
    """Number of attempts to delete it that were in vain."""


@dataclass(frozen=True, slots=True)
class UncertainUpload:
    """An upload whose end nobody saw: the picture may have arrived all the same."""

    size: int
    """Bytes of the JPEG that was sent."""
    since: float
    """Seconds since 1970 when the upload began."""


class PictureTable:
    """An SQLite file (WAL, 0600) that all processes of a service share. Times are seconds since 1970; every method
    raises sqlite3.Error."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="images")
        self._base: sqlite3.Connection

    @classmethod
    async def open(cls, path: Path | str) -> Self:
        """Open or make the file; ":memory:" in tests. Raises sqlite3.Error, OSError."""
        table = cls(path)
        try:
            await table._within(table._connect)
        except BaseException:
            table._thread.shutdown(wait=False)
            raise
        return table

    async def agree(self, job: str, until: float) -> None:
        """Note that the job's person agreed to a picture in cards, until then."""
        await self._within(lambda: self._run("INSERT OR IGNORE INTO agreed (job, until) VALUES (?, ?)", job, until))

    async def has_agreement(self, job: str, now: float) -> bool:
        """Whether the job's person agreed to a picture in cards."""
        line = "SELECT 1 FROM agreed WHERE job = ? AND until > ?"
        return bool(await self._within(lambda: self._rows(line, job, now)))

    async def awaiting_upload(self, now: float) -> tuple[str, ...]:
        """Jobs with an agreement whose picture was not tried yet; agreements past their time are gone."""

        def work() -> tuple[str, ...]:
            self._run("DELETE FROM agreed WHERE until <= ?", now)
            return tuple(job for (job,) in self._rows("SELECT job FROM agreed WHERE tried = 0"))

        return await self._within(work)

    async def settle(self, job: str) -> None:
        """Take the job from those that await their upload."""
        await self._within(lambda: self._run("UPDATE agreed SET tried = 1 WHERE job = ?", job))

    async def withdraw_agreement(self, jobs: Sequence[str]) -> None:
        """Delete the agreements on these jobs."""
        await self._within(lambda: [self._run("DELETE FROM agreed WHERE job = ?", job) for job in jobs])

    async def begin_upload(self, job: str, size: int, now: float, expires: float) -> int:
        """The number of a new upload; 0 where the job has its picture, or one on its way."""

        def work() -> int:
            line = "INSERT OR IGNORE INTO images (job, size, state, began, used, expires) VALUES (?, ?, ?, ?, ?, ?)"
            if not self._run(line, job, size, "sending", now, now, expires):
                return 0
            return int(self._rows("SELECT last_insert_rowid()")[0][0])

        return await self._within(work)

    async def is_wanted(self, number: int) -> bool:
        """Whether the upload has not been called off."""
        line = "SELECT 1 FROM images WHERE number = ? AND state = 'sending'"
        return await self._within(lambda: bool(self._rows(line, number)))

    async def finish_upload(self, number: int, image: str) -> None:
        """Note that the platform has the picture. It is shown from now on, unless it was called off meanwhile."""
        shown = "CASE state WHEN 'sending' THEN 'shown' ELSE state END"
        line = f"UPDATE images SET image = ?, state = {shown} WHERE number = ?"
        await self._within(lambda: self._run(line, image, number))

    async def drop_upload(self, number: int) -> None:
        """Forget an upload that did not arrive."""
        line = "DELETE FROM images WHERE number = ? AND image = ''"
        await self._within(lambda: self._run(line, number))

    async def add_uncertain(self, size: int, since: float) -> None:
        """Note that a picture of this size may have arrived although its upload failed."""
        await self._within(lambda: self._run("INSERT INTO doubts VALUES (?, ?)", size, since))

    async def picture_id(self, job: str, now: float) -> str:
        """The platform's id of a job's picture, which is of use now; empty where there is none."""

        def work() -> str:
            line = "SELECT image FROM images WHERE job = ? AND state = 'shown' AND expires > ?"
            for (image,) in self._rows(line, job, now):
                self._run("UPDATE images SET used = ? WHERE job = ? AND state = 'shown'", now, job)
                return str(image)
            return ""

        return await self._within(work)

    async def forget(self, jobs: Sequence[str]) -> int:
        """Mark the jobs' pictures for deletion; the number of them."""
        line = "UPDATE images SET state = 'gone', due = 0 WHERE job = ? AND state != 'gone'"
        return await self._within(lambda: sum(self._run(line, job) for job in jobs))

    async def shown_jobs(self) -> tuple[str, ...]:
        """Ids of the jobs that have a picture."""
        rows = await self._within(lambda: self._rows("SELECT job FROM images WHERE state = 'shown'"))
        return tuple(str(job) for (job,) in rows)

    async def take_oldest(self) -> StoredPicture | None:
        """The picture that has not been of use for the longest time, marked for deletion."""

        def work() -> StoredPicture | None:
            line = "SELECT number, image, size, tries FROM images WHERE state = 'shown' ORDER BY used, number LIMIT 1"
            for row in self._rows(line):
                self._run("UPDATE images SET state = 'gone' WHERE number = ?", row[0])
                return StoredPicture(*row)
            return None

        return await self._within(work)

    async def doubt_interrupted(self, now: float) -> None:
        """Make uncertain uploads of those that a crash cut off."""

        def work() -> None:
            cut = "state != 'shown' AND image = '' AND began <= ?"
            self._run(f"INSERT INTO doubts SELECT size, began FROM images WHERE {cut}", now - SENDING)
            self._run(f"DELETE FROM images WHERE {cut}", now - SENDING)

        await self._within(work)

    async def due(self, now: float) -> tuple[StoredPicture, ...]:
        """Pictures to delete: called off, past their time."""

        def work() -> tuple[StoredPicture, ...]:
            self._run("UPDATE images SET state = 'gone', due = 0 WHERE state = 'shown' AND expires <= ?", now)
            line = "SELECT number, image, size, tries FROM images WHERE state = 'gone' AND image != '' AND due <= ?"
            return tuple(StoredPicture(*row) for row in self._rows(line, now))

        return await self._within(work)

    async def remove(self, number: int) -> None:
        """Delete the row of a picture that the platform does not have any more."""
        await self._within(lambda: self._run("DELETE FROM images WHERE number = ?", number))

    async def postpone(self, one: StoredPicture, now: float, seconds: float) -> None:
        """Let a deletion that failed be tried again after a while, at least `seconds`."""
        after = now + max(seconds, min(_LONGEST, _FIRST * 2 ** min(one.tries, 10)))
        line = "UPDATE images SET tries = tries + 1, due = ? WHERE number = ?"
        await self._within(lambda: self._run(line, after, one.number))

    async def uncertain(self) -> tuple[UncertainUpload, ...]:
        """Uncertain uploads, but for those of a size that is on its way again: that one could be taken for the lost
        one."""
        line = "SELECT size, since FROM doubts WHERE size NOT IN (SELECT size FROM images WHERE state = 'sending')"
        return tuple(UncertainUpload(*row) for row in await self._within(lambda: self._rows(line)))

    async def known_ids(self) -> frozenset[str]:
        """The platform's ids of all pictures in the table."""
        rows = await self._within(lambda: self._rows("SELECT image FROM images WHERE image != ''"))
        return frozenset(image for (image,) in rows)

    async def add_lost(self, image: str, size: int, now: float) -> None:
        """Note a picture that arrived unseen; it is to be deleted."""
        line = "INSERT INTO images (job, image, size, state, began, used, expires) VALUES ('', ?, ?, 'gone', ?, ?, ?)"
        await self._within(lambda: self._run(line, image, size, now, now, now))

    async def expire_uncertain(self, now: float) -> None:
        """Forget uncertain uploads that were looked for long enough: they never arrived."""
        await self._within(lambda: self._run("DELETE FROM doubts WHERE since <= ?", now - SENDING - DOUBT))

    async def close(self) -> None:
        """Close the file and its thread."""
        await self._within(self._base.close)
        self._thread.shutdown()

    async def _within(self, work: Callable[[], _T]) -> _T:
        """Do `work` in the table's thread, one after the other, each line by itself."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _run(self, line: str, *values: object) -> int:
        cursor = self._base.execute(line, values)
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    def _rows(self, line: str, *values: object) -> list[Any]:
        return self._base.execute(line, values).fetchall()

    def _connect(self) -> None:
        with naming_file(self._path, _LOSS):
            if self._path != ":memory:":
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._base = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=_BUSY)
            for line in ("journal_mode=WAL", "secure_delete=ON"):
                self._base.execute(f"PRAGMA {line}").close()
            prepare(self._base, self._path, _SCHEMA, version=_VERSION, loss=_LOSS)


@asynccontextmanager
async def open_picture_table(path: Path | str) -> AsyncIterator[PictureTable]:
    """The table while the block runs; arguments and errors as `PictureTable.open`."""
    table = await PictureTable.open(path)
    try:
        yield table
    finally:
        await table.close()
