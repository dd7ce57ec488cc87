"""A queue in each of the two databases, a store, and workers beside them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from skill.database.database import Database
from skill.jobs.queue import JobQueue
from skill.jobs.worker import AttemptReport, Worker, WorkerTiming
from tests.skill.jobs.animations import render_entry
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.jobs.queue_fixture import database_at

ROOT = Path(__file__).parents[3]

OpenQueue = Callable[..., Awaitable[JobQueue]]
RunWorker = Callable[..., AbstractAsyncContextManager[asyncio.Event]]
SpawnWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(params=["sqlite", "postgres"])
def queue_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty queue in each database."""
    match request.param:
        case "sqlite":
            yield f"sqlite:{tmp_path / 'queue'}"
        case "postgres":
            server: PostgresServer = request.getfixturevalue("postgres")
            yield f"postgres:{server.emptied()}"


@pytest_asyncio.fixture
async def opener(queue_address: str) -> AsyncIterator[OpenQueue]:
    """Opens the queue at `queue_address` with options, as often as one likes; closed afterwards."""
    databases: list[Database] = []

    async def open_one(
        clock: Callable[[], float] | None = None, patience_of_database: float = 4.0, **options: Any
    ) -> JobQueue:
        databases.append(database_at(queue_address, clock, patience=patience_of_database))
        return JobQueue(await databases[-1].open(), **options)

    yield open_one
    for database in databases:
        await database.close()


@pytest_asyncio.fixture
async def queue(opener: OpenQueue) -> JobQueue:
    return await opener()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


@pytest.fixture
def reports() -> list[AttemptReport]:
    """Reports of the workers of this test."""
    return []


@pytest.fixture
def run_worker(queue: JobQueue, store: FolderStore, tmp_path: Path, reports: list[AttemptReport]) -> RunWorker:
    """A worker in this process, stopped when its block ends; nothing is left in its folder."""

    @asynccontextmanager
    async def worker(animate: str, **timing: float) -> AsyncIterator[asyncio.Event]:
        stop, folder = asyncio.Event(), tmp_path / "work"
        full = {"lease": 5.0, "beat": 0.05, "poll": 0.02, "grace": 5.0, "pause": 0.02, "longest": 0.1} | timing
        made = Worker(
            queue,
            store,
            render_entry(animate),
            folder=folder,
            keep=60.0,
            timing=WorkerTiming(**full),
            on_end=reports.append,
        )
        task = asyncio.create_task(made.run(stop))
        try:
            yield stop
        finally:
            stop.set()
            await task
        assert list(folder.iterdir()) == []

    return worker


@pytest.fixture
def spawn_worker(queue_address: str, store: FolderStore, tmp_path: Path) -> Iterator[SpawnWorker]:
    """Starts workers in processes of their own; killed afterwards."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(animate: str, *, lease: float = 1.0) -> subprocess.Popen[bytes]:
        order = [queue_address, str(store.folder), str(tmp_path / "work"), animate, str(lease)]
        command = [sys.executable, "-m", "tests.skill.jobs.worker_main", *order]
        processes.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()
