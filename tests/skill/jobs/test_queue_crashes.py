"""What holds of a queue in PostgreSQL alone: several machines at the same time, and a server that crashes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest

from pipeline.run import Wish
from skill.database.errors import DatabaseDownError
from skill.jobs.estimate import MEASURED_JOBS
from skill.jobs.housekeeping import sweep
from skill.jobs.model import Done, Job, JobState, Refusal
from skill.jobs.queue import JobQueue
from skill.jobs.queue_limits import QueueFullError
from tests.skill.jobs.conftest import OpenQueue, RunWorker, SpawnWorker
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.jobs.queue_fixture import PATIENCE, ended, running

pytestmark = pytest.mark.asyncio

JOBS = 60


@pytest.fixture
def dsn(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def queue_address(dsn: str) -> str:
    """For the fixtures of the contract suite: this database only."""
    return f"postgres:{dsn}"


async def put(queue: JobQueue, user: str = "anna", name: str = "photo") -> Job:
    return await queue.put(user, name, Wish(), digest=f"digest of {name}")


async def test_one_job_of_a_user_runs_however_many_ask_at_once(opener: OpenQueue) -> None:
    queues = [await opener() for _ in range(4)]
    for number in range(40):
        await put(queues[0], str(number % 2), str(number))
    for left in range(20, 0, -1):
        taken = await asyncio.gather(*(queues[n % 4].lease(str(n), 30.0) for n in range(12)))
        jobs = [job for job in taken if job is not None]
        assert sorted(job.user for job in jobs) == ["0", "1"], left
        for worker, job in enumerate(taken):
            assert job is None or await queues[0].finish(job.id, str(worker), Refusal("no_face"))


async def test_the_same_wish_joins_and_the_limit_holds_however_many_ask_at_once(opener: OpenQueue) -> None:
    queues = [await opener(limit=5) for _ in range(3)]
    same = await asyncio.gather(*(put(queues[n % 3]) for n in range(20)))
    assert len({job.id for job in same}) == 1
    asked = [put(queues[n % 3], str(n)) for n in range(20)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers].count(QueueFullError) == 16
    assert (await queues[0].waiting())[0] == 5


async def test_a_photo_of_two_jobs_is_left_to_one_of_those_deleted_at_once(queue: JobQueue, opener: OpenQueue) -> None:
    other = await opener()
    for number in range(20):
        jobs = [await queue.put(user, f"key {number}", Wish(), digest=str(number)) for user in ("anna", "boris")]
        gone = await asyncio.gather(queue.delete(jobs[0].id), other.delete(jobs[1].id))
        assert sorted(job.source for job in gone if job is not None) == ["", f"key {number}"]


async def test_an_end_told_twice_is_measured_once(queue: JobQueue, dsn: str, postgres: PostgresServer) -> None:
    job = await put(queue)
    await queue.lease("w", 30.0)
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert postgres.run(dsn, "SELECT count(*) FROM ozhivi_durations") == [(1,)]


async def test_only_the_last_durations_are_kept(queue: JobQueue, dsn: str, postgres: PostgresServer) -> None:
    for number in range(MEASURED_JOBS + 10):
        job = await put(queue, name=str(number))
        await queue.lease("w", 30.0)
        await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert postgres.run(dsn, "SELECT count(*) FROM ozhivi_durations") == [(MEASURED_JOBS,)]


async def test_a_job_in_hand_outlives_a_restart(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, postgres: PostgresServer
) -> None:
    job = await queue.put("anna", store.bring(), Wish(seconds=1.0), digest="d")
    async with run_worker("slow"):
        await running(queue, job.id, step="animate")
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(postgres.start)
        await ended(queue, job.id)
        now = await patiently(queue, job)
    assert (now.state, now.attempts) == (JobState.DONE, 1)
    assert store.names() == {key for _, key in now.results}


async def patiently(queue: JobQueue, job: Job) -> Job:
    """The job, as soon as the server answers."""
    while True:
        try:
            now = await queue.get(job.id)
        except DatabaseDownError:
            await asyncio.sleep(0.05)
        else:
            assert now is not None
            return now


async def test_many_jobs_survive_workers_and_a_server_killed_at_random(
    opener: OpenQueue, store: FolderStore, spawn_worker: SpawnWorker, postgres: PostgresServer
) -> None:
    """None is lost, none is done twice in the eyes of its person, nothing is left but the results."""
    queue, chance = await opener(limit=JOBS), random.Random(11)
    jobs = [await queue.put(str(n), store.bring(), Wish(seconds=0.1), digest=str(n)) for n in range(JOBS)]
    workers = [spawn_worker("slow", lease=0.6) for _ in range(3)]
    seen: dict[str, tuple[tuple[str, str], ...]] = {}
    kills = crashes = 0
    async with asyncio.timeout(4 * PATIENCE):
        while len(seen) < JOBS:
            if len(seen) >= 6 * (kills + 1):
                kills += 1
                workers.append(spawn_worker("slow", lease=0.6))
                workers.pop(chance.randrange(3)).kill()
            if len(seen) >= 25 * (crashes + 1):
                crashes += 1
                await asyncio.to_thread(postgres.stop)
                await asyncio.to_thread(postgres.start)
            await asyncio.sleep(0.05)
            for job in jobs:
                now = await patiently(queue, job)
                if now.state.ended:
                    assert now.state is JobState.DONE
                    assert seen.setdefault(job.id, now.results) == now.results
    for worker in workers:
        worker.terminate()
        worker.wait()
    await sweep(queue, store)
    results = {key for found in seen.values() for _, key in found}
    assert len(results) == 3 * JOBS and results <= store.names()
    assert kills >= JOBS // 10 and crashes == 2
    assert len(store.names() - results) <= 3 * kills  # stored and not told: they go with their time
