"""Access: by ticket, by key, by a job's id; and not otherwise."""

from __future__ import annotations

import pytest

from tests.skill.web.conftest import Open, begin_job, error_code

pytestmark = pytest.mark.asyncio

KEY = "k" * 32


async def test_who_may_not(service: Open) -> None:
    async with service() as s:
        assert await error_code(await s.send("x" * 43)) == "unknown_ticket"
        for headers in ({}, {"X-Api-Key": ""}, {"X-Api-Key": KEY}):
            answer = await s.send("", headers=headers)
            assert (answer.status, await error_code(answer)) == (401, "no_access")
        assert s.store.objects == {}


async def test_an_api_key_opens_and_keeps_people_apart(service: Open) -> None:
    async with service(api_keys=["o" * 32, KEY]) as s:
        for person in ("anna", "boris", "anna"):
            answer = await s.send("", headers={"X-Api-Key": KEY, "X-Ozhivi-User": person})
            assert answer.status == 202
        users = [job.user for job in s.queue.jobs.values()]
        assert len(set(users)) == 2  # Anna's second wish joined her first
        assert not any("anna" in user or KEY in user for user in users)
        assert (await s.send("", headers={"X-Api-Key": KEY[:-1] + "x"})).status == 401


async def test_an_id_from_the_log_opens_nothing(service: Open) -> None:
    async with service() as s:
        public = (await begin_job(s))["id"]
        job = s.queue.only.id
        for wrong in (job + "x" * 22, public[:-1] + ("A" if public[-1] != "A" else "B"), "x" * 44):
            assert (await s.client.get(f"/api/v1/animations/{wrong}")).status == 404
            assert (await s.client.delete(f"/api/v1/animations/{wrong}")).status == 404
        assert job in s.queue.jobs
