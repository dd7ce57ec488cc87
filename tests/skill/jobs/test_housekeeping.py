from __future__ import annotations

import asyncio
import time

import pytest

from pipeline.run import Wish
from skill.background import periodic
from skill.jobs.housekeeping import StraySweep, sweep
from skill.jobs.model import ANSWER_SECONDS, Done, Refusal
from skill.jobs.queue import JobQueue
from tests.skill.jobs.conftest import OpenQueue
from tests.skill.jobs.folder_store import FolderStore

pytestmark = pytest.mark.asyncio


async def done(queue: JobQueue, store: FolderStore) -> None:
    """A job of whose photo and clip nobody has taken care yet."""
    asked = await queue.put("anna", store.bring(), Wish(), digest="d")
    await queue.lease("w", 30.0)
    await queue.finish(asked.id, "w", Done((("mp4", store.bring(b"clip")),)))


async def test_media_of_expired_jobs_are_deleted(opener: OpenQueue, store: FolderStore) -> None:
    queue = await opener(keep=0.0)
    await done(queue, store)
    async with periodic(0.01, lambda: sweep(queue, store), name="housekeeping_failed"), asyncio.timeout(60):
        while store.names():
            await asyncio.sleep(0.01)
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
    assert not await sweep(queue, store)
    assert len(store.names()) == 2
    store.down = False
    assert await sweep(queue, store)
    assert len(store.names()) == 1


async def test_what_no_job_knows_is_deleted_at_the_second_look_at_the_earliest(
    queue: JobQueue, store: FolderStore
) -> None:
    await done(queue, store)
    waiting = await queue.put("boris", store.bring(), Wish(), digest="d")
    (job,) = await queue.of("anna")
    stray = store.bring(b"clip")
    patient, strays = StraySweep(queue, store), StraySweep(queue, store, seconds=0.0)
    assert [await patient.look() for _ in range(3)] == [0, 0, 0]
    assert await strays.look() == 0
    later = store.bring(b"of a worker that is about to tell")
    assert await strays.look() == 1
    assert store.names() == {waiting.source, job.source, job.results[0][1], later}
    assert stray not in store.names()


async def refused(queue: JobQueue, store: FolderStore, reason: str) -> str:
    asked = await queue.put("anna", store.bring(), Wish(), digest=reason)
    await queue.lease("w", 30.0)
    await queue.finish(asked.id, "w", Refusal.parse(reason))
    return asked.source


async def test_a_photo_waits_a_quarter_of_an_hour_for_an_answer(queue: JobQueue, store: FolderStore) -> None:
    asked = {await refused(queue, store, reason) for reason in ("several_faces", "child.appeal")}
    for reason in ("no_face", "child", "public_figure"):
        await refused(queue, store, reason)
    await sweep(queue, store)
    assert store.names() == asked
    late = time.time() + ANSWER_SECONDS
    await sweep(queue, store, lambda: late)
    assert store.names() == set()


async def test_a_photo_goes_with_the_answer(queue: JobQueue, store: FolderStore) -> None:
    source = await refused(queue, store, "several_faces")
    answer = await queue.put("anna", source, Wish(face="left"), digest="several_faces")
    await sweep(queue, store)
    assert store.names() == {source}
    await queue.lease("w", 30.0)
    await queue.finish(answer.id, "w", Done((("mp4", store.bring(b"clip")),)))
    await sweep(queue, store)
    assert source not in store.names()
    assert [job.source for job in await queue.of("anna")] == ["", ""]
