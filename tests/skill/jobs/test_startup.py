"""A queue that does not answer at the start: the processes wait, say so, and give up in the end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from skill.app import serve
from skill.database.errors import DatabaseDownError, DatabaseVersionError
from skill.jobs.startup import wait_for_queue
from skill.settings import Settings, load
from skill.worker_app import run_worker
from tests.skill.jobs.postgres_server import PostgresServer

pytestmark = pytest.mark.asyncio


def failing(*errors: Exception) -> Callable[[], Awaitable[None]]:
    """Raises these one after the other, then answers."""
    left = list(errors)

    async def ask() -> None:
        if left:
            raise left.pop(0)

    return ask


async def test_a_queue_that_comes_late_is_waited_for_and_the_log_says_so() -> None:
    with capture_logs() as lines:
        await wait_for_queue(failing(*[DatabaseDownError("down")] * 3), asyncio.Event(), 60.0, pause=0.01)
    assert [line["event"] for line in lines] == ["queue_awaited", "queue_answers"]
    assert (lines[0]["reason"], lines[0]["longest"]) == ("down", 60.0)


async def test_a_queue_that_answers_at_once_is_no_news() -> None:
    with capture_logs() as lines:
        await wait_for_queue(failing(), asyncio.Event(), 60.0)
    assert lines == []


async def test_the_wait_has_an_end() -> None:
    with pytest.raises(DatabaseDownError, match="down"):
        await wait_for_queue(failing(*[DatabaseDownError("down")] * 99), asyncio.Event(), 0.05, pause=0.01)


async def test_nobody_waits_for_a_queue_of_a_later_version() -> None:
    with pytest.raises(DatabaseVersionError):
        await wait_for_queue(failing(DatabaseVersionError("later")), asyncio.Event(), 60.0)


async def test_a_stop_ends_the_wait_also_in_the_middle_of_a_question() -> None:
    stop = asyncio.Event()

    async def hang() -> None:
        stop.set()
        await asyncio.sleep(60)

    async with asyncio.timeout(50):
        await wait_for_queue(hang, stop, 60.0)


def settings_of(tmp_path: Path, dsn: str, **more: object) -> Settings:
    given = {"data_dir": tmp_path / "data", "port": 0, "workers": False, "queue": "postgres", "postgres": dsn}
    given |= {"secrets": "s" * 32, "identity_secret": "i" * 32}
    return load({**given, **more})


@pytest.mark.parametrize("run", [serve, run_worker])
async def test_a_process_gives_up_after_its_time(tmp_path: Path, run: Callable[..., Awaitable[None]]) -> None:
    settings = settings_of(tmp_path, f"postgresql:///none?host={tmp_path}", queue_wait=0)
    with pytest.raises(DatabaseDownError, match="PostgreSQL does not answer"):
        await run(settings, lambda _: None)


async def test_a_worker_that_waits_hears_the_signal(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, f"postgresql:///none?host={tmp_path}")
    with capture_logs() as lines:
        working = asyncio.create_task(run_worker(settings, lambda _: None))
        async with asyncio.timeout(120):
            while not any(line["event"] == "queue_awaited" for line in lines):
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)
            await working


async def test_a_service_whose_queue_comes_late_is_there_and_then_ready(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """Until then it says why it is not, and whoever needs the queue hears it in seconds, also while that is frozen."""
    addresses: asyncio.Queue[str] = asyncio.Queue()
    with postgres.database() as dsn:
        await asyncio.to_thread(postgres.stop)
        serving = asyncio.create_task(serve(settings_of(tmp_path, dsn), addresses.put_nowait))
        async with asyncio.timeout(120), aiohttp.ClientSession(await addresses.get()) as client:

            async def state() -> tuple[bool, str]:
                async with client.get("/readyz") as answer:
                    told = await answer.json()
                return told["queue"], told.get("why", {}).get("queue", "")

            async def look() -> int:
                async with client.get(f"/api/v1/animations/{'x' * 44}") as answer:
                    return answer.status

            try:
                ready, why = await state()
                assert not ready and "PostgreSQL does not answer" in why
                async with client.get("/") as answer:
                    assert answer.status == 200
            finally:
                await asyncio.to_thread(postgres.start)
            while not (await state())[0]:
                await asyncio.sleep(0.1)
            with postgres.frozen():
                for ready, why in await asyncio.gather(state(), state()):
                    # a loop that stood still for a second may hear of both limits at once: either is an answer
                    assert not ready and ("in time" in why or "no answer within" in why), why
            while await state() != (True, ""):
                await asyncio.sleep(0.1)
            assert await look() == 404
            os.kill(os.getpid(), signal.SIGTERM)
            await serving
