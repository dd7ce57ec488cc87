"""Endpoints for those who keep the service running."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from skill.jobs.model import JobState
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_health_says_what_is_in_force(service: Open, tmp_path: Path) -> None:
    async with service(children="strict") as s:
        states = await (await s.client.get("/healthz")).text()
        assert '"children": "strict"' in states
        assert '"gallery": "empty"' in states
        assert str(tmp_path) not in states


async def test_health_and_metrics(service: Open) -> None:
    async with service() as s:
        assert (await s.client.get("/healthz")).status == 200
        ready = await s.client.get("/readyz")
        assert await ready.json() == {"ok": True, "weights": True, "queue": True, "store": True, "disk": True}
        issued = await s.issue()
        await s.send(issued.token, b"no photo")
        await s.send(issued.token)
        s.queue.becomes(s.queue.only.id, JobState.WAITING)
        text = await (await s.client.get("/metrics")).text()
        assert 'ozhivi_requests_total{method="POST",route="/api/v1/animations",status="202"} 1.0' in text
        assert 'ozhivi_refusals_total{reason="not_an_image"} 1.0' in text
        assert "ozhivi_queue_length 1.0" in text
        assert issued.token not in text


async def test_health_is_told_whatever_hangs(service: Open) -> None:
    """A locked file, a dead disk: all threads wait for it."""
    async with service() as s:
        stuck = threading.Event()
        waiting = [asyncio.get_running_loop().run_in_executor(None, stuck.wait) for _ in range(64)]
        try:
            async with asyncio.timeout(60):
                assert (await s.client.get("/healthz")).status == 200
        finally:
            stuck.set()
            await asyncio.gather(*waiting)
