from __future__ import annotations

import socket

import aiohttp
import pytest
from aiohttp import web

from skill.http_server import http_server
from skill.settings import WrongSettings

pytestmark = pytest.mark.asyncio

HOST = "127.0.0.1"


async def test_an_application_is_served_for_the_block() -> None:
    async with http_server(web.Application(), HOST, 0) as port, aiohttp.ClientSession() as client:
        assert (await client.get(f"http://{HOST}:{port}/")).status == 404
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind((HOST, port))


async def test_a_port_in_use_is_named() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(WrongSettings, match=rf"^--metrics-port: should be a free port: .* {port} of {HOST}$"):
            async with http_server(web.Application(), HOST, port, name="--metrics-port"):
                pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_a_host_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(WrongSettings, match=f"^OZHIVI_HOST: .* which {host} is not$"):
        async with http_server(web.Application(), host, 0):
            pass


async def test_what_the_application_opened_is_closed_when_the_port_cannot_be_had() -> None:
    closed = []

    async def close(_: web.Application) -> None:
        closed.append(True)

    app = web.Application()
    app.on_cleanup.append(close)
    with pytest.raises(WrongSettings):
        async with http_server(app, "192.0.2.1", 0):
            pass
    assert closed == [True]
