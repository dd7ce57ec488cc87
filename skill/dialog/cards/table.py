"""Table of the pictures that the platform has of us; it outlives whoever sent them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from skill.database.database import Database
from skill.database.transaction import Transaction, bind

SENDING: Final = 300.0  # seconds after which an upload is no longer under way
DOUBT: Final = 600.0  # seconds that a picture is looked for that may have arrived, or not
_FIRST, _LONGEST = 60.0, 3600.0  # seconds until a deletion is tried again, doubled each time

_BEGIN_UPLOAD: Final = """
    INSERT INTO ozhivi_images (job, size, state, began, used, expires)
    VALUES (:job, :size, 'sending', :now, :now, :now + :keep) ON CONFLICT DO NOTHING RETURNING number
"""
_ADD_LOST: Final = """
    INSERT INTO ozhivi_images (job, image, size, state, began, used, expires)
    VALUES ('', :image, :size, 'gone', :now, :now, :now)
"""
_PICTURE: Final = """
    UPDATE ozhivi_images SET used = :now WHERE job = :job AND state = 'shown' AND expires > :now RETURNING image
"""
_STORED: Final = "number, image, size, tries"
_TAKE_OLDEST: Final = f"""
    UPDATE ozhivi_images SET state = 'gone' WHERE number = (
        SELECT number FROM ozhivi_images WHERE state = 'shown' ORDER BY used, number LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING {_STORED}
"""
_UNCERTAIN: Final = """
    SELECT size, since FROM ozhivi_doubts WHERE size NOT IN (SELECT size FROM ozhivi_images WHERE state = 'sending')
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
    """The table in the service's database; every method raises DatabaseDownError.

    Args:
        database: Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def agree(self, job: str, keep: float) -> None:
        """Note that the job's person agreed to a picture in cards, for `keep` seconds from now."""
        line = "INSERT INTO ozhivi_agreed (job, until) VALUES (:job, :now + :keep) ON CONFLICT DO NOTHING"
        await self._database.run(line, job=job, keep=keep)

    async def has_agreement(self, job: str) -> bool:
        """Whether the job's person agreed to a picture in cards."""
        line = "SELECT 1 FROM ozhivi_agreed WHERE job = :job AND until > :now"
        return bool(await self._database.rows(line, job=job))

    async def awaiting_upload(self) -> tuple[str, ...]:
        """Jobs with an agreement whose picture was not tried yet; agreements past their time are gone."""
        if await self._database.rows("SELECT 1 FROM ozhivi_agreed WHERE until <= :now LIMIT 1"):
            await self._database.run("DELETE FROM ozhivi_agreed WHERE until <= :now")
        return tuple(str(job) for (job,) in await self._database.rows("SELECT job FROM ozhivi_agreed WHERE tried = 0"))

    async def settle(self, job: str) -> None:
        """Take the job from those that await their upload."""
        await self._database.run("UPDATE ozhivi_agreed SET tried = 1 WHERE job = :job", job=job)

    async def withdraw_agreement(self, jobs: Sequence[str]) -> None:
        """Delete the agreements on these jobs."""
        await self._run_each("DELETE FROM ozhivi_agreed WHERE job = :job", jobs)

    async def begin_upload(self, job: str, size: int, keep: float) -> int:
        """The number of a new upload, whose picture is shown until `keep` seconds from now; 0 where the job has its
        picture, or one on its way."""
        (begun,) = await self._database.change(bind(_BEGIN_UPLOAD, job=job, size=size, keep=keep))
        return int(begun.rows[0][0]) if begun.rows else 0

    async def is_wanted(self, number: int) -> bool:
        """Whether the upload has not been called off."""
        line = "SELECT 1 FROM ozhivi_images WHERE number = :number AND state = 'sending'"
        return bool(await self._database.rows(line, number=number))

    async def finish_upload(self, number: int, image: str) -> None:
        """Note that the platform has the picture. It is shown from now on, unless it was called off meanwhile."""
        shown = "CASE state WHEN 'sending' THEN 'shown' ELSE state END"
        line = f"UPDATE ozhivi_images SET image = :image, state = {shown} WHERE number = :number"
        await self._database.run(line, image=image, number=number)

    async def drop_upload(self, number: int) -> None:
        """Forget an upload that did not arrive."""
        await self._database.run("DELETE FROM ozhivi_images WHERE number = :number AND image = ''", number=number)

    async def add_uncertain(self, size: int, since: float) -> None:
        """Note that a picture of this size may have arrived although its upload failed, which began then, in seconds
        since 1970."""
        await self._database.run("INSERT INTO ozhivi_doubts VALUES (:size, :since)", size=size, since=since)

    async def picture_id(self, job: str) -> str:
        """The platform's id of a job's picture, which is of use now; empty where there is none."""
        (used,) = await self._database.change(bind(_PICTURE, job=job), durable=False)
        return str(used.rows[0][0]) if used.rows else ""

    async def forget(self, jobs: Sequence[str]) -> int:
        """Mark the jobs' pictures for deletion; the number of them."""
        return await self._run_each(
            "UPDATE ozhivi_images SET state = 'gone', due = 0 WHERE job = :job AND state <> 'gone'", jobs
        )

    async def shown_jobs(self) -> tuple[str, ...]:
        """Ids of the jobs that have a picture."""
        return tuple(
            str(job) for (job,) in await self._database.rows("SELECT job FROM ozhivi_images WHERE state = 'shown'")
        )

    async def take_oldest(self) -> StoredPicture | None:
        """The picture that has not been of use for the longest time, marked for deletion."""
        (taken,) = await self._database.change(bind(_TAKE_OLDEST))
        return StoredPicture(*taken.rows[0]) if taken.rows else None

    async def doubt_interrupted(self) -> None:
        """Make uncertain uploads of those that a crash cut off."""
        cut = "state <> 'shown' AND image = '' AND began <= :now - :sending"

        def work(transaction: Transaction) -> None:
            lost = transaction.rows(f"DELETE FROM ozhivi_images WHERE {cut} RETURNING size, began", sending=SENDING)
            for size, since in lost:
                transaction.run("INSERT INTO ozhivi_doubts VALUES (:size, :since)", size=size, since=since)

        await self._database.write(work)

    async def due(self) -> tuple[StoredPicture, ...]:
        """Pictures to delete: called off, past their time."""
        expire = "UPDATE ozhivi_images SET state = 'gone', due = 0 WHERE state = 'shown' AND expires <= :now"
        find = f"SELECT {_STORED} FROM ozhivi_images WHERE state = 'gone' AND image <> '' AND due <= :now"

        _, found = await self._database.change(bind(expire), bind(find))
        return tuple(StoredPicture(*row) for row in found.rows)

    async def remove(self, number: int) -> None:
        """Delete the row of a picture that the platform does not have any more."""
        await self._database.run("DELETE FROM ozhivi_images WHERE number = :number", number=number)

    async def postpone(self, one: StoredPicture, seconds: float) -> None:
        """Let a deletion that failed be tried again after a while, at least `seconds`."""
        after = max(seconds, min(_LONGEST, _FIRST * 2 ** min(one.tries, 10)))
        line = "UPDATE ozhivi_images SET tries = tries + 1, due = :now + :after WHERE number = :number"
        await self._database.run(line, after=after, number=one.number)

    async def uncertain(self) -> tuple[UncertainUpload, ...]:
        """Uncertain uploads, but for those of a size that is on its way again: that one could be taken for the lost
        one."""
        return tuple(UncertainUpload(*row) for row in await self._database.rows(_UNCERTAIN))

    async def known_ids(self) -> frozenset[str]:
        """The platform's ids of all pictures in the table."""
        return frozenset(
            image for (image,) in await self._database.rows("SELECT image FROM ozhivi_images WHERE image <> ''")
        )

    async def add_lost(self, image: str, size: int) -> None:
        """Note a picture that arrived unseen; it is to be deleted."""
        await self._database.run(_ADD_LOST, image=image, size=size)

    async def expire_uncertain(self) -> None:
        """Forget uncertain uploads that were looked for long enough: they never arrived."""
        await self._database.run("DELETE FROM ozhivi_doubts WHERE since <= :now - :longest", longest=SENDING + DOUBT)

    async def _run_each(self, line: str, jobs: Sequence[str]) -> int:
        return sum(answer.number for answer in await self._database.change(*(bind(line, job=job) for job in jobs)))
