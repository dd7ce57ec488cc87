"""nginx and HAProxy with the files of deploy/proxy, in front of an application that is served as the service is."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from skill.http_limits import connection_limits
from skill.http_server import http_server
from skill.web.client_address import ClientAddresses
from tests.debian import install_packages
from tests.ports import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]

FILES = Path(__file__).parents[2] / "deploy" / "proxy"
HOST = "127.0.0.1"
ADDRESSES = web.AppKey("addresses", ClientAddresses)
HELD = web.AppKey("held", list[str])
RELEASE = web.AppKey("release", asyncio.Event)
MEGABYTES = 2**20
PROXIES = ("nginx", "haproxy")
STARTS = 3
"""Times that a proxy is started: another one may have had the same idea about a port."""


@dataclass(frozen=True)
class Proxy:
    """A running proxy."""

    name: str
    """Its program."""
    port: int
    """TCP port, with TLS."""
    held: list[str]
    """The addresses of those whose requests for events the service has not ended yet."""
    release: asyncio.Event
    """Set when those may end."""

    def session(self, source: str = HOST) -> aiohttp.ClientSession:
        """A client that comes from an address of loopback."""
        connector = aiohttp.TCPConnector(limit=0, ssl=False, local_addr=(source, 0))
        return aiohttp.ClientSession(f"https://{HOST}:{self.port}", connector=connector)

    async def connect(self, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection with TLS from an address of loopback."""
        return await connect(self.port, source)


async def connect(port: int, source: str = HOST) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A bare connection with TLS to a port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without the system's certificates, which take long to read
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return await asyncio.open_connection(HOST, port, ssl=context, local_addr=(source, 0))


@pytest.fixture(scope="module", params=PROXIES)
def program(request: pytest.FixtureRequest) -> str:
    """The program of a proxy."""
    return find_program(request.param)


def find_program(name: str) -> str:
    """The program of a proxy, installed where that is allowed."""
    places = f"{os.environ['PATH']}:/usr/sbin"
    if shutil.which(name, path=places) is None:
        install_packages(name, name)
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes a certificate: apt-get install openssl")
    found = shutil.which(name, path=places)
    assert found
    return found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate with its key in one file."""
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
        "-keyout",
    ]
    key, own = file.with_name("key.pem"), file.with_name("own.pem")
    subprocess.run([*command, str(key), "-out", str(own)], check=True, capture_output=True)
    file.write_text(own.read_text() + key.read_text())
    yield file


def configure(name: str, folder: Path, ports: tuple[int, int], upstream: int, certificate: Path) -> list[str]:
    """Write the file with the test's ports and certificate; the arguments with which the proxy is started."""
    text = (FILES / ("nginx.conf" if name == "nginx" else "haproxy.cfg")).read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:8080", f"{HOST}:{upstream}")
    text = re.sub(r"/etc/\S+\.pem", str(certificate), text)
    text = re.sub(r".*\[::\].*\n", "", text)  # not every machine has IPv6
    text = re.sub(r"\b(listen |bind :)80\b", rf"\g<1>{ports[0]}", text)
    text = re.sub(r"\b(listen |bind :)443\b", rf"\g<1>{ports[1]}", text)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    if name == "nginx":
        return ["-c", str(file), "-p", str(folder), "-g", f"daemon off; pid {folder}/pid;"]
    return ["-f", str(file)]


async def ask(client: aiohttp.ClientSession, method: str, path: str, **options: Any) -> tuple[int, str]:
    """Status and text of an answer; 0 and nothing where the connection was refused or cut."""
    try:
        async with client.request(method, path, **options) as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientError:
        return 0, ""


async def show(request: web.Request) -> web.Response:
    """The address of the sender, or of whom we take for it, and the bytes of the body."""
    count = 0
    async for piece in request.content.iter_any():
        count += len(piece)
    return web.Response(text=f"{request.app[ADDRESSES].find(request)} {count}")


async def events(request: web.Request) -> web.StreamResponse:
    """Events as the page hears them: one at once, the others when the test lets them."""
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no", "Content-Type": "text/event-stream"})
    await response.prepare(request)
    request.app[HELD].append(str(request.remote))
    try:
        await response.write(b"data: {}\n\n")
        async with asyncio.timeout(100):
            await request.app[RELEASE].wait()
        await response.write(b"data: {}\n\n" * 3)
    finally:
        request.app[HELD].remove(str(request.remote))
    return response


@asynccontextmanager
async def running(program: str, folder: Path, certificate: Path) -> AsyncIterator[Proxy]:
    app = web.Application()
    app[ADDRESSES] = ClientAddresses(behind_proxy=True)
    app[HELD], app[RELEASE] = [], asyncio.Event()
    app.add_routes([web.get("/events", events), web.route("*", "/{path:.*}", show)])
    async with http_server(app, HOST, 0, limits=connection_limits(behind_proxy=True)) as upstream:
        process, port = await start(program, folder, upstream, certificate)
        try:
            yield Proxy(Path(program).name, port, app[HELD], app[RELEASE])
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def start(program: str, folder: Path, upstream: int, certificate: Path) -> tuple[asyncio.subprocess.Process, int]:
    """A proxy that answers, and its port with TLS."""
    for _ in range(STARTS):
        ports = free_port(), free_port()
        arguments = configure(Path(program).name, folder, ports, upstream, certificate)
        with (folder / "output").open("wb") as output:
            process = await asyncio.create_subprocess_exec(program, *arguments, stdout=output, stderr=output)
        if await answers(process, ports[1]):
            return process, ports[1]
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    pytest.fail((folder / "output").read_text(encoding="utf-8", errors="replace"))


