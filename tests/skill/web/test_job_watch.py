"""Jobs that pages look at: how often the queue is asked, who may look, and how it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from structlog.testing import capture_logs

from skill.database.errors import DatabaseDownError
from skill.jobs.model import JobState
from skill.web import job_watch
from skill.web.errors import ApiError, not_found
from skill.web.job_watch import JOB_WATCHERS, NETWORK_WATCHERS, JobWatches, View
from skill.web.schemas import JobView

pytestmark = pytest.mark.asyncio


class WatchedJob:
    """A job that counts how often it is looked at."""

    def __init__(self) -> None:
        self.found = self.looks = 0
        self.state = JobState.WAITING
        self.error: Exception | None = None

    async def find(self) -> View:
        self.found += 1
        await asyncio.sleep(0)
        return self.view

    async def view(self) -> JobView:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return JobView(id="job", state=self.state)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_watch, "_EVERY", 0.01)
    monkeypatch.setattr(job_watch, "_LOOKS", 1e6)


@pytest.mark.usefixtures("often")
async def test_one_poller_serves_all_who_look() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    async with AsyncExitStack() as stack:
        all_of_them = [await stack.enter_async_context(watches.join("job", "", job.find)) for _ in range(JOB_WATCHERS)]
        first = await asyncio.gather(*(watch.next(None, 60) for watch in all_of_them))
        assert {view and view.state for view in first} == {JobState.WAITING}
        assert job.looks == 1
        job.state = JobState.RUNNING
        second = await asyncio.gather(*(watch.next(view, 5) for watch, view in zip(all_of_them, first, strict=True)))
        assert {view and view.state for view in second} == {JobState.RUNNING}
        assert (job.found, job.looks) == (1, 2)


@pytest.mark.usefixtures("often")
async def test_two_who_come_at_once_share_a_poller() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())

    async def look() -> JobView | None:
        async with watches.join("job", "", job.find) as watch:
            return await watch.next(None, 60)

    one, other = await asyncio.gather(look(), look())
    assert one is other is not None


async def test_a_job_that_is_not_found_takes_no_place() -> None:
    watches = JobWatches(asyncio.Event())

    async def fail() -> View:
        raise not_found()

    for _ in range(2 * JOB_WATCHERS):
        with pytest.raises(ApiError, match="not_found"):
            async with watches.join("job", "", fail):
                pass


@pytest.mark.usefixtures("often")
async def test_without_news_the_same_job_comes_back_in_time() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    async with watches.join("job", "", job.find) as watch:
        seen = await watch.next(None, 60)
        assert await watch.next(seen, 0.05) is seen
        assert job.looks > 1


@pytest.mark.usefixtures("often")
async def test_nobody_looks_after_the_last_has_left() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    async with watches.join("job", "", job.find) as watch:
        await watch.next(None, 60)
    looks = job.looks
    await asyncio.sleep(0.05)
    assert job.looks == looks
    async with watches.join("job", "", job.find) as watch:
        assert await watch.next(None, 60) is not None
    assert job.looks == looks + 1


@pytest.mark.usefixtures("often")
async def test_the_last_news_is_heard_before_the_end() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    job.state = JobState.DONE
    async with watches.join("job", "", job.find) as early, watches.join("job", "", job.find) as late:
        seen = await early.next(None, 60)
        assert seen is not None
        assert await early.next(seen, 60) is None
        assert await late.next(None, 60) is seen


@pytest.mark.usefixtures("often")
async def test_a_stop_ends_all_at_once() -> None:
    job, stop = WatchedJob(), asyncio.Event()
    watches = JobWatches(stop)
    async with watches.join("job", "", job.find) as watch, asyncio.timeout(50):
        seen = await watch.next(None, 60)
        stop.set()
        assert await watch.next(seen, 60) is None


@pytest.mark.usefixtures("often")
async def test_a_queue_that_is_down_ends_it_with_one_line() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    with capture_logs() as lines:
        async with watches.join("job", "", job.find) as one, watches.join("job", "", job.find) as other:
            seen = await one.next(None, 60)
            job.error = DatabaseDownError("down")
            assert await one.next(seen, 60) is None
            assert await other.next(seen, 60) is None
    assert [(line["event"], line["error"]) for line in lines] == [("unavailable", "DatabaseDownError")]


async def test_a_job_and_a_network_have_so_many_lines_and_no_more() -> None:
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    async with AsyncExitStack() as stack:
        for number in range(NETWORK_WATCHERS):
            await stack.enter_async_context(watches.join(f"job {number}", "stranger", job.find))
        with pytest.raises(ApiError) as refused:
            await stack.enter_async_context(watches.join("another", "stranger", job.find))
        assert (refused.value.status, refused.value.code) == (429, "too_many_watchers")
        for number in range(JOB_WATCHERS):
            await stack.enter_async_context(watches.join("another", f"honest {number}", job.find))
        with pytest.raises(ApiError):
            await stack.enter_async_context(watches.join("another", "honest", job.find))
    async with watches.join("another", "stranger", job.find):
        pass


async def test_with_more_jobs_each_is_looked_at_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_watch, "_EVERY", 0.001)
    monkeypatch.setattr(job_watch, "_LOOKS", 200.0)
    job, watches = WatchedJob(), JobWatches(asyncio.Event())
    async with AsyncExitStack() as stack:
        for number in range(100):
            await stack.enter_async_context(watches.join(f"job {number}", f"{number}", job.find))
        await asyncio.sleep(0.2)
        before = job.looks
        await asyncio.sleep(0.5)
        assert 0 < job.looks - before < 200  # of which 100 by this limit, and 50,000 without it
