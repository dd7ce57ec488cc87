"""Requests that nobody would write: never an error of ours, never a file left behind."""

from __future__ import annotations

import asyncio
import random

import pytest

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


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, put in, taken out, the end cut off or the start repeated."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(result) + 1)
        match chance.randrange(5):
            case 0 if at < len(result):
                result[at] = chance.randrange(256)
            case 1:
                result[at:at] = chance.randbytes(chance.randint(1, 9))
            case 2:
                del result[at : at + chance.randint(1, 40)]
            case 3:
                result += result[:at]
            case _ if chance.random() < 0.3:
                del result[at:]
    return bytes(result)


async def status(port: int | None, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    return int(line.split(b" ")[1])


async def test_mutated_requests(service: Open) -> None:
    chance = random.Random(3)
    async with service(limit=10_000) as s:
        token = (await s.issue()).token
        await s.send(token)
        paths = ["/api/v1/animations"] * 5 + ["/api/v1/faces", "/code", f"/u/{token}", "/static/0123456789ab/page.js"]
        for _ in range(500):
            path, body, kind = chance.choice(paths).encode(), mutated(BODY, chance), b"multipart/form-data; boundary=x"
            if chance.random() < 0.2:
                path = b"/" + bytes(c for c in mutated(path, chance) if 32 < c < 127)
            if chance.random() < 0.2:
                kind = bytes(c for c in mutated(kind, chance) if 32 <= c < 127)
            method = b"POST" if chance.random() < 0.8 else b"GET"
            head = b"%b %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Ozhivi-Ticket: %b\r\n" % (
                method,
                path,
                token.encode(),
            )
            head += b"Content-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            told = await status(s.client.port, head + body)
            assert told < 500, head + body
        assert s.incoming() == []
