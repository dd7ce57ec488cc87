"""A real HTTP server, and both stores behind one face; Ceph is of tests/conftest.py."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from multidict import CIMultiDictProxy
from yarl import URL

from skill.media.http import media_route
from skill.media.local import LocalStore
from skill.media.signed_urls import Signer
from skill.media.store import MediaStore
from tests.ports import free_port
from tests.skill.media.ceph_server import Ceph, bucket_store


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


async def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    """A request of a client that changes nothing in the address."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, URL(url, encoded=True), headers=headers) as response,
    ):
        return Answer(response.status, response.headers, await response.read())


@dataclass(frozen=True, slots=True)
class Shelf:
    """A store to be tested, and how to see what is in it."""

    store: MediaStore

    async def ask(self, url: str, method: str = "GET", **headers: str) -> Answer:
        return await ask(url, method, **headers)

    async def keys(self) -> list[str]:
        return await listed(self.store)


async def listed(store: MediaStore) -> list[str]:
    listing = store.keys()
    return [key async for key in listing]


@pytest.fixture(scope="session", name="ask")
def ask_fixture() -> object:
    return ask


@pytest.fixture(scope="session", name="listed")
def listed_fixture() -> object:
    return listed


@pytest_asyncio.fixture
async def local(tmp_path: Path) -> AsyncIterator[Shelf]:
    """The local store behind a real server."""
    port = free_port()
    signer = Signer(["s" * 32], base=f"http://127.0.0.1:{port}")
    store = LocalStore(tmp_path / "media", signer)
    app = web.Application()
    app.add_routes([media_route(store, signer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield Shelf(store)
    await runner.cleanup()


@pytest_asyncio.fixture
async def s3(ceph: Ceph) -> AsyncIterator[Shelf]:
    store = bucket_store(ceph.prefixed())
    yield Shelf(store)
    await store.close()


@pytest.fixture(params=["local", "s3"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each adapter in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(secrets.token_bytes(5000))
    return path


@pytest.fixture
def client(ceph: Ceph) -> Iterator[Any]:
    """A client of boto3 that may do everything."""
    with contextlib.closing(ceph.client()) as client:
        yield client
