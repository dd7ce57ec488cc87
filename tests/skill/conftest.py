"""The queue and the store that the settings choose, both ways: files of this machine, and PostgreSQL with Ceph."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from pipeline.run import Wish
from skill.animations import Animations
from skill.components import build_components, open_database
from skill.database.database import Database
from skill.jobs.model import Done, Job
from skill.jobs.queue import JobQueue
from skill.logs import configure
from skill.media.store import MediaStore
from skill.secrets import signing_secrets
from skill.settings import load
from tests.fake_clock import FakeClock
from tests.skill.database.databases import postgres_database, sqlite_database


@dataclass(frozen=True, slots=True)
class Assembled:
    """`folder`: where copies are made. `photo`: a file to ask with."""

    queue: JobQueue
    store: MediaStore
    animations: Animations
    folder: Path
    photo: Path

    async def keys(self) -> set[str]:
        """All that is stored."""
        listing = self.store.keys()
        return {key async for key in listing}

    async def ask(self, user: str, wish: Wish | None = None, *, digest: str = "d") -> Job:
        return await self.animations.ask(user, self.photo, wish or Wish(), content_type="image/jpeg", digest=digest)

    async def finish(self, job: Job, **files: bytes) -> Job:
        """As a worker does it: the photo goes, the clips are there."""
        leased = await self.queue.lease("w", 30.0)
        assert leased is not None and leased.id == job.id
        results = []
        for name, content in (files or {"mp4": b"clip", "jpg": b"poster"}).items():
            path = self.folder.parent / name
            path.write_bytes(content)
            results.append((name, await self.store.put(path, content_type="image/jpeg", seconds=3600)))
        assert await self.queue.finish(job.id, "w", Done(tuple(results)))
        await self.store.delete(leased.source)
        await self.queue.clear_source(job.id)
        ended = await self.queue.get(job.id)
        assert ended is not None
        return ended


@pytest_asyncio.fixture(params=["files", "servers"])
async def assembled(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Assembled]:
    given: dict[str, Any] = {"data_dir": tmp_path / "data"}
    if request.param == "servers":
        dsn = request.getfixturevalue("postgres").emptied()
        corner = request.getfixturevalue("ceph").prefixed()
        given |= {"queue": "postgres", "postgres": dsn, "store": "s3"}
        names = ("endpoint", "bucket", "prefix", "access_key", "secret_key")
        given |= {f"s3_{name}": getattr(corner, name) for name in names}
    settings = load(given)
    components = build_components(settings, signing_secrets(settings))
    database = await open_database(settings)
    queue = components.make_queue(database)
    (tmp_path / "photo").write_bytes(b"a photo")
    (tmp_path / "copies").mkdir()
    animations = Animations(queue, components.store, tmp_path / "copies")
    yield Assembled(queue, components.store, animations, tmp_path / "copies", tmp_path / "photo")
    await database.close()
    await components.close_store()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    """Each of the two databases, empty, by the test's clock."""
    if request.param == "sqlite":
        opened = sqlite_database(tmp_path, clock)
    else:
        opened = postgres_database(request.getfixturevalue("postgres").emptied(), clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def sqlite(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    """The file alone, where the other database could not make a difference."""
    opened = sqlite_database(tmp_path, clock)
    yield opened
    await opened.close()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log of the service and of its libraries, at the most talkative level."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure("debug", stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