async def answers(process: asyncio.subprocess.Process, port: int) -> bool:
    """Whether it answers within a minute, and has not ended. A port alone may be open before another one is refused."""
    for _ in range(600):
        if process.returncode is not None:
            return False
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(10):
                _, writer = await connect(port)
            writer.close()
            return True
        await asyncio.sleep(0.1)
    return False


async def test_the_service_learns_who_is_connected(program: str, tmp_path: Path, certificate: Path) -> None:
    spoofed = {"X-Forwarded-For": "8.8.8.8", "Forwarded": 'for="8.8.8.8, 9.9.9.9'}
    async with running(program, tmp_path, certificate) as proxy:
        for source in (HOST, "127.0.0.9"):
            async with proxy.session(source) as client:
                for headers in ({}, spoofed):
                    assert await ask(client, "GET", "/", headers=headers) == (200, f"{source} 0")


async def test_what_is_not_for_the_world_is_not_there(program: str, tmp_path: Path, certificate: Path) -> None:
    async with running(program, tmp_path, certificate) as proxy, proxy.session() as client:
        for path in ("/metrics", "/readyz", "/healthz", "/dev"):
            assert (await ask(client, "GET", path))[0] == 404
        status, _ = await ask(client, "POST", "/api", data=BytesIO(bytes(43 * MEGABYTES)))
        assert status in {413, 0}  # cut while it still sends, which is as good


async def test_slow_senders_are_served_and_half_requests_are_cut(tmp_path: Path, certificate: Path) -> None:
    """By both proxies at the same time: most of it is waiting."""
    async with asyncio.TaskGroup() as group:
        for name in PROXIES:
            for scene in (send_and_hear, send_halves):
                folder = tmp_path / f"{name}-{scene.__name__}"
                folder.mkdir()
                group.create_task(scene(find_program(name), folder, certificate))


async def send_and_hear(program: str, folder: Path, certificate: Path) -> None:
    """Photos and events come through as they are sent."""
    async with running(program, folder, certificate) as proxy, proxy.session() as client:
        _, text = await ask(client, "POST", "/api", data=BytesIO(bytes(41 * MEGABYTES)))
        assert text == f"{HOST} {41 * MEGABYTES}"
        async with client.get("/events") as heard:
            async with asyncio.timeout(60):
                assert await heard.content.readline() == b"data: {}\n"  # while the service holds back the others
            assert proxy.held
            proxy.release.set()
            assert (await heard.read()).count(b"data: {}") == 3

        async def slowly() -> AsyncIterator[bytes]:
            for _ in range(8):
                yield bytes(1500)
                await asyncio.sleep(1)

        assert await ask(client, "POST", "/api", data=slowly()) == (200, f"{HOST} 12000")


async def send_halves(program: str, folder: Path, certificate: Path) -> None:
    """Half requests are cut, and others are served."""
    async with running(program, folder, certificate) as proxy, AsyncExitStack() as stack:
        began, readers = time.monotonic(), []
        for _ in range(200):
            reader, writer = await proxy.connect("127.0.0.2")
            stack.callback(writer.close)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
            readers.append(reader)
        async with proxy.session() as client:
            assert (await ask(client, "GET", "/"))[0] == 200
        async with asyncio.timeout(120):
            for reader in readers:
                with suppress(ConnectionError):
                    await reader.read()
        assert time.monotonic() - began > 5


async def test_one_address_has_few_connections(program: str, tmp_path: Path, certificate: Path) -> None:
    async with running(program, tmp_path, certificate) as proxy:
        async with proxy.session("127.0.0.2") as many, proxy.session() as other:
            most = 64 if proxy.name == "nginx" else 256
            answers = [asyncio.create_task(ask(many, "GET", "/events")) for _ in range(most + 40)]
            async with asyncio.timeout(60):
                while len(proxy.held) + sum(answer.done() for answer in answers) < len(answers):
                    await asyncio.sleep(0.05)
            assert (await ask(other, "GET", "/"))[0] == 200
            proxy.release.set()
            statuses = [(await answer)[0] for answer in answers]
            turns = await asyncio.gather(*(ask(many, "POST", "/alice/x", data=b"{}") for _ in range(20)))
        assert most - 5 <= statuses.count(200) <= most + 5
        assert {status for status, _ in turns} == {200}


async def test_one_address_has_few_requests(program: str, tmp_path: Path, certificate: Path) -> None:
    async with running(program, tmp_path, certificate) as proxy:
        async with proxy.session("127.0.0.2") as many, proxy.session() as other:
            statuses = [(await ask(many, "GET", "/"))[0] for _ in range(500)]
            assert (await ask(other, "GET", "/"))[0] == 200
        assert set(statuses) == {200, 429}
        assert statuses[:60] == [200] * 60
