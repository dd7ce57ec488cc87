"""Slow and many clients against a server with short limits: they are cut off, others are not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from skill.http_limits import ConnectionLimits
from skill.http_server import http_server

pytestmark = pytest.mark.asyncio

HOST = "127.0.0.1"
CUT = web.AppKey("cut", asyncio.Event)
NEVER = 200.0
LIMITS = ConnectionLimits(
    head_seconds=NEVER,
    body_pause=NEVER,
    body_pace=1000.0,
    idle_seconds=NEVER,
    unread_seconds=NEVER,
    network=20,
    total=40,
)
"""No test reaches these: each shortens the one that it is about."""
SWEEP = 60.0
"""Seconds by which a client may be cut off later than it is due, on a busy machine."""

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


async def take(request: web.Request) -> web.Response:
    """Answers with the number of bytes that came."""
    return web.Response(text=f"{len(await request.read())}")


async def ignore(request: web.Request) -> web.Response:
    """Answers at once, whatever is still coming."""
    return web.Response(status=413)


async def be_late(request: web.Request) -> web.Response:
    """Takes longer than a client may, and does not read meanwhile."""
    await asyncio.sleep(4)
    return web.Response(text=f"{len(await request.read())}")


async def send_much(request: web.Request) -> web.StreamResponse:
    """More than the system's buffers hold."""
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(400):
            await response.write(bytes(2**16))
    except ConnectionError:
        request.app[CUT].set()
        raise web.HTTPGone from None
    return response


@asynccontextmanager
async def server(**changed: float) -> AsyncIterator[tuple[int, web.Application]]:
    app = web.Application(client_max_size=2**26)
    app.add_routes([web.post("/", take), web.post("/ignore", ignore), web.post("/late", be_late)])
    app.add_routes([web.get("/", take), web.get("/much", send_much)])
    app[CUT] = asyncio.Event()
    limits = replace(LIMITS, **changed)
    async with http_server(app, HOST, 0, limits=limits, headers={"X-Content-Type-Options": "nosniff"}) as port:
        yield port, app


@asynccontextmanager
async def connect(port: int, source: str = HOST) -> AsyncIterator[tuple[Reader, Writer]]:
    reader, writer = await asyncio.open_connection(HOST, port, local_addr=(source, 0))
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def wait_until_cut(reader: Reader) -> None:
    with suppress(ConnectionResetError):
        async with asyncio.timeout(SWEEP):
            while await reader.read(2**16):
                pass


async def is_answered(port: int, source: str = HOST) -> bool:
    connector = aiohttp.TCPConnector(local_addr=(source, 0))
    async with aiohttp.ClientSession(connector=connector) as client:
        try:
            return (await client.get(f"http://{HOST}:{port}/")).status == 200
        except aiohttp.ClientError:
            return False


HALF = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def nothing(writer: Writer) -> None:
    """A connection on which nothing comes."""


async def half_a_head(writer: Writer) -> None:
    """A head that does not end, a little at a time."""
    writer.write(HALF)
    for number in range(100):
        writer.write(b"X-%d: y\r\n" % number)
        await asyncio.sleep(0.1)


async def half_a_later_head(writer: Writer) -> None:
    """The same after a whole request."""
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(0.2)
    await half_a_head(writer)


async def half_a_body(writer: Writer) -> None:
    """A body that stops in the middle."""
    writer.write(HALF + b"Content-Length: 9999\r\n\r\n" + bytes(500))


async def a_body_too_slow(writer: Writer) -> None:
    """A body at half of the least pace."""
    writer.write(HALF + b"Content-Length: 999999\r\n\r\n")
    for _ in range(200):
        writer.write(bytes(50))
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("client", "limits", "seconds"),
    [
        (nothing, {"head_seconds": 1.0}, 1.0),
        (half_a_head, {"head_seconds": 1.0}, 1.0),
        (half_a_later_head, {"head_seconds": 1.0}, 1.2),
        (half_a_body, {"body_pause": 1.5}, 2.0),
        (a_body_too_slow, {"body_pause": 1.5}, 3.0),
    ],
)
async def test_slow_clients_are_cut_off(
    client: Callable[[Writer], Awaitable[None]], limits: dict[str, float], seconds: float
) -> None:
    async with server(**limits) as (port, _):
        began = time.monotonic()
        async with connect(port) as (reader, writer):
            sending = asyncio.create_task(client(writer))
            await wait_until_cut(reader)
            assert time.monotonic() - began >= seconds - 0.3
            sending.cancel()
            assert await is_answered(port)


