"""A photo on its way in: what is no photo, too large, broken or cut off leaves nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipeline.limits import MAX_PHOTO_BYTES
from skill.web import upload
from tests.skill.web.conftest import JPEG, Open, error_code

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("with_length", [True, False], ids=["with a length", "without"])
async def test_too_large_is_cut_off(service: Open, monkeypatch: pytest.MonkeyPatch, with_length: bool) -> None:
    monkeypatch.setattr(upload, "MAX_PHOTO_BYTES", 300_000)
    async with service() as s:
        issued = await s.issue()
        head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        body = head + JPEG * 1000 + b"\r\n--x--\r\n"

        async def pieces() -> Any:
            for at in range(0, len(body), 10_000):
                yield body[at : at + 10_000]

        headers = {"X-Ozhivi-Ticket": issued.token, "Content-Type": "multipart/form-data; boundary=x"}
        answer = await s.client.post("/api/v1/animations", data=body if with_length else pieces(), headers=headers)
        assert (answer.status, await error_code(answer)) == (413, "too_large")
        assert (s.store.objects, s.incoming()) == ({}, [])


async def test_forty_megabytes_come_in(service: Open) -> None:
    async with service() as s:
        photo = JPEG + bytes(MAX_PHOTO_BYTES - len(JPEG))
        assert (await s.send((await s.issue()).token, photo)).status == 202
        assert [len(stored) for stored in s.store.objects.values()] == [MAX_PHOTO_BYTES]


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [(b"", 422, "broken_file"), (b"MZ a program", 415, "not_an_image"), (b"<svg></svg>", 415, "not_an_image")],
)
async def test_what_is_no_photo_is_told_at_once(service: Open, photo: bytes, status: int, code: str) -> None:
    async with service() as s:
        issued = await s.issue()
        answer = await s.send(issued.token, photo)
        assert (answer.status, await error_code(answer)) == (status, code)
        assert (s.store.objects, s.incoming()) == ({}, [])
        assert (await s.send(issued.token)).status == 202


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"nothing of the kind"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nb\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="photo"\r\n\r\n\xff\xd8\xff'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="seed"\r\n\r\n\xff\r\n--x--\r\n',
        ),
    ],
)
async def test_broken_forms_are_the_sender_s_fault(service: Open, kind: str, body: bytes) -> None:
    async with service() as s:
        headers = {"X-Ozhivi-Ticket": (await s.issue()).token, "Content-Type": kind}
        answer = await s.client.post("/api/v1/animations", data=body, headers=headers)
        assert answer.status in {400, 415, 422}, await answer.text()
        assert (s.queue.jobs, s.store.objects, s.incoming()) == ({}, {}, [])


async def test_a_line_cut_in_the_middle_leaves_nothing(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        reader, writer = await asyncio.open_connection("127.0.0.1", s.client.port)
        head = f"POST /api/v1/animations HTTP/1.1\r\nHost: x\r\nX-Ozhivi-Ticket: {token}\r\nContent-Length: 90000\r\n"
        writer.write(head.encode() + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n")
        writer.write(b'Content-Disposition: form-data; name="photo"\r\n\r\n' + JPEG)
        await writer.drain()
        async with asyncio.timeout(60):
            while not s.incoming():
                await asyncio.sleep(0.01)
            (arriving,) = s.incoming()
            assert arriving.stat().st_mode & 0o777 == 0o600
            assert list((s.data / "incoming").iterdir()) == []  # who is killed now leaves nothing
            writer.close()
            while s.incoming():
                await asyncio.sleep(0.01)
        assert (s.queue.jobs, s.store.objects) == ({}, {})
        del reader
