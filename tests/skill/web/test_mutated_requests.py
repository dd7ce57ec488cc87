"""Requests that nobody would write: never an error of ours, never a file left behind."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.fuzz.mutations import mutate
from tests.skill.web.conftest import JPEG, Open

pytestmark = [
    pytest.mark.asyncio,
    # the service silences them (skill.logs): they quote what was sent
    pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader"),
    pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam"),
]

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="seed"\r\n\r\n5\r\n'
    b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
)
BODY = FORM + JPEG + b"\r\n--x--\r\n"


async def status(port: int | None, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    return int(line.split(b" ")[1])


async def test_mutated_requests(service: Open) -> None:
    rng = random.Random(3)
    async with service(limit=10_000) as s:
        token = (await s.issue()).token
        await s.send(token)
        paths = ["/api/v1/animations"] * 5 + ["/api/v1/faces", "/code", f"/u/{token}", "/static/0123456789ab/page.js"]
        for _ in range(500):
            path, body, kind = rng.choice(paths).encode(), mutate(BODY, rng), b"multipart/form-data; boundary=x"
            if rng.random() < 0.2:
                path = b"/" + bytes(c for c in mutate(path, rng) if 32 < c < 127)
            if rng.random() < 0.2:
                kind = bytes(c for c in mutate(kind, rng) if 32 <= c < 127)
            method = b"POST" if rng.random() < 0.8 else b"GET"
            head = b"%b %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Ozhivi-Ticket: %b\r\n" % (
                method,
                path,
                token.encode(),
            )
            head += b"Content-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            answered = await status(s.client.port, head + body)
            assert answered < 500, head + body
        assert s.incoming() == []
