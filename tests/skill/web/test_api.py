"""The HTTP API over a real server: what goes in, who may, what is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from skill.jobs.model import Job, JobState
from skill.web import app_keys
from tests.skill.web.conftest import JPEG, Open, begin_job, error_code

pytestmark = pytest.mark.asyncio


async def test_a_photo_becomes_a_job_and_nothing_is_left_on_the_way(service: Open) -> None:
    async with service(long_side=800) as s:
        job = await begin_job(s, gesture="smile, Wink", face="left", seed="7", seconds="5", turn="90")
        assert (job["state"], job["says"], job["wait"]) == ("waiting", "Жду своей очереди", 7.0)
        queued = s.queue.only
        assert queued.user == "user-1"
        assert (queued.wish.gestures, queued.wish.face, queued.wish.seed) == (("smile", "wink"), "left", 7)
        assert (queued.wish.seconds, queued.wish.long_side, queued.wish.turn) == (5.0, 800, 90)
        assert s.store.objects == {queued.source: JPEG}
        assert s.store.types[queued.source] == "image/jpeg"
        assert s.incoming() == []


async def test_one_ticket_one_photo_until_it_is_refused(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        await s.send(token)
        assert (await s.send(token, gesture="nod")).status == 202
        other = JPEG + b"other"
        answer = await s.send(token, other)
        assert (answer.status, await error_code(answer)) == (409, "used_ticket")
        last = list(s.queue.jobs)[-1]
        s.queue.becomes(last, JobState.REFUSED, reason="no_face")
        assert (await s.send(token, other)).status == 202
        assert len(s.store.objects) == 3


async def test_of_many_photos_at_once_one_is_taken(service: Open) -> None:
    async with service(limit=100) as s:
        token = (await s.issue()).token
        for turn in range(2):  # a first photo, and in place of one that was refused
            photos = [JPEG + f"{turn} {number}".encode() for number in range(20)]
            answers = await asyncio.gather(*(s.send(token, photo) for photo in photos))
            statuses = [answer.status for answer in answers]
            assert statuses.count(202) == 1
            assert set(statuses) <= {202, 409, 429}  # 429: not even read
            s.queue.becomes(list(s.queue.jobs)[-1], JobState.REFUSED, reason="no_face")
        assert (len(s.queue.jobs), len(s.store.objects), s.incoming()) == (2, 2, [])


async def test_after_a_photo_that_was_not_queued_another_may_come(service: Open) -> None:
    async with service(limit=0) as s:
        token = (await s.issue()).token
        assert (await s.send(token)).status == 503
        s.queue.limit = 1
        assert (await s.send(token, JPEG + b"another")).status == 202


async def test_the_same_again_joins_and_its_photo_is_not_kept_twice(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        ids = {(await (await s.send(token)).json())["id"] for _ in range(2)}
        assert len(ids) == len(s.store.objects) == 1


async def test_a_full_queue_and_a_full_disk_say_later_and_keep_nothing(service: Open) -> None:
    async with service(limit=0) as s:
        answer = await s.send((await s.issue()).token)
        assert (answer.status, await error_code(answer), answer.headers["Retry-After"]) == (503, "queue_full", "120")
        assert s.store.objects == {}
        s.store.down = True
        answer = await s.send((await s.issue()).token)
        assert (answer.status, await error_code(answer)) == (503, "unavailable")
        assert s.incoming() == []


async def test_deletion_leaves_nothing(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begin_job(s))['id']}"
        s.store.objects["clip"] = b"mp4"
        s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("mp4", "clip"),))
        assert (await s.client.delete(path)).status == 204
        assert (s.queue.jobs, s.store.objects) == ({}, {})
        for method in ("GET", "DELETE"):
            answer = await s.client.request(method, path)
            assert (answer.status, await error_code(answer)) == (404, "not_found")


@pytest.mark.parametrize("kind", ["adult", "archive"])
async def test_a_word_of_consent_is_kept_with_the_job_and_logged(service: Open, kind: str) -> None:
    async with service() as s:
        with capture_logs() as lines:
            answer = await s.send((await s.issue()).token, **{kind: "true"})
        assert answer.status == 202
        job = s.queue.only
        assert (job.wish.adult, job.wish.archive) == (kind == "adult", kind == "archive")
        logged = [line for line in lines if line["event"] == "consent"]
        assert logged == [{"event": "consent", "log_level": "info", "kind": kind, "job": job.id}]


async def test_without_a_word_nothing_of_it_is_logged(service: Open) -> None:
    async with service() as s:
        with capture_logs() as lines:
            await s.send((await s.issue()).token, adult="false", archive="")
        assert not (s.queue.only.wish.adult or s.queue.only.wish.archive)
        assert "consent" not in [line["event"] for line in lines]


async def test_the_same_photo_comes_again_with_a_word(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        first = await (await s.send(token)).json()
        s.queue.becomes(s.queue.only.id, JobState.REFUSED, reason="child.appeal")
        shown = await (await s.client.get(f"/api/v1/animations/{first['id']}")).json()
        assert (shown["reason"], shown["cause"]) == ("child", "appeal")
        assert shown["sentence"].startswith("Кажется")
        again = await s.send(token, adult="true")
        assert again.status == 202
        assert (await again.json())["id"] != first["id"]


async def test_a_photo_that_comes_while_all_is_deleted_is_deleted_too(service: Open) -> None:
    async with service() as s:
        issued, put = await s.issue("anna"), s.queue.put

        async def late(*args: Any, **kwargs: Any) -> Job:
            """The photo is stored, the job is not there yet: now everything of hers is deleted."""
            await s.client.app[app_keys.ERASER].forget("anna")
            return await put(*args, **kwargs)

        s.queue.put = late  # type: ignore[method-assign]
        answer = await s.send(issued.token)
        assert (answer.status, (await answer.json())["error"]["code"]) == (401, "unknown_ticket")
        assert s.queue.jobs == {} and s.store.objects == {} and s.incoming() == []


async def test_all_that_the_service_keeps_of_a_user_is_known(service: Open) -> None:
    async with service() as s:
        issued = await s.issue("anna")
        assert (await s.send(issued.token)).status == 202
        forgotten = await s.client.app[app_keys.ERASER].forget("anna")
        assert forgotten.things == {"tickets": 1, "jobs": 1, "dialog": 0}
        assert s.queue.jobs == {} and s.store.objects == {}
