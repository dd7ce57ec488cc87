"""The table of pictures: what is shown, what is to be deleted, what may have arrived unseen."""

from __future__ import annotations

import pytest

from skill.database.database import Database
from skill.dialog.cards.table import DOUBT, SENDING, PictureTable, StoredPicture, UncertainUpload
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio
KEEP = 3600.0


@pytest.fixture
def table(database: Database) -> PictureTable:
    return PictureTable(database)


async def add(table: PictureTable, job: str, image: str, *, size: int = 1000) -> int:
    """The number of a picture that has arrived."""
    number = await table.begin_upload(job, size, KEEP)
    await table.finish_upload(number, image)
    return number


async def test_an_agreement_waits_for_its_upload_and_ends(table: PictureTable, clock: FakeClock) -> None:
    await table.agree("job-1", 60)
    await table.agree("job-2", 30)
    assert await table.has_agreement("job-1")
    assert not await table.has_agreement("job-3")
    await table.settle("job-1")
    assert await table.awaiting_upload() == ("job-2",)
    clock.advance(30)
    assert await table.awaiting_upload() == ()
    await table.withdraw_agreement(["job-1"])
    assert not await table.has_agreement("job-1")


async def test_a_job_has_one_picture(table: PictureTable, clock: FakeClock) -> None:
    number = await table.begin_upload("job-1", 1000, KEEP)
    assert await table.begin_upload("job-1", 1000, KEEP) == 0
    assert await table.is_wanted(number)
    assert await table.picture_id("job-1") == ""
    await table.finish_upload(number, "a/1")
    assert await table.picture_id("job-1") == "a/1"
    assert await table.shown_jobs() == ("job-1",)
    assert await table.known_ids() == {"a/1"}


async def test_an_upload_that_was_called_off_is_deleted_when_it_arrives(table: PictureTable, clock: FakeClock) -> None:
    number = await table.begin_upload("job-1", 1000, KEEP)
    assert await table.forget(["job-1"]) == 1
    assert not await table.is_wanted(number)
    await table.finish_upload(number, "a/1")
    assert await table.picture_id("job-1") == ""
    assert await table.due() == (StoredPicture(number, "a/1", 1000, 0),)


async def test_a_deletion_that_fails_waits_longer_each_time(table: PictureTable, clock: FakeClock) -> None:
    await add(table, "job-1", "a/1")
    await table.forget(["job-1"])
    for wait in (60.0, 120.0, 240.0):
        (one,) = await table.due()
        await table.postpone(one, 0.0)
        clock.advance(wait - 1)
        assert await table.due() == ()
        clock.advance(1)
    (one,) = await table.due()
    await table.remove(one.number)
    assert await table.known_ids() == frozenset()


async def test_pictures_past_their_time_are_due(table: PictureTable, clock: FakeClock) -> None:
    await add(table, "job-1", "a/1")
    clock.advance(KEEP - 1)
    assert await table.due() == ()
    clock.advance(1)
    assert [one.image for one in await table.due()] == ["a/1"]


async def test_the_one_that_was_of_no_use_for_longest_goes_first(table: PictureTable, clock: FakeClock) -> None:
    for job in ("job-1", "job-2"):
        await add(table, job, f"a/{job}")
        clock.advance(1)
    await table.picture_id("job-1")
    for image in ("a/job-2", "a/job-1"):
        oldest = await table.take_oldest()
        assert oldest is not None
        assert oldest.image == image
    assert await table.take_oldest() is None


async def test_uploads_whose_end_nobody_saw(table: PictureTable, clock: FakeClock) -> None:
    await table.begin_upload("job-1", 1000, KEEP)
    began = clock.now
    clock.advance(SENDING - 1)
    await table.doubt_interrupted()
    assert await table.uncertain() == ()
    clock.advance(1)
    await table.doubt_interrupted()
    await table.add_uncertain(2000, began)
    assert set(await table.uncertain()) == {UncertainUpload(1000, began), UncertainUpload(2000, began)}
    number = await table.begin_upload("job-2", 2000, KEEP)
    assert await table.uncertain() == (UncertainUpload(1000, began),)  # that size is on its way again
    await table.drop_upload(number)
    await table.add_lost("a/9", 1000)
    assert [one.image for one in await table.due()] == ["a/9"]
    clock.advance(DOUBT)
    await table.expire_uncertain()
    assert await table.uncertain() == ()
