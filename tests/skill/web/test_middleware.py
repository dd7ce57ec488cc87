"""Headers of every answer."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

import skill.app
from skill.rare_log import RareLines
from skill.web import app_keys
from skill.web.metrics import Metrics
from skill.web.middleware import log_request
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_headers_protect_every_answer(service: Open) -> None:
    async with service(public_url="https://photo.example.ru") as s:
        token = (await s.issue()).token
        pages = ("/", f"/u/{token}", "/u/" + "x" * 43, "/privacy", "/nowhere")
        for path in (*pages, "/api/v1/animations/" + "x" * 44, "/healthz"):
            answer = await s.client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["X-Robots-Tag"].startswith("noindex")
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Strict-Transport-Security"]
            assert "Set-Cookie" not in answer.headers
            assert "Server" not in answer.headers


async def test_a_method_that_is_not_allowed_says_which_are(service: Open) -> None:
    async with service() as s:
        for path, allowed in (("/code", "POST"), ("/api/v1/faces", "POST"), ("/privacy", "GET,HEAD")):
            answer = await s.client.put(path)
            assert (answer.status, answer.headers["Allow"]) == (405, allowed)
            assert answer.headers["Content-Security-Policy"]


async def test_refusals_do_not_fill_the_log(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skill.app, "_REFUSALS", 3)
    async with service() as s:
        with capture_logs() as lines:
            for number in range(20):
                assert (await s.client.get(f"/nowhere/{number}")).status == 404
                assert (await s.client.get("/robots.txt")).status == 200
            assert (await s.client.post("/code", data={"code": "1"})).status == 400
        statuses = [line["status"] for line in lines if line["event"] == "request"]
        assert [statuses.count(status) for status in (200, 400, 404)] == [20, 1, 3]
        metrics = await (await s.client.get("/metrics")).text()
        assert 'route="none",status="404"} 20.0' in metrics  # they are counted all the same


async def test_a_client_that_hangs_up_is_no_error_of_ours() -> None:
    async def send_much(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(2**20))

    app = web.Application(middlewares=[log_request])
    app[app_keys.METRICS], app[app_keys.REFUSALS] = Metrics(), RareLines()
    app.router.add_get("/much", send_much)
    async with TestClient(TestServer(app)) as client:
        with capture_logs() as lines:
            answer = await client.get("/much")
            await answer.content.read(10)
            answer.close()
            await asyncio.sleep(0.2)
    assert [(line["event"], line["status"]) for line in lines] == [("request", 499)]
