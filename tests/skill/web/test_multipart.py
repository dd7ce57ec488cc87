"""Forms that a stranger made to keep the reader busy are refused at once, and nobody waits meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from io import BytesIO

import pytest

from skill.web.multipart import MAX_OVERHEAD, MAX_PARTS
from tests.skill.web.conftest import JPEG, Open, Service, error_code

pytestmark = pytest.mark.asyncio

LAG = 0.5
"""Seconds of a processor for which the event loop may be busy with one thing: it was 5 s and more."""


def part(name: str, value: bytes = b"1", headers: str = "") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n{headers}\r\n'.encode() + value + b"\r\n"


PHOTO = part("photo", JPEG)
END = b"--x--\r\n"
HOSTILE = {
    "a field 100,000 times": part("seed") * 100_000 + PHOTO + END,
    "a field twice": part("seed") + part("seed") + PHOTO + END,
    "the photo twice": PHOTO + PHOTO + END,
    "many fields": b"".join(part(f"field{number}") for number in range(MAX_PARTS)) + PHOTO + END,
    "empty lines before": b"\r\n" * 2_000_000 + PHOTO + END,
    "long lines before": (b"y" * 1000 + b"\r\n") * 5000 + PHOTO + END,
    "a line without an end before": b"y" * 5_000_000 + PHOTO + END,
    "headers of a part": part("seed", headers="X: y\r\n" * 100_000) + PHOTO + END,
    "a long header of a part": part("seed", headers=f"X: {'y' * 2 * MAX_OVERHEAD}\r\n") + PHOTO + END,
    "parts of parts": part("seed", headers="Content-Type: multipart/mixed; boundary=y\r\n") * 100_000 + PHOTO + END,
    "a charset": part("_charset_", b"utf-8") * 100_000 + PHOTO + END,
}


class LoopWatch:
    """The longest time for which the event loop was busy with one thing in a block, in seconds of a processor: what
    other programs take of a busy machine does not count."""

    longest = 0.0

    async def __aenter__(self) -> LoopWatch:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.01)
            self.longest = max(self.longest, time.thread_time() - before)


def pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), 2**16):
        yield body[at : at + 2**16]


async def send(s: Service, body: bytes, *, with_length: bool) -> tuple[int, str]:
    """Status and error code of a form."""

    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces(body):
            yield piece

    headers = {"X-Ozhivi-Ticket": (await s.issue()).token, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await s.client.post("/api/v1/animations", data=BytesIO(body) if with_length else stream(), headers=headers)
    return answer.status, "" if answer.status == 202 else await error_code(answer)


@pytest.mark.parametrize("with_length", [True, False], ids=["with a length", "without"])
@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_forms_are_refused_at_once(service: Open, name: str, with_length: bool) -> None:
    async with service() as s, LoopWatch() as watch:
        assert await send(s, HOSTILE[name], with_length=with_length) == (400, "wrong_request")
        assert (s.queue.jobs, s.store.objects, s.incoming()) == ({}, {}, [])
    assert watch.longest < LAG


@pytest.mark.parametrize("with_length", [True, False], ids=["with a length", "without"])
async def test_a_form_at_its_limits_is_taken(service: Open, with_length: bool) -> None:
    fields = [("motion", b"idle"), ("seed", b"1"), ("turn", b"90"), ("gesture", b"smile"), ("face", b"left")]
    fields += [("seconds", b"5"), ("adult", b"1"), ("archive", b"0"), ("card", b"0")]
    body = b"A client may say something here.\r\n" + b"".join(part(*field) for field in fields) + PHOTO + END
    async with service() as s:
        assert await send(s, body, with_length=with_length) == (202, "")
