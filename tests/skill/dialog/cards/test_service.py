"""From a job that is done to a picture at the platform, through the real parts between them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.run import Wish
from skill.demo_portrait import astronaut
from skill.dialog.cards.service import Agreement, Cards, image_api
from skill.dialog.cards.uploads import open_images
from skill.jobs.model import Job, JobState
from skill.settings import load
from tests.skill.dialog.platform import Platform, serving
from tests.skill.jobs.folder_store import FolderStore

pytestmark = pytest.mark.asyncio


async def agreed(_: str) -> bool:
    return True


async def none(_: str) -> Job | None:
    return None


async def test_the_poster_of_a_job_that_is_done_is_shown(tmp_path: Path) -> None:
    platform, poster = Platform(), tmp_path / "poster"
    poster.write_bytes(astronaut((256, 256)))
    store = FolderStore(tmp_path / "store")
    key = await store.put(poster, content_type="image/png", seconds=3600)
    job = Job("job-1", "user", "", Wish(), JobState.DONE, results=(("mp4", "x"), ("jpg", key)))
    async with serving(platform) as api, open_images(":memory:", api, agreed, keep=3600) as images:
        cards = Cards(images, store, none)
        await cards.made(replace(job, id="job-2", results=()))
        await cards.made(replace(job, id="job-3", state=JobState.REFUSED))
        await cards.made(replace(job, id="job-4", results=(("jpg", "gone"),)))
        assert platform.images == {}
        await cards.made(job)
        assert [await cards.poster("job-1")] == list(platform.images)
        assert await cards.poster("job-2") == ""


async def test_a_picture_is_sent_when_its_job_is_done_and_only_then(tmp_path: Path) -> None:
    platform, poster, jobs = Platform(), tmp_path / "poster", dict[str, Job]()
    poster.write_bytes(astronaut((256, 256)))
    store = FolderStore(tmp_path / "store")
    key = await store.put(poster, content_type="image/png", seconds=3600)

    async def get(name: str) -> Job | None:
        return jobs.get(name)

    async with serving(platform) as api:
        may = Agreement(get, lambda job: images.agreed(job))  # noqa: PLW0108  (made below)
        async with open_images(":memory:", api, may, keep=3600) as images:
            cards = Cards(images, store, get)
            running = Job("job-1", "user", "", Wish(), JobState.RUNNING, results=(("jpg", key),))
            jobs.update({"job-1": running, "job-2": replace(running, id="job-2", state=JobState.DONE)})
            await cards.agree("job-1")
            await cards.look()
            assert platform.images == {}  # the one runs, to the other nobody agreed
            jobs["job-1"] = replace(running, state=JobState.DONE)
            await cards.look()
            assert [await cards.poster("job-1")] == list(platform.images)
            await cards.follow("job-2", "job-3")
            await cards.follow("job-1", "job-4")
            assert [await images.agreed(name) for name in ("job-3", "job-4")] == [False, True]
            await cards.forget(["job-1"])
            assert not await images.agreed("job-1")
            assert await cards.poster("job-1") == ""


async def test_only_a_job_that_is_there_and_done_of_somebody_who_agreed() -> None:
    job = Job("job-1", "user", "", Wish(), JobState.DONE)
    jobs = {"job-1": job, "job-2": replace(job, state=JobState.DELETED), "job-3": job}

    async def get(key: str) -> Job | None:
        return jobs.get(key)

    async def by(key: str) -> bool:
        return key != "job-3"

    may = Agreement(get, by)
    assert [await may(key) for key in ("job-1", "job-2", "job-3", "job-4")] == [True, False, False, False]


async def test_without_a_token_or_a_skill_there_are_no_pictures(tmp_path: Path) -> None:
    given = {"data_dir": tmp_path, "alice_image_token": "t", "alice_skill_id": "s"}
    for name in ("alice_image_token", "alice_skill_id"):
        assert image_api(load({key: value for key, value in given.items() if key != name})) is None
    api = image_api(load(given))
    assert api is not None
    async with api:
        assert "'t'" not in repr(load(given))
