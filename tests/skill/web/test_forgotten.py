"""Somebody says «удали всё» while his photo is on its way."""

from __future__ import annotations

from typing import Any

import pytest

from skill.jobs.model import Job
from skill.web import app_keys
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_a_photo_that_comes_while_all_is_deleted_is_deleted_too(service: Open) -> None:
    async with service() as s:
        issued, put = await s.issue("anna"), s.queue.put

        async def late(*given: Any, **more: Any) -> Job:
            """The photo is stored, the job is not there yet: now everything of hers is deleted."""
            await s.client.app[app_keys.PRIVACY].forget("anna")
            return await put(*given, **more)

        s.queue.put = late  # type: ignore[method-assign]
        answer = await s.send(issued.token)
        assert (answer.status, (await answer.json())["error"]["code"]) == (401, "unknown_ticket")
        assert s.queue.jobs == {} and s.store.objects == {} and s.incoming() == []


async def test_all_that_the_service_keeps_of_a_user_is_known(service: Open) -> None:
    async with service() as s:
        issued = await s.issue("anna")
        assert (await s.send(issued.token)).status == 202
        forgotten = await s.client.app[app_keys.PRIVACY].forget("anna")
        assert forgotten.things == {"tickets": 1, "jobs": 1, "dialog": 0}
        assert s.queue.jobs == {} and s.store.objects == {}
