"""A worker beside its queue and store: every way in which a job ends."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import structlog

from pipeline.run import Wish
from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.jobs.model import Job, JobState
from skill.jobs.queue import JobQueue
from skill.jobs.worker import AttemptReport, Worker, WorkerTiming
from tests.skill.jobs.animations import render_entry
from tests.skill.jobs.conftest import RunWorker
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.queue_fixture import PATIENCE, ended, running

pytestmark = pytest.mark.asyncio


@pytest.fixture
def queue_address(tmp_path: Path) -> str:
    """One database is enough: a worker sees the queue alone, and that is tested on both."""
    return f"sqlite:{tmp_path / 'queue'}"


async def put(queue: JobQueue, store: FolderStore, *, user: str = "anna", seconds: float = 0.0) -> Job:
    source = store.bring()
    return await queue.put(user, source, Wish(seconds=seconds), digest=f"digest of {source}")


async def got(queue: JobQueue, job: Job) -> Job:
    found = await queue.get(job.id)
    assert found is not None
    return found


async def test_a_photo_becomes_files_and_is_deleted(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    asked = await put(queue, store)
    async with run_worker("quick"):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.source, job.attempts) == (JobState.DONE, "", 1)
    assert [name for name, _ in job.results] == ["mp4", "gif", "jpg"]
    assert store.names() == {key for _, key in job.results}
    assert (store.folder / job.results[0][1]).read_bytes() == b"mp4photo"
    assert [store.types[key] for _, key in job.results] == ["video/mp4", "image/gif", "image/jpeg"]
    (report,) = reports
    assert (report.state, report.reason) == (JobState.DONE, "")
    assert list(report.steps) == ["decode", "animate", "encode", "store"]


async def test_a_remark_comes_with_the_clip(queue: JobQueue, store: FolderStore, run_worker: RunWorker) -> None:
    asked = await queue.put("anna", store.bring(), Wish(face="all"), digest="d")
    async with run_worker("quick"):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.remark, job.refusal) == (JobState.DONE, "largest_faces", None)


async def test_one_process_renders_many_and_tells_how_far_it_is(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker
) -> None:
    jobs = [await put(queue, store, user=str(number), seconds=0.3) for number in range(3)]
    async with run_worker("slow"):
        await running(queue, jobs[0].id, step="animate")
        assert (await got(queue, jobs[0])).share == 0.25
        await ended(queue, *(job.id for job in jobs))
    assert [(await got(queue, job)).state for job in jobs] == [JobState.DONE] * 3


@pytest.mark.parametrize(
    ("animate", "state", "reason", "attempts"),
    [
        ("refusing", JobState.REFUSED, "no_face", 1),
        ("raising", JobState.FAILED, "error", 3),
        ("dying", JobState.FAILED, "crashed", 3),
    ],
)
async def test_a_job_that_can_not_be_done_ends_and_its_photo_is_deleted(
    queue: JobQueue,
    store: FolderStore,
    run_worker: RunWorker,
    animate: str,
    state: JobState,
    reason: str,
    attempts: int,
) -> None:
    asked = await put(queue, store)
    async with run_worker(animate):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.reason, job.attempts, job.source) == (state, reason, attempts, "")
    assert store.names() == set()


async def test_a_process_that_dies_is_replaced(queue: JobQueue, store: FolderStore, run_worker: RunWorker) -> None:
    asked = await put(queue, store)
    async with run_worker("dying_once"):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


async def test_a_render_that_hangs_is_killed_and_not_tried_again(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    """The photo was made for that: the next person is served."""
    asked, next_one = await put(queue, store), await queue.put("oleg", store.bring(), Wish(seed=1), digest="e")
    async with run_worker("hanging_at_first", limit=0.2):
        await ended(queue, asked.id, next_one.id)
    job = await got(queue, asked)
    assert (job.state, job.reason, job.attempts, job.source) == (JobState.FAILED, "crashed", 1, "")
    assert (await got(queue, next_one)).state is JobState.DONE
    assert len(reports) == 2


async def test_a_photo_that_takes_too_long_to_decode_is_refused_at_once(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    asked = await put(queue, store)
    async with run_worker("hanging_in_decode", decode=0.2):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.reason, job.attempts, job.source) == (JobState.REFUSED, "broken_file", 1, "")
    assert store.names() == set()
    assert [(report.state, report.reason) for report in reports] == [(JobState.REFUSED, "broken_file")]


async def test_a_photo_that_is_gone_fails_at_once(queue: JobQueue, store: FolderStore, run_worker: RunWorker) -> None:
    asked = await queue.put("anna", "gone", Wish(), digest="d")
    async with run_worker("quick"):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.reason, job.attempts) == (JobState.FAILED, "source_gone", 1)


async def test_a_job_waits_for_a_store_that_is_down(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    asked = await put(queue, store)
    store.down = True
    async with run_worker("quick"):
        async with asyncio.timeout(PATIENCE):
            while len(reports) < 5:
                await asyncio.sleep(0.01)
        store.down = False
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


async def test_a_full_disk_of_the_renderer_costs_no_attempt(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    asked = await put(queue, store)
    async with run_worker("full_disk"), asyncio.timeout(PATIENCE):
        while len(reports) < 5:
            await asyncio.sleep(0.01)
    job = await got(queue, asked)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert job.source in store.names()


async def test_a_job_deleted_while_it_runs_is_aborted_and_leaves_nothing(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, reports: list[AttemptReport]
) -> None:
    asked = await put(queue, store, seconds=90)
    async with run_worker("slow"):
        await running(queue, asked.id, step="animate")
        assert await queue.delete(asked.id) is not None
        await store.delete(asked.source)
        async with asyncio.timeout(PATIENCE):
            while not reports:
                await asyncio.sleep(0.01)
        after = await put(queue, store, user="boris")
        await ended(queue, after.id)
    assert reports[0].state is JobState.DELETED and reports[0].seconds < 80
    assert store.names() == {key for _, key in (await got(queue, after)).results}


async def test_a_job_deleted_while_results_are_stored_leaves_nothing(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, storing, deleted = await put(queue, store), asyncio.Event(), asyncio.Event()
    stored = store.put

    async def slow_put(path: Path, *, content_type: str, seconds: float) -> str:
        storing.set()
        await deleted.wait()
        return await stored(path, content_type=content_type, seconds=seconds)

    monkeypatch.setattr(store, "put", slow_put)
    async with run_worker("quick"):
        await asyncio.wait_for(storing.wait(), PATIENCE)
        await queue.delete(asked.id)
        await store.delete(asked.source)
        deleted.set()
    assert store.names() == set()


async def test_a_stop_lets_the_job_in_hand_be_finished(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker
) -> None:
    asked, next_one = await put(queue, store, seconds=0.5), await put(queue, store, user="boris")
    async with run_worker("slow", grace=5.0) as stop:
        await running(queue, asked.id, step="animate")
        stop.set()
    assert (await got(queue, asked)).state is JobState.DONE
    assert (await got(queue, next_one)).state is JobState.WAITING


async def test_a_stop_does_not_wait_for_a_queue_that_is_down(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> bool:
        raise DatabaseDownError("down")

    asked = await put(queue, store, seconds=30)
    async with run_worker("slow", grace=0.1, report=0.2, lease=120.0) as stop:
        await running(queue, asked.id, step="animate")
        monkeypatch.setattr(queue, "give_back", fail)
        began = time.monotonic()
        stop.set()
    assert time.monotonic() - began < 90
    assert (await got(queue, asked)).state is JobState.RUNNING  # until its lease ends


async def test_a_stop_gives_a_long_job_back(queue: JobQueue, store: FolderStore, run_worker: RunWorker) -> None:
    asked = await put(queue, store, seconds=30)
    async with run_worker("slow", grace=0.1) as stop:
        await running(queue, asked.id, step="animate")
        stop.set()
    job = await got(queue, asked)
    assert (job.state, job.attempts, job.step) == (JobState.WAITING, 0, "")
    assert store.names() == {asked.source}


@pytest.mark.parametrize("method", ["lease", "renew", "finish"])
async def test_a_queue_that_is_down_for_a_while_costs_no_attempt(
    queue: JobQueue, store: FolderStore, run_worker: RunWorker, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    asked, calls = await put(queue, store, seconds=0.3), 0
    works = getattr(queue, method)

    async def down_at_first(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls <= 3:
            raise DatabaseDownError("the disk is full")
        return await works(*args, **options)

    monkeypatch.setattr(queue, method, down_at_first)
    async with run_worker("slow"):
        await ended(queue, asked.id)
    job = await got(queue, asked)
    assert (job.state, job.attempts) == (JobState.DONE, 1) and calls > 3


async def test_a_worker_that_is_cancelled_gives_its_job_back(
    queue: JobQueue, store: FolderStore, tmp_path: Path
) -> None:
    asked = await put(queue, store, seconds=30)
    worker = Worker(
        queue, store, render_entry("slow"), folder=tmp_path / "work", keep=60.0, timing=WorkerTiming(beat=0.05)
    )
    task = asyncio.create_task(worker.run(asyncio.Event()))
    await running(queue, asked.id, step="animate")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    job = await got(queue, asked)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert list((tmp_path / "work").iterdir()) == []


async def test_the_log_holds_nothing_personal(queue: JobQueue, store: FolderStore, run_worker: RunWorker) -> None:
    with structlog.testing.capture_logs() as lines:
        done, broken = await put(queue, store), await queue.put("boris", "gone", Wish(), digest="secret")
        async with run_worker("quick"):
            await ended(queue, done.id, broken.id)
        third = await put(queue, store)
        async with run_worker("raising"):
            await ended(queue, third.id)
    text = str(lines)
    assert done.id in text and "RuntimeError animations.py" in text
    for secret in ("anna", "boris", "digest", "secret", done.source, str(store.folder.parent), "/"):
        assert secret not in text


async def test_a_job_that_is_leased_while_the_stop_comes_is_not_begun(
    store: FolderStore, tmp_path: Path, reports: list[AttemptReport], sqlite: Database
) -> None:
    stop = asyncio.Event()

    class StoppedWhileAsked(JobQueue):
        async def lease(self, worker: str, seconds: float) -> Job | None:
            stop.set()
            return await super().lease(worker, seconds)

    queue = StoppedWhileAsked(sqlite, keep=3600.0)
    asked = await put(queue, store)
    worker = Worker(queue, store, render_entry("quick"), folder=tmp_path / "work", keep=3600.0, on_end=reports.append)
    await worker.run(stop)
    job = await got(queue, asked)
    assert (job.state, job.attempts, reports) == (JobState.WAITING, 0, [])
