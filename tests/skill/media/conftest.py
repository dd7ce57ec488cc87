"""A real S3 server (Ceph's gateway), a real HTTP server, and both stores behind one face."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import boto3
import pytest
import pytest_asyncio
from aiohttp import web
from multidict import CIMultiDictProxy
from yarl import URL

from skill.media.local import LocalStore
from skill.media.s3 import S3Settings, S3Store
from skill.media.serve import media_route
from skill.media.signing import Signer
from skill.media.store import MediaStore

SCRIPT = Path(__file__).parents[3] / "deploy" / "ceph" / "dev-s3.sh"
PACKAGES = ("ceph-mon", "ceph-osd", "radosgw")
START = 60.0  # seconds; 12 on two idle cores


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


@dataclass(frozen=True, slots=True)
class Ceph:
    """A running server with an empty bucket."""

    settings: S3Settings

    def prefixed(self) -> S3Settings:
        """A corner of the bucket of its own."""
        return self.changed(prefix=f"{secrets.token_hex(4)}/")

    def changed(self, **changes: object) -> S3Settings:
        given = {name: getattr(self.settings, name) for name in S3Settings.__dataclass_fields__}
        return S3Settings(**{**given, **changes})

    def client(self) -> object:
        one = self.settings
        return boto3.session.Session().client(
            "s3",
            endpoint_url=one.endpoint,
            region_name=one.region,
            aws_access_key_id=one.access_key,
            aws_secret_access_key=one.secret_key,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def need_ceph() -> None:
    """Install Ceph where that is wanted and possible; skip otherwise."""
    if shutil.which("radosgw") and shutil.which("ceph-osd") and shutil.which("ceph-mon"):
        return
    wanted = os.environ.get("OZHIVI_TEST_INSTALL") == "1" or os.environ.get("CI") == "true"
    if not (wanted and os.geteuid() == 0 and shutil.which("apt-get")):
        pytest.skip(f"no S3 server: apt-get install {' '.join(PACKAGES)}, or OZHIVI_TEST_INSTALL=1 as root")
    lock = ["-o", "DPkg::Lock::Timeout=120"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "-qq", *lock, *command],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no S3 server: apt-get {command[0]} failed: {done.stdout[-300:]}")


@contextlib.contextmanager
def running_ceph(folder: Path, port: int) -> Iterator[None]:
    """The script as a process group of its own; it also ends by itself when we are killed (its input closes)."""
    variables = {"MON_PORT": str(free_port()), "STOP_ON_EOF": "1", "S3_ACCESS_KEY": "dev", "S3_SECRET_KEY": "secret"}
    process = subprocess.Popen(
        [str(SCRIPT), str(folder), str(port)],
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        wait_until_ready(process)
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        process.stdin.close()
        process.stdout.close()


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + START
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        said = ""
        while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
            line = process.stdout.readline()
            if line.startswith("ready "):
                return
            said += line
            if not line:
                break
    pytest.fail(f"Ceph didn't start: {said}")


@pytest.fixture(scope="session")
def ceph() -> Iterator[Ceph]:
    need_ceph()
    port = free_port()
    # A short path: the daemons' sockets lie below it, and the system allows them 107 characters.
    short = tempfile.TemporaryDirectory(prefix="ceph", ignore_cleanup_errors=True)
    with short as folder, running_ceph(Path(folder), port):
        server = Ceph(S3Settings("ozhivi-test", "dev", "secret", endpoint=f"http://127.0.0.1:{port}"))
        with contextlib.closing(server.client()) as client:
            client.create_bucket(Bucket=server.settings.bucket)
        yield server


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
    store = S3Store(ceph.prefixed())
    yield Shelf(store)
    await store.close()


@pytest.fixture(params=["local", "s3"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each adapter in turn."""
    return request.getfixturevalue(request.param)
