"""What is the PostgreSQL queue's own: several machines at the same time, and a server that goes and comes back."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.jobs import postgres_pool
from skill.jobs.estimate import MEASURED_JOBS
from skill.jobs.housekeeping import sweep
from skill.jobs.model import Done, Job, JobState, Refusal
from skill.jobs.postgres import PostgresQueue
from skill.jobs.queue import QueueDownError, QueueFullError
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
    """For the fixtures of the contract suite: this adapter only."""
    return f"postgres:{dsn}"


@pytest_asyncio.fixture
async def queue(dsn: str) -> AsyncIterator[PostgresQueue]:
    queue = await PostgresQueue.open(dsn, busy=0.3)
    yield queue
    await queue.close()


async def put(queue: PostgresQueue, user: str = "anna", name: str = "photo") -> Job:
    return await queue.put(user, name, Wish(), digest=f"digest of {name}")


async def test_many_that_open_an_empty_database_at_once_make_its_tables_once(dsn: str) -> None:
    queues = await asyncio.gather(*(PostgresQueue.open(dsn) for _ in range(5)))
    job = await put(queues[0])
    assert [await queue.get(job.id) for queue in queues] == [job] * 5
    for queue in queues:
        await queue.close()


async def test_one_job_of_a_user_runs_however_many_ask_at_once(opener: OpenQueue) -> None:
    queues = [await opener(size=3) for _ in range(4)]
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


async def test_a_photo_of_two_jobs_is_left_to_one_of_those_deleted_at_once(
    queue: PostgresQueue, opener: OpenQueue
) -> None:
    other = await opener()
    for number in range(20):
        jobs = [await queue.put(user, f"key {number}", Wish(), digest=str(number)) for user in ("anna", "boris")]
        gone = await asyncio.gather(queue.delete(jobs[0].id), other.delete(jobs[1].id))
        assert sorted(job.source for job in gone if job is not None) == ["", f"key {number}"]


async def test_who_freezes_in_the_middle_of_a_change_keeps_nobody_waiting(
    opener: OpenQueue, queue: PostgresQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_pool, "_SET", postgres_pool._SET.replace("3s", "200ms"))
    frozen = await opener()
    with pytest.raises(QueueDownError):
        async with frozen._pool.exclusive() as connection:
            assert (await put(queue)).user == "anna"  # is asked for while the other one is within
            await connection.execute("SELECT 1")
    assert (await put(frozen)).source == "photo"


async def test_an_end_told_twice_is_measured_once(queue: PostgresQueue, dsn: str) -> None:
    job = await put(queue)
    await queue.lease("w", 30.0)
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM ozhivi_durations").fetchone() == (1,)


async def test_only_the_last_durations_are_kept(queue: PostgresQueue, dsn: str) -> None:
    for number in range(MEASURED_JOBS + 10):
        job = await put(queue, name=str(number))
        await queue.lease("w", 30.0)
        await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    with psycopg.connect(dsn) as connection:
        few = "SELECT count(*) <= %s FROM ozhivi_durations"
        assert connection.execute(few, (MEASURED_JOBS + 1,)).fetchone() == (True,)


async def test_a_restart_is_not_even_noticed_between_two_questions(
    queue: PostgresQueue, postgres: PostgresServer
) -> None:
    job = await put(queue)
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    assert await queue.get(job.id) == job
    assert await queue.lease("w", 30.0) is not None


async def test_a_server_that_is_down_is_told_until_it_is_back(queue: PostgresQueue, postgres: PostgresServer) -> None:
    job = await put(queue)
    await asyncio.to_thread(postgres.stop)
    try:
        for _ in range(3):
            with pytest.raises(QueueDownError, match="does not answer"):
                await queue.get(job.id)
    finally:
        await asyncio.to_thread(postgres.start)
    assert await queue.get(job.id) == job


async def test_a_frozen_server_is_told_and_the_loop_goes_on(
    queue: PostgresQueue, dsn: str, postgres: PostgresServer
) -> None:
    with postgres.frozen():
        began, ticks = time.monotonic(), 0
        asking = asyncio.create_task(PostgresQueue.open(dsn, busy=0.3))
        while not asking.done():
            await asyncio.sleep(0.001)
            ticks += 1
        with pytest.raises(QueueDownError, match="in time"):
            await asking
        assert time.monotonic() - began < 2 and ticks > 10
    assert await queue.waiting() == (0, 0.0)


async def test_a_statement_of_a_server_that_freezes_ends_in_time(
    queue: PostgresQueue, postgres: PostgresServer
) -> None:
    """Also on connections that are open, in the middle of a statement, and where nobody waits for it any more."""
    patient = await PostgresQueue.open(queue._pool._info)
    job, began = await put(queue), time.monotonic()

    async def sleep() -> None:
        async with queue._pool.connection() as connection:
            await connection.execute("SELECT pg_sleep(0.1)")

    asking = asyncio.create_task(sleep())
    await asyncio.sleep(0.05)
    with postgres.frozen():
        with pytest.raises(QueueDownError, match="in time"):
            await asking
        for _ in range(2):
            with pytest.raises(QueueDownError, match="in time"):
                await queue.get(job.id)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await patient.get(job.id)
        assert time.monotonic() - began < 3
    assert await queue.get(job.id) == await patient.get(job.id) == job
    await patient.close()


async def test_a_server_may_come_later_than_its_queue(dsn: str, postgres: PostgresServer) -> None:
    await asyncio.to_thread(postgres.stop)
    try:
        queue = await PostgresQueue.open(dsn, busy=2.0, now=False)
        with pytest.raises(QueueDownError, match="does not answer"):
            await queue.waiting()
    finally:
        await asyncio.to_thread(postgres.start)
    jobs = await asyncio.gather(*(put(queue, f"{number}") for number in range(4)))  # the tables are made once
    assert await queue.get(jobs[0].id) == jobs[0]
    await queue.close()


async def test_a_job_in_hand_outlives_a_restart(
    queue: PostgresQueue, store: FolderStore, run_worker: RunWorker, postgres: PostgresServer
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


async def patiently(queue: PostgresQueue, job: Job) -> Job:
    """The job, as soon as the server answers."""
    while True:
        try:
            now = await queue.get(job.id)
        except QueueDownError:
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


async def test_tables_of_a_later_version_are_left_alone(queue: PostgresQueue, dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE ozhivi_version SET version = 99")
    with pytest.raises(QueueDownError, match="later version"):
        await PostgresQueue.open(dsn)


@pytest.mark.parametrize(
    ("change", "advice"), [("/no_such_database", "check address"), ("nonsense=%zz ", "not understood")]
)
async def test_an_address_that_is_wrong_is_told_without_it(postgres: PostgresServer, change: str, advice: str) -> None:
    address = postgres.dsn("x").replace("/x", change).replace("ozhivi@", "ozhivi:secret@")
    with pytest.raises(QueueDownError, match=advice) as caught:
        await PostgresQueue.open(address if change.startswith("/") else change)
    assert "secret" not in str(caught.value) and "pg-" not in str(caught.value)


async def test_who_may_only_read_is_reported(dsn: str) -> None:
    with pytest.raises(QueueDownError, match="only reads"):
        await PostgresQueue.open(f"{dsn}&options=-cdefault_transaction_read_only%3Don")
