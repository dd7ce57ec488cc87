"""A worker by itself: what it does when something breaks, and what it tells Prometheus."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from structlog.testing import capture_logs

from skill.jobs.worker import Worker
from skill.settings import load
from skill.worker_app import keep_working, run_worker

pytestmark = pytest.mark.asyncio


class FailingWorker:
    """Fails twice in a way that nobody foresaw, then works until the stop."""

    def __init__(self) -> None:
        self.runs = 0

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.runs <= 2:
            raise RuntimeError("unforeseen")
        stop.set()


async def test_an_unforeseen_error_does_not_end_the_work() -> None:
    worker = FailingWorker()
    with capture_logs() as lines:
        await keep_working(cast(Worker, worker), asyncio.Event(), pause=0.001)
    assert worker.runs == 3
    assert [(line["event"], line["log_level"]) for line in lines] == [("worker", "error")] * 2


async def test_a_worker_answers_prometheus_and_stops_at_a_signal(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data"})
    ports: asyncio.Queue[int] = asyncio.Queue()
    working = asyncio.create_task(run_worker(settings, ports.put_nowait, metrics_port=0))
    async with asyncio.timeout(120), aiohttp.ClientSession() as client:
        port = await ports.get()
        async with client.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.status == 200
            assert "ozhivi_jobs" in await answer.text()
        os.kill(os.getpid(), signal.SIGTERM)
        await working


async def test_without_a_port_nothing_is_opened(tmp_path: Path) -> None:
    ports: asyncio.Queue[int] = asyncio.Queue()
    working = asyncio.create_task(run_worker(load({"data_dir": tmp_path / "data"}), ports.put_nowait))
    async with asyncio.timeout(120):
        assert await ports.get() == 0
        os.kill(os.getpid(), signal.SIGINT)
        await working
