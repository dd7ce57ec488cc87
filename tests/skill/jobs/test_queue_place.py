"""The contract of every adapter of the port: a job's place in the queue, and how many a user may have there."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.run import Wish
from skill.jobs.estimate import FIRST_GUESS, SHORTEST, Estimate
from skill.jobs.model import Done, Failed, Job, JobState, Refusal
from skill.jobs.queue import JobQueue
from skill.jobs.queue_limits import QueueFullError, TooManyJobsError
from tests.skill.jobs.conftest import OpenQueue

pytestmark = pytest.mark.asyncio


async def put(queue: JobQueue, user: str, name: str = "photo", *, priority: int = 0) -> Job:
    return await queue.put(user, name, Wish(), digest=f"digest of {name}", priority=priority)


async def estimated(queue: JobQueue, job: Job) -> Estimate:
    estimate = await queue.estimate(job.id)
    assert estimate is not None
    return estimate


async def test_a_job_ends_after_those_before_it(queue: JobQueue) -> None:
    first, second = await put(queue, "anna"), await put(queue, "boris")
    urgent = await put(queue, "vera", priority=1)
    ends = [(await estimated(queue, job)).ends for job in (urgent, first, second)]
    assert ends == pytest.approx([FIRST_GUESS, 2 * FIRST_GUESS, 3 * FIRST_GUESS])
    assert (await estimated(queue, second)).begins == pytest.approx(2 * FIRST_GUESS)
    assert await queue.lease("w", 30.0) is not None
    running = await estimated(queue, urgent)
    assert running.begins == 0.0 and SHORTEST <= running.ends <= FIRST_GUESS
    assert (await estimated(queue, first)).begins <= FIRST_GUESS
    await queue.finish(urgent.id, "w", Refusal("no_face"))
    assert await estimated(queue, urgent) == Estimate(0.0, 0.0)
    assert await queue.estimate("no such job") is None


async def test_a_job_that_takes_longer_than_others_still_needs_a_moment(queue: JobQueue) -> None:
    for number in range(3):
        job = await put(queue, str(number))
        await queue.lease("w", 30.0)
        await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    slow = await put(queue, "anna")
    await queue.lease("w", 30.0)
    await asyncio.sleep(0.05)
    assert await estimated(queue, slow) == Estimate(0.0, SHORTEST)


async def test_the_age_of_the_oldest_that_waits(queue: JobQueue) -> None:
    assert await queue.oldest() == 0.0
    await put(queue, "anna")
    await asyncio.sleep(0.05)
    await put(queue, "boris")
    assert 0.05 <= await queue.oldest() < 60
    assert await queue.lease("w", 30.0) is not None
    assert await queue.lease("w2", 30.0) is not None
    assert await queue.oldest() == 0.0


async def test_one_user_may_not_fill_the_queue(opener: OpenQueue) -> None:
    queue = await opener(each=2)
    first = await put(queue, "anna", "a")
    await put(queue, "anna", "b")
    with pytest.raises(TooManyJobsError) as caught:
        await put(queue, "anna", "c")
    assert caught.value.seconds > 0
    assert (await put(queue, "anna", "a")).id == first.id  # to join takes no place
    assert (await put(queue, "boris", "c")).state is JobState.WAITING
    assert await queue.lease("w", 30.0) is not None  # one of hers runs and waits no more
    assert (await put(queue, "anna", "c")).state is JobState.WAITING


async def test_the_limit_of_a_user_holds_however_many_ask_at_once(opener: OpenQueue) -> None:
    queues = [await opener(each=3) for _ in range(3)]
    asked = [put(queues[number % 3], "anna", str(number)) for number in range(12)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers].count(TooManyJobsError) == 9
    assert (await queues[0].waiting())[0] == 3


async def put_for_household(queue: JobQueue, household: str, number: int) -> Job:
    """A job of a user for whom no assistant vouches."""
    return await queue.put(f"{household} {number}", f"key {number}", Wish(), digest="d", household=household)


async def test_one_household_may_not_fill_the_queue(opener: OpenQueue) -> None:
    """Each page that it opens is a new user."""
    queue = await opener(each=2, limit=20)
    for number in range(4):
        await put_for_household(queue, "home", number)
    with pytest.raises(TooManyJobsError):
        await put_for_household(queue, "home", 4)
    assert (await put_for_household(queue, "home", 0)).state is JobState.WAITING  # to join takes no place
    await put_for_household(queue, "another", 0)
    assert await queue.lease("w", 30.0) is not None
    assert (await put_for_household(queue, "home", 4)).state is JobState.WAITING


async def test_places_are_kept_for_users_whom_an_assistant_knows(opener: OpenQueue) -> None:
    queue = await opener(each=2, limit=8)
    for number in range(4):
        await put_for_household(queue, f"household {number}", 0)
    with pytest.raises(QueueFullError):
        await put_for_household(queue, "one more", 0)
    for number in range(4):
        await put(queue, f"user {number}")
    with pytest.raises(QueueFullError):
        await put(queue, "another user")


async def test_the_limit_of_a_household_holds_however_many_ask_at_once(opener: OpenQueue) -> None:
    queues = [await opener(each=2, limit=100) for _ in range(3)]
    asked = [put_for_household(queues[number % 3], "home", number) for number in range(12)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers].count(TooManyJobsError) == 8


async def test_an_end_told_twice_is_taken_once(queue: JobQueue) -> None:
    """The first answer may be lost; a worker that hears "lost" would delete its files."""
    job = await put(queue, "anna")
    await queue.lease("w", 30.0)
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert await queue.finish(job.id, "w", Done((("mp4", "key"),)))
    assert not await queue.finish(job.id, "w", Done((("mp4", "another"),)))
    assert not await queue.finish(job.id, "w", Failed("error"))
    assert not await queue.finish(job.id, "late", Done((("mp4", "key"),)))
    assert not await queue.renew(job.id, "w", 30.0)
    assert not await queue.give_back(job.id, "w")
    now = await queue.get(job.id)
    assert now is not None and now.results == (("mp4", "key"),)
