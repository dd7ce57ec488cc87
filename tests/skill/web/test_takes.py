"""All takes of a ticket: shown, deleted at once, and another one asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from skill.jobs.model import Job, JobState
from skill.web.app_keys import UPLOAD_HOOKS
from skill.web.auth import TICKET_HEADER
from tests.skill.web.conftest import JPEG, Open, Service, error_code

pytestmark = pytest.mark.asyncio


async def test_all_takes_of_a_ticket_are_shown_and_deleted_at_once(service: Open) -> None:
    async with service() as s:
        token, others = (await s.issue()).token, (await s.issue("user-2")).token
        headers = {TICKET_HEADER: token}
        assert (await (await s.client.get("/api/v1/animations", headers=headers)).json())["animations"] == []
        for fields in ({"gesture": "smile"}, {"motion": "idle", "face": "2"}, {"gesture": "wink,nod"}):
            await s.send(token, **fields)
        await s.send(others, JPEG + b"other")
        made, *_ = jobs = list(s.queue.jobs)[:3]
        s.store.objects["clip"] = b"mp4"
        s.queue.becomes(made, JobState.DONE, results=(("mp4", "clip"),))
        s.queue.becomes(jobs[2], JobState.RUNNING)
        shown = await (await s.client.get("/api/v1/animations", headers=headers)).json()
        assert [(one["gesture"], one["motion"], one["face"], one["state"]) for one in shown["animations"]] == [
            (["smile"], "auto", "", "done"),
            ([], "idle", "2", "waiting"),
            (["wink", "nod"], "auto", "", "running"),
        ]
        assert 3500 < shown["until"] - time.time() <= 3600
        assert (await s.client.delete("/api/v1/animations", headers=headers)).status == 204
        assert [job.user for job in s.queue.jobs.values()] == ["user-2"]
        assert list(s.store.objects.values()) == [JPEG + b"other"]
        assert (await (await s.client.get("/api/v1/animations", headers=headers)).json())["animations"] == []
        assert (await s.send(token, JPEG + b"the next")).status == 202


async def test_after_a_video_another_photo_may_come_with_the_same_ticket(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        await s.send(token)
        s.queue.becomes(s.queue.only.id, JobState.DONE)
        assert (await s.send(token, JPEG + b"the next")).status == 202
        listing = await s.client.get("/api/v1/animations", headers={TICKET_HEADER: token})
        assert len((await listing.json())["animations"]) == 2


async def test_a_photo_that_comes_while_its_takes_are_deleted_is_deleted_too(service: Open) -> None:
    async with service() as s:
        token, put = (await s.issue()).token, s.queue.put

        async def late(*args: Any, **kwargs: Any) -> Job:
            await s.client.delete("/api/v1/animations", headers={TICKET_HEADER: token})
            return await put(*args, **kwargs)

        s.queue.put = late  # type: ignore[method-assign]
        assert (await s.send(token)).status == 401
        assert s.queue.jobs == {} and s.store.objects == {} and s.incoming() == []


async def finished(s: Service, token: str) -> str:
    """The public id of a take that is done."""
    public: str = (await (await s.send(token, face="2")).json())["id"]
    s.store.objects["poster"] = b"poster"
    s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("jpg", "poster"),))
    return public


async def test_another_take_is_made_of_the_first_frame(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        path = f"/api/v1/animations/{await finished(s, token)}/again"
        answer = await s.client.post(
            path, json={"gesture": "smile,wink", "seed": 1, "camera": "push"}, headers={TICKET_HEADER: token}
        )
        view = await answer.json()
        assert (answer.status, view["gesture"], view["camera"]) == (202, ["smile", "wink"], "push")
        job = list(s.queue.jobs.values())[-1]
        assert (job.wish.gestures, job.wish.face, s.store.objects[job.source]) == (("smile", "wink"), "2", b"poster")
        assert job.id in await s.tickets.jobs(token)
        wrong = await s.client.post(path, json={"gesture": "dance"}, headers={TICKET_HEADER: token})
        assert (wrong.status, await error_code(wrong)) == (400, "wrong_request")


async def test_a_restoration_goes_on_until_it_is_taken_back(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        public: str = (await (await s.send(token, restore="auto")).json())["id"]
        s.store.objects["poster"] = b"poster"
        s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("jpg", "poster"),))
        for wish in ({"seed": 1}, {"seed": 2, "restore": "off"}):
            await s.client.post(f"/api/v1/animations/{public}/again", json=wish, headers={TICKET_HEADER: token})
        assert [job.wish.restore for job in s.queue.jobs.values()] == ["auto", "auto", "off"]


async def test_a_word_of_consent_holds_for_another_take_of_the_same_person(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        public: str = (await (await s.send(token, face="2", adult="true")).json())["id"]
        s.store.objects["poster"] = b"poster"
        s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("jpg", "poster"),))
        for wish in ({"seed": 1}, {"seed": 2, "face": "2"}, {"seed": 3, "face": "1"}):
            await s.client.post(f"/api/v1/animations/{public}/again", json=wish, headers={TICKET_HEADER: token})
        assert [job.wish.adult for job in s.queue.jobs.values()] == [True, True, True, False]


async def test_another_take_is_for_those_who_have_the_ticket(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        public = await finished(s, token)
        path = f"/api/v1/animations/{public}/again"
        assert (await s.client.post(path, json={})).status == 401
        stranger = (await s.issue("user-2")).token
        assert (await s.client.post(path, json={}, headers={TICKET_HEADER: stranger})).status == 404
        s.store.objects.pop("poster")
        assert (await s.client.post(path, json={}, headers={TICKET_HEADER: token})).status == 404
        assert len(s.queue.jobs) == 1


async def test_takes_have_an_end(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skill.tickets.MAX_UPLOADS", 2)
    async with service() as s:
        token = (await s.issue()).token
        path = f"/api/v1/animations/{await finished(s, token)}/again"
        answers = [await s.client.post(path, json={"seed": n}, headers={TICKET_HEADER: token}) for n in (1, 2)]
        assert [answer.status for answer in answers] == [202, 409]


async def test_pictures_at_the_assistants_platform_go_with_their_takes(service: Open) -> None:
    withdrawn: list[str] = []

    async def withdraw(jobs: Sequence[str]) -> None:
        withdrawn.extend(jobs)

    async with service() as s:
        s.client.app[UPLOAD_HOOKS].withdraw_cards = withdraw
        token = (await s.issue()).token
        for fields in ({"gesture": "smile"}, {"motion": "idle"}):
            await s.send(token, **fields)
        jobs = list(s.queue.jobs)
        assert (await s.client.delete("/api/v1/animations", headers={TICKET_HEADER: token})).status == 204
        assert sorted(withdrawn) == sorted(jobs)
