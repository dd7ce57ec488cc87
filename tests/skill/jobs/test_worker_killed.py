"""Workers that are killed, frozen and stopped, each in a process of its own, on the real queue."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.run import Wish
from skill.jobs.housekeeping import sweep
from skill.jobs.model import JobState
from skill.jobs.queue import BEGINNINGS, JobQueue
from tests.skill.jobs.conftest import OpenQueue, RunWorker, SpawnWorker
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.queue_fixture import PATIENCE, ended, running

JOBS = int(os.environ.get("OZHIVI_TEST_JOBS", "20"))  # 200 were tried, see docs/jobs.md

pytestmark = pytest.mark.asyncio


async def test_another_worker_does_the_job_of_one_that_was_killed(
    queue: JobQueue, store: FolderStore, spawn_worker: SpawnWorker, tmp_path: Path
) -> None:
    job = await queue.put("anna", store.bring(), Wish(seconds=1.0), digest="d")
    first = spawn_worker("slow")
    await running(queue, job.id, step="animate")
    first.kill()
    spawn_worker("slow")
    await ended(queue, job.id)
    done = await queue.get(job.id)
    assert done is not None and (done.state, done.attempts) == (JobState.DONE, 2)
    async with asyncio.timeout(PATIENCE):
        while store.names() != {key for _, key in done.results}:  # the photo goes when the end is told
            await asyncio.sleep(0.02)
        while len(list((tmp_path / "work").iterdir())) != 1:  # what the killed one held is gone
            await asyncio.sleep(0.02)


async def test_a_frozen_worker_that_wakes_late_changes_nothing(
    queue: JobQueue, store: FolderStore, spawn_worker: SpawnWorker
) -> None:
    job = await queue.put("anna", store.bring(), Wish(seconds=0.8), digest="d")
    frozen = spawn_worker("slow", lease=0.5)
    await running(queue, job.id, step="animate")
    frozen.send_signal(signal.SIGSTOP)
    awake = spawn_worker("slow", lease=5.0)
    await ended(queue, job.id)
    done = await queue.get(job.id)
    awake.kill()
    awake.wait()
    frozen.send_signal(signal.SIGCONT)
    other = await queue.put("boris", store.bring(), Wish(seconds=0.0), digest="d")
    await ended(queue, other.id)  # by the one that woke: it is over the first job now
    now, last = await queue.get(job.id), await queue.get(other.id)
    assert done is not None and now is not None and last is not None
    assert (done.state, last.state, done.attempts) == (JobState.DONE, JobState.DONE, 2)
    assert replace(now, source="") == replace(done, source="")
    async with asyncio.timeout(PATIENCE):
        while store.names() != {key for job in (done, last) for _, key in job.results}:
            await asyncio.sleep(0.02)


async def test_a_job_that_kills_every_worker_is_given_up(
    queue: JobQueue, store: FolderStore, spawn_worker: SpawnWorker, run_worker: RunWorker
) -> None:
    job = await queue.put("anna", store.bring(), Wish(seconds=30), digest="d")
    for _ in range(BEGINNINGS - 1):
        assert await queue.lease("lost at once", 0.0) is not None
    worker = spawn_worker("slow", lease=3.0)
    await running(queue, job.id, step="animate")
    worker.kill()
    worker.wait()
    async with run_worker("quick"):
        await ended(queue, job.id)
        after = await queue.put("anna", store.bring(), Wish(), digest="other")
        await ended(queue, after.id)
    given_up = await queue.get(job.id)
    assert given_up is not None
    assert (given_up.state, given_up.reason, given_up.attempts) == (JobState.FAILED, "crashed", BEGINNINGS)
    assert given_up.source == "" and job.source not in store.names()


async def test_sigterm_finishes_what_is_nearly_done_and_gives_back_the_rest(
    queue: JobQueue, store: FolderStore, spawn_worker: SpawnWorker
) -> None:
    short = await queue.put("anna", store.bring(), Wish(seconds=0.5), digest="d", priority=1)
    long = await queue.put("boris", store.bring(), Wish(seconds=30), digest="d")
    workers = [spawn_worker("slow"), spawn_worker("slow")]
    await running(queue, short.id, step="animate")
    await running(queue, long.id, step="animate")
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert await asyncio.gather(*(asyncio.to_thread(worker.wait, PATIENCE) for worker in workers)) == [0, 0]
    done, waits = await queue.get(short.id), await queue.get(long.id)
    assert done is not None and done.state is JobState.DONE
    assert waits is not None and (waits.state, waits.attempts) == (JobState.WAITING, 0)


async def test_a_killed_worker_leaves_no_process_and_no_photo(
    queue: JobQueue, store: FolderStore, spawn_worker: SpawnWorker, tmp_path: Path
) -> None:
    job = await queue.put("anna", store.bring(), Wish(seconds=30), digest="d")
    worker = spawn_worker("slow")
    await running(queue, job.id, step="animate")
    tasks = Path(f"/proc/{worker.pid}/task").glob("*/children")
    children = [Path("/proc", child, "exe") for task in tasks for child in task.read_text().split()]
    assert children and list((tmp_path / "work").rglob("photo"))
    worker.kill()
    worker.wait()
    async with asyncio.timeout(PATIENCE):
        while any(child.exists() for child in children) or list((tmp_path / "work").iterdir()):
            await asyncio.sleep(0.02)


# PostgreSQL has a scene of its own, in which it is killed as well: test_queue_crashes.py
@pytest.mark.parametrize("queue_address", ["sqlite"], indirect=True)
async def test_many_jobs_survive_workers_killed_at_random(
    opener: OpenQueue, store: FolderStore, spawn_worker: SpawnWorker
) -> None:
    """None is lost, none is done twice in the eyes of its person, nothing is left but the results."""
    queue, chance = await opener(limit=JOBS), random.Random(7)
    jobs = [await queue.put(str(n), store.bring(), Wish(seconds=0.1), digest=str(n)) for n in range(JOBS)]
    workers = [spawn_worker("slow", lease=1.2) for _ in range(2)]
    await running(queue, jobs[0].id)
    seen: dict[str, tuple[tuple[str, str], ...]] = {}
    kills, tired = 0, False
    async with asyncio.timeout(PATIENCE + 5 * JOBS):
        while len(seen) < JOBS:
            # a job that is lost too often counts as poison, which is another test
            if len(seen) >= 6 * (kills + 1) and not tired:
                place = chance.randrange(2)
                workers[place].kill()
                workers[place].wait()
                workers[place] = spawn_worker("slow", lease=1.2)
                kills += 1
            await asyncio.sleep(0.05)
            tired = False
            for job in jobs:
                now = await queue.get(job.id)
                assert now is not None
                tired = tired or (not now.state.ended and now.attempts >= BEGINNINGS - 1)
                if now.state.ended:
                    assert now.state is JobState.DONE
                    assert seen.setdefault(job.id, now.results) == now.results
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    await sweep(queue, store)
    results = {key for found in seen.values() for _, key in found}
    assert results <= store.names()
    assert kills >= JOBS // 10
    # a worker killed between storing and telling leaves at most its three files: they go with their time
    assert len(store.names() - results) <= 3 * kills
