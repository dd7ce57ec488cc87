"""From a job that is done to a picture at the platform, through the real parts between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.database.database import Database
from skill.demo_portrait import astronaut
from skill.dialog.cards.service import CardService, image_api, open_cards, permission
from skill.dialog.cards.table import PictureTable
from skill.dialog.cards.uploads import CardUploads
from skill.jobs.model import Job, JobState
from skill.settings import load
from tests.fake_clock import FakeClock
from tests.skill.dialog.cards.fake_image_api import Platform, serving
from tests.skill.jobs.folder_store import FolderStore

pytestmark = pytest.mark.asyncio


@dataclass
class CardFixture:
    """The card service over a platform, with jobs put in by hand; nothing runs in the background."""

    platform: Platform
    cards: CardService
    jobs: dict[str, Job]
    """Jobs that are there, by id."""
    done: Job
    """A job that is done, job-1."""
    store: FolderStore
    """Where its poster is."""


@pytest_asyncio.fixture
async def fixture(sqlite: Database, tmp_path: Path) -> AsyncIterator[CardFixture]:
    platform, poster, jobs = Platform(), tmp_path / "poster", dict[str, Job]()
    poster.write_bytes(astronaut((256, 256)))
    store = FolderStore(tmp_path / "store")
    key = await store.put(poster, content_type="image/png", seconds=3600)
    done = Job("job-1", "user", "", Wish(), JobState.DONE, results=(("mp4", "x"), ("jpg", key)))

    async def get_job(name: str) -> Job | None:
        return jobs.get(name)

    table = PictureTable(sqlite)
    async with serving(platform) as api:
        uploads = CardUploads(api, table, permission(table, get_job), keep=3600)
        yield CardFixture(platform, CardService(table, uploads, store, get_job, keep=3600), jobs, done, store)


async def test_the_poster_of_a_job_that_is_done_is_shown(fixture: CardFixture) -> None:
    platform, cards, job = fixture.platform, fixture.cards, fixture.done
    others = [
        replace(job, id="job-2", results=()),
        replace(job, id="job-3", state=JobState.REFUSED),
        replace(job, id="job-4", results=(("jpg", "gone"),)),
    ]
    for one in (job, *others):
        fixture.jobs[one.id] = one
        await cards.agree(one.id)
    for one in others:
        await cards.upload_poster(one)
    assert platform.images == {}
    await cards.upload_poster(job)
    assert [await cards.picture_id("job-1")] == list(platform.images)
    assert await cards.picture_id("job-2") == ""


async def test_a_picture_is_sent_when_its_job_is_done_and_only_then(fixture: CardFixture) -> None:
    platform, cards, jobs = fixture.platform, fixture.cards, fixture.jobs
    jobs.update({"job-1": replace(fixture.done, state=JobState.RUNNING), "job-2": replace(fixture.done, id="job-2")})
    await cards.agree("job-1")
    await cards.upload_ended()
    assert platform.images == {}  # the one runs, to the other nobody agreed
    jobs["job-1"] = fixture.done
    await cards.upload_ended()
    assert [await cards.picture_id("job-1")] == list(platform.images)


async def test_an_agreement_holds_for_other_wishes_on_the_photo_and_goes_with_it(fixture: CardFixture) -> None:
    cards = fixture.cards
    fixture.jobs.update({name: replace(fixture.done, id=name) for name in ("job-1", "job-2", "job-3", "job-4")})
    await cards.agree("job-1")
    await cards.inherit_agreement("job-2", "job-3")
    await cards.inherit_agreement("job-1", "job-4")
    await cards.upload_ended()
    assert [bool(await cards.picture_id(name)) for name in fixture.jobs] == [True, False, False, True]
    await cards.forget(["job-1"])
    await cards.upload_poster(fixture.done)
    assert await cards.picture_id("job-1") == ""


async def test_pictures_are_sent_and_deleted_in_the_background(fixture: CardFixture, sqlite: Database) -> None:
    async def get_job(_: str) -> Job | None:
        return fixture.done

    platform = Platform()
    async with (
        asyncio.timeout(60),
        serving(platform) as api,
        open_cards(sqlite, api, fixture.store, get_job, keep=3600) as cards,
    ):
        await cards.agree("job-1")
        while not await cards.picture_id("job-1"):
            await asyncio.sleep(0.01)
        assert platform.images
        await cards.forget(["job-1"])
        while platform.images:
            await asyncio.sleep(0.01)


async def test_only_a_job_that_is_there_and_done_of_somebody_who_agreed(sqlite: Database, clock: FakeClock) -> None:
    job = Job("job-1", "user", "", Wish(), JobState.DONE)
    jobs = {"job-1": job, "job-2": replace(job, state=JobState.DELETED), "job-3": job}

    async def get_job(key: str) -> Job | None:
        return jobs.get(key)

    table = PictureTable(sqlite)
    for key in ("job-1", "job-2", "job-4"):
        await table.agree(key, 60)
    may_upload = permission(table, get_job)
    assert [await may_upload(key) for key in ("job-1", "job-2", "job-3", "job-4")] == [True, False, False, False]
    clock.advance(60)
    assert not await may_upload("job-1")


async def test_without_a_token_or_a_skill_there_are_no_pictures(tmp_path: Path) -> None:
    given = {"data_dir": tmp_path, "alice_image_token": "t", "alice_skill_id": "s"}
    for name in ("alice_image_token", "alice_skill_id"):
        assert image_api(load({key: value for key, value in given.items() if key != name})) is None
    api = image_api(load(given))
    assert api is not None
    async with api:
        assert "'t'" not in repr(load(given))
