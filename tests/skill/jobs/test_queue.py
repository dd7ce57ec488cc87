"""The contract of every adapter of the port: what it promises without a worker."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.run import Wish
from skill.jobs.model import Done, Failed, Job, JobState, Refusal
from skill.jobs.queue import BEGINNINGS, JobQueue
from skill.jobs.queue_limits import QueueFullError
from tests.fake_clock import FakeClock
from tests.skill.jobs.conftest import OpenQueue

pytestmark = pytest.mark.asyncio

WISH = Wish(motion="idle", gestures=("smile", "wink"), seconds=3, face="left", formats=("mp4", "gif"))


async def put(queue: JobQueue, user: str = "anna", name: str = "photo", wish: Wish = WISH, *, priority: int = 0) -> Job:
    return await queue.put(user, name, wish, digest=f"digest of {name}", priority=priority)


async def leased(queue: JobQueue, worker: str = "w", seconds: float = 30.0) -> Job:
    job = await queue.lease(worker, seconds)
    assert job is not None
    return job


async def test_a_job_has_the_trace_of_whoever_asked_first(queue: JobQueue) -> None:
    for trace in ("00-1-1-01", "00-2-2-01"):
        await queue.put("anna", "photo", WISH, digest="d", trace=trace)
    assert (await leased(queue)).trace == "00-1-1-01"


async def test_a_job_is_found_again_as_it_was_asked_for(queue: JobQueue, opener: OpenQueue) -> None:
    job = await put(queue)
    assert (job.state, job.user, job.source, job.wish) == (JobState.WAITING, "anna", "photo", WISH)
    assert len(job.id) >= 22  # 128 bits
    assert await (await opener()).get(job.id) == job
    assert await queue.get("no such job") is None


async def test_jobs_of_a_user_come_newest_first(queue: JobQueue) -> None:
    first, second = await put(queue), await put(queue, name="another")
    await put(queue, user="boris")
    assert [job.id for job in await queue.of("anna")] == [second.id, first.id]


async def test_a_job_goes_its_way(queue: JobQueue) -> None:
    asked = await put(queue)
    job = await leased(queue)
    assert (job.id, job.state, job.attempts) == (asked.id, JobState.RUNNING, 1)
    assert await queue.renew(job.id, "w", 30.0, step="animate", share=0.5)
    now = await queue.get(job.id)
    assert now is not None and (now.step, now.share) == ("animate", 0.5)
    assert await queue.finish(
        job.id,
        "w",
        Done(
            (
                ("mp4", "key1"),
                ("gif", "key2"),
            )
        ),
    )
    now = await queue.get(job.id)
    assert now is not None and now.state is JobState.DONE
    assert now.results == (("mp4", "key1"), ("gif", "key2"))
    assert await queue.lease("w", 30.0) is None


async def test_a_result_is_added_to_a_job_that_is_done(queue: JobQueue) -> None:
    asked, end = await put(queue), Done((("mp4", "key1"), ("gif", "key2")))
    await leased(queue)
    assert not await queue.add_result(asked.id, "messenger", "key3")  # it is not done yet
    await queue.finish(asked.id, "w", end)
    assert await queue.add_result(asked.id, "messenger-square", "key3")
    assert await queue.add_result(asked.id, "messenger", "key4")
    assert not await queue.add_result(asked.id, "messenger", "key5")
    assert not await queue.add_result("no such job", "messenger", "key5")
    assert await queue.finish(asked.id, "w", end)  # reported once more: the first answer was lost
    assert not await queue.finish(asked.id, "w", Done((("mp4", "key9"),)))
    gone = await queue.delete(asked.id)
    assert gone is not None
    assert gone.results == (*end.results, ("messenger-square", "key3"), ("messenger", "key4"))


async def test_the_same_wish_on_the_same_photo_joins(queue: JobQueue) -> None:
    job = await put(queue)
    again = await queue.put("anna", "uploaded anew", WISH, digest="digest of photo")
    assert (again.id, again.source) == (job.id, "photo")
    await leased(queue)
    assert (await put(queue)).id == job.id
    await queue.finish(job.id, "w", Refusal("no_face"))
    assert (await put(queue)).state is JobState.REFUSED


async def test_another_user_wish_or_photo_does_not_join(queue: JobQueue) -> None:
    jobs = [await put(queue), await put(queue, user="boris"), await put(queue, name="b"), await put(queue, wish=Wish())]
    assert len({job.id for job in jobs}) == 4


async def test_what_failed_is_asked_for_anew(queue: JobQueue) -> None:
    job = await put(queue)
    await leased(queue)
    await queue.finish(job.id, "w", Failed("error"))
    assert (await put(queue)).id != job.id


async def test_one_job_of_a_user_runs_at_a_time(queue: JobQueue) -> None:
    first, second, other = await put(queue), await put(queue, name="b"), await put(queue, user="boris")
    assert (await leased(queue, "w1")).id == first.id
    assert (await leased(queue, "w2")).id == other.id
    assert await queue.lease("w3", 30.0) is None
    await queue.finish(first.id, "w1", Done((("mp4", "key"),)))
    assert (await leased(queue, "w3")).id == second.id


async def test_priority_goes_before_age(queue: JobQueue) -> None:
    jobs = [await put(queue, user=user, priority=int(user[0])) for user in ("0", "2", "1", "2nd")]
    assert [(await leased(queue)).id for _ in jobs] == [jobs[index].id for index in (1, 3, 2, 0)]


async def test_two_workers_never_get_the_same_job(queue: JobQueue, opener: OpenQueue) -> None:
    asked = {(await put(queue, user=str(number))).id for number in range(30)}
    queues = [await opener() for _ in range(3)]
    jobs = await asyncio.gather(*(leased(queues[number % 3], str(number)) for number in range(30)))
    assert {job.id for job in jobs} == asked


async def test_a_lost_lease_is_given_to_another_and_the_late_one_changes_nothing(
    opener: OpenQueue, clock: FakeClock
) -> None:
    queue = await opener(clock)
    job = await put(queue)
    await leased(queue, "frozen", 0.05)
    clock.now += 0.06
    assert (await leased(queue, "awake")).attempts == 2
    assert not await queue.renew(job.id, "frozen", 30.0)
    assert not await queue.finish(job.id, "frozen", Failed("error"))
    assert not await queue.give_back(job.id, "frozen")
    assert await queue.finish(job.id, "awake", Done((("mp4", "key"),)))


async def test_a_renewed_lease_is_kept(opener: OpenQueue, clock: FakeClock) -> None:
    queue = await opener(clock)
    await put(queue)
    job = await leased(queue, "w", 0.05)
    assert await queue.renew(job.id, "w", 30.0)
    clock.now += 0.06
    assert await queue.lease("other", 30.0) is None


async def test_a_job_that_loses_every_worker_fails_in_the_end(opener: OpenQueue, clock: FakeClock) -> None:
    queue = await opener(clock)
    job = await put(queue)
    for attempt in range(1, BEGINNINGS + 1):
        assert (await leased(queue, "w", 0.01)).attempts == attempt
        clock.now += 0.02
    assert await queue.lease("w", 30.0) is None
    now = await queue.get(job.id)
    assert now is not None and (now.state, now.reason) == (JobState.FAILED, "crashed")
    assert [left.source for left in await queue.leftovers()] == ["photo"]


async def test_a_job_given_back_keeps_its_place_and_its_attempts(queue: JobQueue) -> None:
    job = await put(queue)
    await put(queue, user="boris")
    for _ in range(5):
        assert (await leased(queue)).id == job.id
        assert await queue.give_back(job.id, "w")
    assert (await leased(queue)).attempts == 1
    assert await queue.give_back(job.id, "w", counted=True)
    assert (await leased(queue)).attempts == 2


async def test_a_deleted_job_is_gone_whatever_it_was(queue: JobQueue) -> None:
    job = await put(queue)
    await leased(queue)
    gone = await queue.delete(job.id)
    assert gone is not None and (gone.state, gone.source) == (JobState.RUNNING, "photo")
    assert await queue.get(job.id) is None
    assert await queue.of("anna") == []
    assert not await queue.renew(job.id, "w", 30.0)
    assert not await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert await queue.delete(job.id) is None
    assert (await put(queue)).id != job.id


async def test_ended_jobs_expire_and_running_ones_do_not(opener: OpenQueue, clock: FakeClock) -> None:
    queue = await opener(clock, keep=0.5, patience=0.5)
    done = await put(queue)
    running, waiting = await put(queue, user="boris"), await put(queue, user="vera")
    for _ in range(2):
        await leased(queue)
    await queue.finish(done.id, "w", Done((("mp4", "key"),)))
    assert await queue.delete_expired() == []
    clock.now += 0.55
    assert await queue.lease("late", 30.0) is None  # nobody is there any more for whom it would run
    gone = {job.id: job for job in await queue.delete_expired()}
    assert set(gone) == {done.id, waiting.id}
    assert gone[done.id].results == (("mp4", "key"),)
    assert await queue.get(done.id) is None
    assert await queue.get(running.id) is not None


async def test_a_full_queue_says_when_to_come_again(opener: OpenQueue) -> None:
    queue = await opener(limit=2)
    job = await put(queue)
    await put(queue, name="b")
    with pytest.raises(QueueFullError) as full:
        await put(queue, user="boris")
    assert full.value.seconds > 0
    assert (await put(queue)).id == job.id  # to join takes no place


async def test_the_wait_is_estimated_from_what_jobs_took(opener: OpenQueue, clock: FakeClock) -> None:
    queue = await opener(clock)
    assert await queue.waiting() == (0, 0.0)
    for number in range(3):
        job = await put(queue, user=str(number))
        await leased(queue)
        clock.now += 0.05
        await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    for number in range(4):
        await put(queue, user=str(number), name="b")
    waiting, seconds = await queue.waiting()
    assert waiting == 4 and seconds == pytest.approx(0.2, abs=0.01)
    await leased(queue, "second worker")
    waiting, fewer = await queue.waiting()
    assert waiting == 3 and fewer < seconds  # two workers are seen now


async def test_workers_that_ask_for_jobs_are_counted(queue: JobQueue) -> None:
    assert await queue.workers() == 0
    await queue.lease("first", 30.0)
    await queue.lease("second", 30.0)
    await queue.lease("first", 30.0)
    assert await queue.workers() == 2


async def test_a_photo_is_left_over_once_no_job_needs_it(queue: JobQueue) -> None:
    first, second = await put(queue), await put(queue, wish=Wish(gestures=("nod",)))
    await queue.finish((await leased(queue)).id, "w", Refusal("no_face"))
    assert await queue.leftovers() == []
    gone = await queue.delete(first.id)
    assert gone is not None and gone.source == ""
    await queue.finish((await leased(queue)).id, "w", Done((("mp4", "key"),)))
    assert [job.id for job in await queue.leftovers()] == [second.id]
    await queue.clear_source(second.id)
    assert await queue.leftovers() == []
    now = await queue.get(second.id)
    assert now is not None and now.source == ""
