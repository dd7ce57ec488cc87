"""A process on demand: kept while it is wanted, one request at a time, and gone without a trace."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio

from skill.sandbox.messages import Answer, Entry, Report
from skill.sandbox.on_demand import BusyError, OnDemandProcess

Open = Callable[..., OnDemandProcess]


def open_answer(name: str) -> Answer:
    """The function of that name below, for a sandboxed process."""
    answer: Answer = globals()[name]
    return answer


def name_process(request: Any, report: Report) -> Any:
    return os.getpid()


def hang(request: Any, report: Report) -> Any:
    import time  # noqa: PLC0415

    time.sleep(60)


@pytest_asyncio.fixture
async def open_process(tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[OnDemandProcess] = []

    def open_one(name: str, **options: Any) -> OnDemandProcess:
        entry = Entry(f"{__name__}:open_answer", name)
        opened.append(OnDemandProcess(entry, tmp_path / "work", seconds=30.0, **options))
        return opened[-1]

    yield open_one
    for process in opened:
        await process.close()
    assert list((tmp_path / "work").iterdir()) == []


async def ask(on_demand: OnDemandProcess) -> int:
    async with on_demand.turn() as (process, folder):
        assert list(folder.iterdir()) == []
        return int(await process.ask(None))


@pytest.mark.asyncio
async def test_one_process_is_kept_and_ends_when_nobody_asks(open_process: Open) -> None:
    process = open_process("name_process", idle_seconds=1.0)
    first, second = [await ask(process) for _ in range(2)]
    assert first == second
    assert Path(f"/proc/{first}").exists()
    async with asyncio.timeout(60):
        while Path(f"/proc/{first}").exists():
            await asyncio.sleep(0.02)
    assert await ask(process) != first


@pytest.mark.asyncio
async def test_too_many_that_wait_are_sent_away_and_a_stop_waits_for_nobody(open_process: Open) -> None:
    process = open_process("hang", waiting=2)
    tasks = [asyncio.create_task(ask(process)) for _ in range(3)]
    await asyncio.sleep(0.5)
    with pytest.raises(BusyError):
        await ask(process)
    begun = monotonic()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await process.close()
    assert monotonic() - begun < 30