async def test_a_head_without_an_end_is_cut_off_at_once() -> None:
    async with server(head_seconds=60.0) as (port, _), connect(port) as (reader, writer):
        writer.write(HALF + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 4000) for number in range(20)))
        await wait_until_cut(reader)


async def test_a_body_at_the_least_pace_comes_in() -> None:
    async with server(body_pause=3.0) as (port, _), connect(port) as (reader, writer):
        writer.write(HALF + b"Content-Length: 6000\r\n\r\n")
        for _ in range(5):
            await asyncio.sleep(1.0)
            writer.write(bytes(1200))
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_a_body_may_not_last_for_ever() -> None:
    began = time.monotonic()
    async with server(body_seconds=3.0) as (port, _), connect(port) as (reader, writer):
        writer.write(HALF + b"Content-Length: 999999\r\n\r\n")

        async def send() -> None:
            while True:
                writer.write(bytes(2000))
                await asyncio.sleep(0.2)

        sending = asyncio.create_task(send())
        await wait_until_cut(reader)
        assert time.monotonic() - began >= 2.5
        sending.cancel()


async def test_our_own_slowness_is_not_the_client_s() -> None:
    async with server(body_pause=1.5) as (port, _), aiohttp.ClientSession() as client:
        answer = await client.post(f"http://{HOST}:{port}/late", data=BytesIO(bytes(2**22)))
        assert await answer.text() == f"{2**22}"


async def test_an_answer_is_heard_before_the_body_was_sent() -> None:
    async with server() as (port, _), aiohttp.ClientSession() as client:
        answer = await client.post(f"http://{HOST}:{port}/ignore", data=iter_bytes(64))
        assert answer.status == 413


async def iter_bytes(pieces: int) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield bytes(2**16)


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    async with server(unread_seconds=2.0) as (port, app), connect(port) as (_, writer):
        writer.write(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(SWEEP):
            await app[CUT].wait()


async def test_a_quiet_connection_ends_after_its_time() -> None:
    began = time.monotonic()
    async with server(idle_seconds=2.0) as (port, _), connect(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await wait_until_cut(reader)
        assert time.monotonic() - began >= 1.7


async def test_one_network_does_not_have_all_connections() -> None:
    async with server(head_seconds=60.0) as (port, _):
        with capture_logs() as lines:
            async with AsyncExitStack() as stack:
                for _ in range(60):
                    await stack.enter_async_context(connect(port, "127.0.0.2"))
                assert await is_answered(port)
                assert not await is_answered(port, "127.0.0.2")
        assert [line["event"] for line in lines] == ["connections_refused"]
        async with asyncio.timeout(SWEEP):
            while not await is_answered(port, "127.0.0.2"):
                await asyncio.sleep(0.05)


async def test_many_networks_make_room_for_others() -> None:
    async with server(head_seconds=60.0) as (port, _), AsyncExitStack() as stack:
        for number in range(60):
            await stack.enter_async_context(connect(port, f"127.0.0.{number % 5 + 2}"))
        async with asyncio.timeout(SWEEP):
            while not all([await is_answered(port) for _ in range(5)]):
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"\x16\x03\x01\x02\x00"])
async def test_what_is_no_request_hears_nothing_of_us(sent: bytes) -> None:
    async with server() as (port, _), connect(port) as (reader, writer):
        writer.write(sent)
        heard = await reader.read()
        assert heard.startswith(b"HTTP/1.0 400 Bad Request\r\n")
        assert heard.endswith(b"\r\n\r\n400: Bad Request\n")
        assert b"X-Content-Type-Options: nosniff" in heard
        assert b"aiohttp" not in heard
        assert b"Python" not in heard
        writer.close()
