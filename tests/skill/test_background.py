from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from skill.background import periodic

pytestmark = pytest.mark.asyncio


class Calls:
    """Work that counts how often it was done; the first `failures` calls raise."""

    def __init__(self, failures: int = 0) -> None:
        self.count, self._failures = 0, failures
        self.changed = asyncio.Event()

    async def __call__(self) -> None:
        self.count += 1
        self.changed.set()
        if self.count <= self._failures:
            raise OSError("no space left")

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(60):
            while self.count < count:
                self.changed.clear()
                await self.changed.wait()


async def test_the_work_is_done_at_once_and_again() -> None:
    calls = Calls()
    async with periodic(0.001, calls, name="not_done"):
        await calls.reached(3)


async def test_nothing_is_done_after_the_block() -> None:
    calls = Calls()
    async with periodic(0.001, calls, name="not_done"):
        await calls.reached(1)
    count = calls.count
    await asyncio.sleep(0.01)
    assert calls.count == count


async def test_a_failure_is_logged_and_the_work_is_tried_again() -> None:
    calls = Calls(failures=2)
    with capture_logs() as lines:
        async with periodic(0.001, calls, name="not_done"):
            await calls.reached(3)
    assert [(line["event"], line["log_level"], line["reason"]) for line in lines] == [
        ("not_done", "warning", "OSError")
    ] * 2


async def test_it_can_be_woken_before_the_pause_ends() -> None:
    calls, wake = Calls(), asyncio.Event()
    async with periodic(3600, calls, name="not_done", wake=wake):
        await calls.reached(1)
        wake.set()
        await calls.reached(2)


async def test_work_in_hand_is_cancelled_and_waited_for() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    async with periodic(3600, work, name="not_done"):
        await begun.wait()
    assert ended.is_set()


async def test_an_error_of_the_block_goes_through() -> None:
    with pytest.raises(KeyError):
        async with periodic(3600, Calls(), name="not_done"):
            raise KeyError
