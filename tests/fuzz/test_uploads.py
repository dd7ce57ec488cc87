"""Damaged photos, forms and headers against the running service: no error of ours, nothing left behind."""

from __future__ import annotations

import asyncio
import json
from random import Random
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.fuzz.conftest import KEY, count, report
from tests.fuzz.mutations import damage, form, mutate, photos
from tests.service_process import ServiceProcess

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(count(3600, 300))]

UPLOADS = count(2_000, 80)
AT_ONCE = 4
MEBIBYTES = 24.0  # of growth in the second half, above which something is kept
PATHS = ("/", "/code", f"/u/{'x' * 43}", "/privacy", "/static/0123456789ab/page.js", f"/m/{'x' * 43}", "/favicon.ico")
KINDS = (b"multipart/form-data; boundary=x", b"multipart/form-data", b"multipart/mixed; boundary=x", b"text/plain", b"")


EXTRAS = (b"Content-Encoding: gzip\r\n", b"Expect: 100-continue\r\n", b"Range: bytes=9-2\r\n")


def request(photo: bytes, rng: Random) -> tuple[bytes, bool]:
    """What is sent, and whether it is whole. Most is what the page sends but for the photo."""
    body, path = form(photo, rng), b"/api/v1/animations" if rng.random() < 0.8 else b"/api/v1/faces"
    kind, method, length, whole = KINDS[0], b"POST", b"Content-Length: %d\r\n" % len(body), True
    match rng.randrange(20):
        case 0:
            path = rng.choice(PATHS).encode()
            method = rng.choice((b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"BREW"))
        case 1:
            path = b"/" + bytes(letter for letter in mutate(path, rng) if 32 < letter < 127)
        case 2:
            kind = rng.choice(KINDS)
        case 3:
            kind = bytes(letter for letter in mutate(kind, rng) if letter not in b"\r\n\0")
        case 4:
            length = b"Content-Length: %d\r\n" % rng.choice((0, len(body) // 2, len(body) + 99, 50 * 2**20))
            whole = False
        case 5:
            length, body, whole = b"Transfer-Encoding: chunked\r\n", chunk(body, rng), False
        case 6:
            length += rng.choice((b"Content-Encoding: gzip\r\n", b"Expect: 100-continue\r\n", b"Range: bytes=9-2\r\n"))
        case 7:
            length += b"X-Ozhivi-User: %b\r\n" % mutate(b"user" * 50, rng).replace(b"\r", b"").replace(b"\n", b"")
    head = b"%b %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Api-Key: %b\r\nX-Ozhivi-User: %d\r\n" % (
        method, path, KEY.encode(), rng.randrange(50),
    )  # fmt: skip
    return head + b"Content-Type: %b\r\n%b\r\n%b" % (kind, length, body), whole


def faces_request(photo: bytes) -> bytes:
    """A request for the faces of a good photo."""
    body = b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n%b\r\n--x--\r\n" % photo
    head = b"POST /api/v1/faces HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Api-Key: %b\r\n" % KEY.encode()
    return head + b"Content-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (KINDS[0], len(body), body)


def chunk(body: bytes, rng: Random) -> bytes:
    pieces = [body[at : at + 999] for at in range(0, len(body), 999)]
    sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return mutate(sent, rng) if rng.random() < 0.5 else sent + b"0\r\n\r\n"


async def answer(host: str, port: int, sent: bytes, *, whole: bool) -> tuple[int, bytes]:
    """Status and body; 0 where the service hung up on half a request, behind which nothing comes any more."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(sent)
        if not whole:
            writer.write_eof()
        async with asyncio.timeout(120):
            got = await reader.read()
    except ConnectionError:  # told before all was sent: the rest was not wanted
        return 0, b""
    finally:
        writer.close()
    head, _, body = got.partition(b"\r\n\r\n")
    return (int(head.split(b" ")[1]) if head else 0), body


async def send_all(target: ServiceProcess, sent: list[tuple[bytes, bool]]) -> list[str]:
    """Send all, a few at a time. The ids of what was accepted."""
    parts, jobs = urlsplit(target.address), []
    waiting = iter(sent)

    async def one_after_the_other() -> None:
        for one, whole in waiting:
            status, body = await answer(parts.hostname or "", parts.port or 0, one, whole=whole)
            assert (status or not whole) and status < 500, one[:400]
            if status == 202:
                jobs.append(json.loads(body)["id"])

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_the_other())
    return jobs


async def wait_and_delete(target: ServiceProcess, jobs: list[str]) -> dict[str, int]:
    """Wait until every job is over, then delete it; how many ended how."""
    ends: dict[str, int] = {}
    async with aiohttp.ClientSession(target.address) as client:
        for job in dict.fromkeys(jobs):
            async with client.get(f"/api/v1/animations/{job}/events") as events:  # closes with the job's end
                answered = [line async for line in events.content if line.startswith(b"data: ")]
            last = json.loads(answered[-1][6:])
            how = last["reason"] or last["state"]
            ends[how] = ends.get(how, 0) + 1
            assert last["state"] in {"done", "refused"}, last
            assert (await client.delete(f"/api/v1/animations/{job}")).status == 204
    return ends


async def test_damaged_uploads(target: ServiceProcess, pytestconfig: pytest.Config) -> None:
    rng, known = Random(11), photos()
    sent = [request(damage(known, rng), rng) for _ in range(UPLOADS)]
    half = len(sent) // 2
    await send_all(target, [(faces_request(known["face"]), True)])  # the models are opened before anything is weighed
    ends = [await wait_and_delete(target, await send_all(target, sent[:half]))]
    before = target.memory()
    ends.append(await wait_and_delete(target, await send_all(target, sent[half:])))
    after = target.memory()
    report(pytestconfig, f"{len(sent)} uploads, jobs {ends}, memory {before:.0f} → {after:.0f} MiB")
    assert all(sum(half.values()) for half in ends)
    assert after - before < MEBIBYTES
    assert target.files("incoming", "work", "media") == []
    assert target.complaints() == []
