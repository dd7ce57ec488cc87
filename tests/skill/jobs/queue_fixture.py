"""Each database by a name that also another process understands: "sqlite:/folder", "postgres:postgresql://…"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from skill.database.database import Database
from skill.jobs.queue import JobQueue
from tests.skill.database.databases import postgres_database, sqlite_database

PATIENCE = 60.0  # seconds for what takes one on an idle machine; others may use this one too


def database_at(queue_address: str, clock: Callable[[], float] | None = None, *, patience: float = 4.0) -> Database:
    kind, _, place = queue_address.partition(":")
    match kind:
        case "sqlite":
            return sqlite_database(Path(place), clock, patience=patience)
        case "postgres":
            return postgres_database(place, clock, patience=patience)
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
