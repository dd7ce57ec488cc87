"""Renders in the background, against a service that only says how its jobs stand."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

import pytest
from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer

from skill.bench.background_renders import BackgroundRenders
from skill.bench.errors import BenchError

pytestmark = pytest.mark.asyncio


class FakeService:
    """Takes photos; each job is `states[n]` at the n-th question, and at the last of them ever after."""

    def __init__(self, *states: str) -> None:
        self.states = states
        self.seeds: list[tuple[str, str]] = []
        self.questions: Counter[str] = Counter()

    async def create(self, request: web.Request) -> web.Response:
        form: dict[str, bytes] = {}
        # not request.post(): it leaves its temporary file open if the client hangs up in the middle of a photo
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader) and part.name
            form[part.name] = await part.read()
        self.seeds.append((request.headers["X-Ozhivi-User"], form["seed"].decode()))
        return web.Response(headers={"Location": f"/api/v1/animations/{len(self.seeds)}"})

    async def show(self, request: web.Request) -> web.Response:
        job = request.match_info["job"]
        self.questions[job] += 1
        return web.json_response({"state": self.states[min(self.questions[job], len(self.states)) - 1]})

    def application(self) -> web.Application:
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_post("/api/v1/animations", self.create)
        app.router.add_get("/api/v1/animations/{job}", self.show)
        return app


async def test_photos_are_sent_until_it_is_stopped() -> None:
    service = FakeService("running", "done")
    async with TestServer(service.application()) as server:
        renders = BackgroundRenders(str(server.make_url("/")), "key", os.getpid())
        await renders.start()
        async with asyncio.timeout(120):
            while len(service.seeds) < 6:
                await asyncio.sleep(0.05)
        assert await renders.stop() >= 3
    assert {user for user, _ in service.seeds} == {"bench-0", "bench-1", "bench-2"}
    assert ("bench-0", "1") in service.seeds  # each time another wish


async def test_a_render_that_fails_is_an_error() -> None:
    async with TestServer(FakeService("failed").application()) as server:
        renders = BackgroundRenders(str(server.make_url("/")), "key", os.getpid())
        with pytest.raises(BenchError, match="ended as failed"):
            await renders.start()
