"""The table of pictures: what is shown, what is to be deleted, what may have arrived unseen."""

from __future__ import annotations

import pytest

from skill.database.database import Database
from skill.dialog.cards.table import DOUBT, SENDING, PictureTable, StoredPicture, UncertainUpload

pytestmark = pytest.mark.asyncio
NOW = 1_700_000_000.0


@pytest.fixture
def table(database: Database) -> PictureTable:
    return PictureTable(database)


async def add(table: PictureTable, job: str, image: str, *, size: int = 1000, now: float = NOW) -> int:
    """The number of a picture that has arrived."""
    number = await table.begin_upload(job, size, now, now + 3600)
    await table.finish_upload(number, image)
    return number


async def test_an_agreement_waits_for_its_upload_and_ends(table: PictureTable) -> None:
    await table.agree("job-1", NOW + 60)
    await table.agree("job-2", NOW + 30)
    assert await table.has_agreement("job-1", NOW)
    assert not await table.has_agreement("job-3", NOW)
    await table.settle("job-1")
    assert await table.awaiting_upload(NOW) == ("job-2",)
    assert await table.awaiting_upload(NOW + 30) == ()
    await table.withdraw_agreement(["job-1"])
    assert not await table.has_agreement("job-1", NOW)


async def test_a_job_has_one_picture(table: PictureTable) -> None:
    number = await table.begin_upload("job-1", 1000, NOW, NOW + 3600)
    assert await table.begin_upload("job-1", 1000, NOW, NOW + 3600) == 0
    assert await table.is_wanted(number)
    assert await table.picture_id("job-1", NOW) == ""
    await table.finish_upload(number, "a/1")
    assert await table.picture_id("job-1", NOW) == "a/1"
    assert await table.shown_jobs() == ("job-1",)
    assert await table.known_ids() == {"a/1"}


async def test_an_upload_that_was_called_off_is_deleted_when_it_arrives(table: PictureTable) -> None:
    number = await table.begin_upload("job-1", 1000, NOW, NOW + 3600)
    assert await table.forget(["job-1"]) == 1
    assert not await table.is_wanted(number)
    await table.finish_upload(number, "a/1")
    assert await table.picture_id("job-1", NOW) == ""
    assert await table.due(NOW) == (StoredPicture(number, "a/1", 1000, 0),)


async def test_a_deletion_that_fails_waits_longer_each_time(table: PictureTable) -> None:
    await add(table, "job-1", "a/1")
    await table.forget(["job-1"])
    now = NOW
    for wait in (60.0, 120.0, 240.0):
        (one,) = await table.due(now)
        await table.postpone(one, now, 0.0)
        assert await table.due(now + wait - 1) == ()
        now += wait
    (one,) = await table.due(now)
    await table.remove(one.number)
    assert await table.known_ids() == frozenset()


async def test_pictures_past_their_time_are_due(table: PictureTable) -> None:
    await add(table, "job-1", "a/1")
    assert await table.due(NOW + 3599) == ()
    assert [one.image for one in await table.due(NOW + 3600)] == ["a/1"]


async def test_the_one_that_was_of_no_use_for_longest_goes_first(table: PictureTable) -> None:
    for seconds, job in enumerate(("job-1", "job-2")):
        await add(table, job, f"a/{job}", now=NOW + seconds)
    await table.picture_id("job-1", NOW + 10)
    for image in ("a/job-2", "a/job-1"):
        oldest = await table.take_oldest()
        assert oldest is not None
        assert oldest.image == image
    assert await table.take_oldest() is None


async def test_uploads_whose_end_nobody_saw(table: PictureTable) -> None:
    await table.begin_upload("job-1", 1000, NOW, NOW + 3600)
    await table.doubt_interrupted(NOW + SENDING - 1)
    assert await table.uncertain() == ()
    await table.doubt_interrupted(NOW + SENDING)
    await table.add_uncertain(2000, NOW)
    assert set(await table.uncertain()) == {UncertainUpload(1000, NOW), UncertainUpload(2000, NOW)}
    number = await table.begin_upload("job-2", 2000, NOW, NOW + 3600)
    assert await table.uncertain() == (UncertainUpload(1000, NOW),)  # that size is on its way again
    await table.drop_upload(number)
    await table.add_lost("a/9", 1000, NOW)
    assert [one.image for one in await table.due(NOW)] == ["a/9"]
    await table.expire_uncertain(NOW + SENDING + DOUBT)
    assert await table.uncertain() == ()
