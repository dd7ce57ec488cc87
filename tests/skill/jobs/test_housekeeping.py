from __future__ import annotations

import asyncio

import pytest

from pipeline.run import Wish
from skill.jobs.housekeeping import housekeep, sweep
from skill.jobs.queue import JobQueue
from tests.skill.jobs.conftest import Opener
from tests.skill.jobs.folder_store import FolderStore

pytestmark = pytest.mark.asyncio


async def done(queue: JobQueue, store: FolderStore) -> None:
    """A job of whose photo and clip nobody has taken care yet."""
    asked = await queue.put("anna", store.bring(), Wish(), digest="d")
    await queue.lease("w", 30.0)
    await queue.finish(asked.id, "w", results=[("mp4", store.bring(b"clip"))])


async def test_media_of_expired_jobs_are_deleted(opened: Opener, store: FolderStore) -> None:
    queue = await opened(keep=0.0)
    await done(queue, store)
    task = asyncio.create_task(housekeep(queue, store, every=0.01))
    async with asyncio.timeout(5):
        while store.names():
            await asyncio.sleep(0.01)
    task.cancel()
    assert await queue.of("anna") == []


async def test_only_the_photo_of_an_ended_job_is_deleted(queue: JobQueue, store: FolderStore) -> None:
    await done(queue, store)
    waiting = await queue.put("boris", store.bring(), Wish(), digest="d")
    await sweep(queue, store)
    (job,) = await queue.of("anna")
    assert job.source == ""
    assert store.names() == {waiting.source, job.results[0][1]}


async def test_a_store_that_is_down_is_tried_again(queue: JobQueue, store: FolderStore) -> None:
    await done(queue, store)
    store.down = True
    await sweep(queue, store)
    assert len(store.names()) == 2
    store.down = False
    await sweep(queue, store)
    assert len(store.names()) == 1
