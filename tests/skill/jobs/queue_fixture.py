"""Every adapter by a name that also another process understands: "sqlite:/path", "postgres:postgresql://…"."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from skill.jobs.postgres import PostgresQueue
from skill.jobs.queue import JobQueue
from skill.jobs.sqlite import SqliteQueue

PATIENCE = 60.0  # seconds for what takes one on an idle machine; others may use this one too


async def open_queue(queue_address: str, **options: Any) -> JobQueue:
    """`options`: `keep`, `patience` in seconds, `limit` of waiting jobs, as every adapter takes them."""
    kind, _, place = queue_address.partition(":")
    match kind:
        case "sqlite":
            return await SqliteQueue.open(Path(place), **options)
        case "postgres":
            return await PostgresQueue.open(place, **options)
    raise ValueError(kind)


async def ended(queue: JobQueue, *jobs: str, within: float = PATIENCE) -> None:
    """Wait until all of them have ended."""
    async with asyncio.timeout(within):
        for job in jobs:
            while (now := await queue.get(job)) is not None and not now.state.ended:
                await asyncio.sleep(0.02)


async def running(queue: JobQueue, job: str, *, step: str | None = None, within: float = PATIENCE) -> None:
    """Wait until a worker has the job, in `step` where one is given."""
    async with asyncio.timeout(within):
        while (now := await queue.get(job)) is None or now.state != "running" or (step and now.step != step):
            await asyncio.sleep(0.02)
