"""Previews over HTTP: line by line, for few and after the jobs, of a photo that is not kept."""

from __future__ import annotations

import json
from io import BytesIO

import aiohttp
import pytest

from skill.movements import MOVEMENTS, PREVIEWED
from skill.web.auth import TICKET_HEADER
from skill.web.preview_budget import PHOTOS
from skill.web.schemas import PreviewView
from tests.skill.web.conftest import JPEG, Open, Service, error_code
from tests.skill.web.fakes import FakePreviews

pytestmark = pytest.mark.asyncio


async def ask(s: Service, token: str, **fields: str) -> aiohttp.ClientResponse:
    form = aiohttp.FormData(fields)
    form.add_field("photo", BytesIO(JPEG), filename="granny.jpg")
    return await s.client.post("/api/v1/previews", data=form, headers={TICKET_HEADER: token})


async def test_each_comes_in_a_line_and_nothing_is_kept(service: Open) -> None:
    fake = FakePreviews()
    async with service(previews=fake) as s:
        token = (await s.issue()).token
        answer = await ask(s, token, turn="90", adult="true", face="1,3")
        lines = [json.loads(line) for line in (await answer.read()).splitlines()]
        assert lines == [
            {"still": "anBn"},
            {"movement": "motion:idle", "clip": "bXA0"},
            {"movement": "gesture:nod", "clip": "bXA0"},
        ]
        assert await (await ask(s, token, further="true")).read()
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        order, further = fake.orders
        assert further.movements == tuple(one.value for one in MOVEMENTS[PREVIEWED:])
        assert (order.turn, order.adult, order.archive, order.face) == (90, True, False, "1,3")
        assert order.movements == tuple(one.value for one in MOVEMENTS[:PREVIEWED])
        assert s.incoming() == [] and not s.store.objects and not s.queue.jobs
        assert (await s.tickets.get(token)).digest == ""  # the ticket still waits for its photo
        assert await error_code(await ask(s, "x" * 43)) == "unknown_ticket"


async def test_a_refusal_is_the_only_line(service: Open) -> None:
    refusal = PreviewView(reason="child", cause="appeal", sentence="Похоже, это ребёнок.", advice="Может быть, нет.")
    async with service(previews=FakePreviews(refusal)) as s:
        answer = await ask(s, (await s.issue()).token)
        assert json.loads(await answer.read()) == refusal.model_dump(exclude_defaults=True)


async def test_jobs_that_wait_go_first(service: Open) -> None:
    fake = FakePreviews()
    async with service(previews=fake) as s:
        await s.send((await s.issue()).token)
        answer = await ask(s, (await s.issue("user-2")).token)
        assert (answer.status, await error_code(answer)) == (503, "unavailable")
        assert fake.orders == []


async def test_previews_are_counted(service: Open) -> None:
    async with service(previews=FakePreviews()) as s:
        token, other = (await s.issue()).token, (await s.issue()).token
        assert [(await ask(s, token)).status for _ in range(PHOTOS + 1)] == [200] * PHOTOS + [429]
        assert (await ask(s, other)).status == 200


async def test_without_them_the_page_has_its_sample(service: Open) -> None:
    fake = FakePreviews(unavailable=True)
    async with service(previews=fake) as s:
        token = (await s.issue()).token
        assert await error_code(await ask(s, token)) == "unavailable"
        assert " data-previews" in await (await s.client.get(f"/u/{token}")).text()
        assert fake.warmed == 1
        assert "уменьшенной копии" in await (await s.client.get("/privacy")).text()
        await s.send(token)
        await s.client.get(f"/u/{token}")
        assert fake.warmed == 1  # no photo is expected any more
    async with service() as s:  # switched off
        answer = await ask(s, (await s.issue()).token)
        assert (answer.status, await error_code(answer)) == (503, "unavailable")
