"""The HTTP API over a real server: what goes in, who may, what is left."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from pipeline.limits import MAX_PHOTO_BYTES
from skill.jobs.model import JobState
from skill.web import upload
from tests.skill.web.conftest import JPEG, Open, Service

pytestmark = pytest.mark.asyncio

KEY = "k" * 32


async def error(response: aiohttp.ClientResponse) -> str:
    told = (await response.json())["error"]
    assert told["sentence"]
    assert told["advice"]
    return str(told["code"])


async def begun(s: Service, **fields: Any) -> dict[str, Any]:
    answer = await s.send((await s.issue()).token, **fields)
    assert answer.status == 202, await answer.text()
    job: dict[str, Any] = await answer.json()
    assert answer.headers["Location"] == f"/api/v1/animations/{job['id']}"
    return job


async def test_a_photo_becomes_a_job_and_nothing_is_left_on_the_way(service: Open) -> None:
    async with service(long_side=800) as s:
        job = await begun(s, gesture="smile, Wink", face="left", seed="7", seconds="5", turn="90")
        assert (job["state"], job["says"], job["wait"]) == ("waiting", "Жду своей очереди", 7.0)
        kept = s.queue.only
        assert kept.user == "user-1"
        assert (kept.wish.gestures, kept.wish.face, kept.wish.seed) == (("smile", "wink"), "left", 7)
        assert (kept.wish.seconds, kept.wish.long_side, kept.wish.turn) == (5.0, 800, 90)
        assert s.store.objects == {kept.source: JPEG}
        assert s.store.types[kept.source] == "image/jpeg"
        assert s.incoming() == []


async def test_many_gestures_make_a_longer_loop(service: Open) -> None:
    async with service() as s:
        await begun(s, gesture="turn-left,turn-right,nod")
        assert 5 < s.queue.only.wish.seconds <= 6


@pytest.mark.parametrize(
    "fields",
    [
        {"motion": "dance"},
        {"gesture": "moonwalk"},
        {"gesture": "turn-left,turn-right,nod", "seconds": "2"},
        {"face": "uncle"},
        {"seed": "-1"},
        {"seconds": "nan"},
        {"seconds": "60"},
        {"turn": "45"},
        {"long_side": "9000"},
        {"motion": "x" * 300},
        {"seed": "1" * 150},
    ],
)
async def test_a_wrong_wish_is_told_and_leaves_nothing(service: Open, fields: dict[str, Any]) -> None:
    async with service() as s:
        issued = await s.issue()
        answer = await s.send(issued.token, **fields)
        assert (answer.status, await error(answer)) == (400, "wrong_request")
        assert (s.queue.jobs, s.store.objects, s.incoming()) == ({}, {}, [])
        assert (await s.send(issued.token)).status == 202  # the ticket is as good as before


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [(b"", 422, "broken_file"), (b"MZ a program", 415, "not_an_image"), (b"<svg></svg>", 415, "not_an_image")],
)
async def test_what_is_no_photo_is_told_at_once(service: Open, photo: bytes, status: int, code: str) -> None:
    async with service() as s:
        issued = await s.issue()
        answer = await s.send(issued.token, photo)
        assert (answer.status, await error(answer)) == (status, code)
        assert (s.store.objects, s.incoming()) == ({}, [])
        assert (await s.send(issued.token)).status == 202


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
async def test_too_large_is_cut_off(service: Open, monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    monkeypatch.setattr(upload, "MAX_PHOTO_BYTES", 300_000)
    async with service() as s:
        issued = await s.issue()
        head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        body = head + JPEG * 1000 + b"\r\n--x--\r\n"

        async def pieces() -> Any:
            for at in range(0, len(body), 10_000):
                yield body[at : at + 10_000]

        headers = {"X-Ozhivi-Ticket": issued.token, "Content-Type": "multipart/form-data; boundary=x"}
        answer = await s.client.post("/api/v1/animations", data=body if told else pieces(), headers=headers)
        assert (answer.status, await error(answer)) == (413, "too_large")
        assert (s.store.objects, s.incoming()) == ({}, [])


async def test_forty_megabytes_come_in(service: Open) -> None:
    async with service() as s:
        photo = JPEG + bytes(MAX_PHOTO_BYTES - len(JPEG))
        assert (await s.send((await s.issue()).token, photo)).status == 202
        assert [len(kept) for kept in s.store.objects.values()] == [MAX_PHOTO_BYTES]


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
        for _ in range(100):
            if s.incoming():
                break
            await asyncio.sleep(0.01)
        (arriving,) = s.incoming()
        assert arriving.stat().st_mode & 0o777 == 0o600
        writer.close()
        for _ in range(100):
            if not s.incoming():
                break
            await asyncio.sleep(0.02)
        assert (s.queue.jobs, s.store.objects, s.incoming()) == ({}, {}, [])
        del reader


async def test_who_may_not(service: Open) -> None:
    async with service() as s:
        assert await error(await s.send("x" * 43)) == "unknown_ticket"
        for headers in ({}, {"X-Api-Key": ""}, {"X-Api-Key": KEY}):
            answer = await s.send("", headers=headers)
            assert (answer.status, await error(answer)) == (401, "no_access")
        assert s.store.objects == {}


async def test_an_api_key_opens_and_keeps_people_apart(service: Open) -> None:
    async with service(api_keys=["o" * 32, KEY]) as s:
        for person in ("anna", "boris", "anna"):
            answer = await s.send("", headers={"X-Api-Key": KEY, "X-Ozhivi-User": person})
            assert answer.status == 202
        users = [job.user for job in s.queue.jobs.values()]
        assert len(set(users)) == 2  # Anna's second wish joined her first
        assert not any("anna" in user or KEY in user for user in users)
        assert (await s.send("", headers={"X-Api-Key": KEY[:-1] + "x"})).status == 401


async def test_one_ticket_one_photo_until_it_is_refused(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        await s.send(token)
        assert (await s.send(token, gesture="nod")).status == 202
        other = JPEG + b"other"
        answer = await s.send(token, other)
        assert (answer.status, await error(answer)) == (409, "used_ticket")
        last = list(s.queue.jobs)[-1]
        s.queue.becomes(last, JobState.REFUSED, reason="no_face")
        assert (await s.send(token, other)).status == 202
        assert len(s.store.objects) == 3


async def test_the_same_again_joins_and_its_photo_is_not_kept_twice(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        ids = {(await (await s.send(token)).json())["id"] for _ in range(2)}
        assert len(ids) == len(s.store.objects) == 1


async def test_a_full_queue_and_a_full_disk_say_later_and_keep_nothing(service: Open) -> None:
    async with service(limit=0) as s:
        answer = await s.send((await s.issue()).token)
        assert (answer.status, await error(answer), answer.headers["Retry-After"]) == (503, "queue_full", "120")
        assert s.store.objects == {}
        s.store.down = True
        answer = await s.send((await s.issue()).token)
        assert (answer.status, await error(answer)) == (503, "unavailable")
        assert s.incoming() == []


async def test_events_and_polling_agree(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begun(s))['id']}"
        job = s.queue.only.id
        polled = [await (await s.client.get(path)).json()]
        seen: list[dict[str, Any]] = []
        s.store.objects["clip"] = b"mp4"
        turns: list[tuple[JobState, dict[str, Any]]] = [
            (JobState.RUNNING, {"step": "faces", "share": 0.5}),
            (JobState.RUNNING, {"step": "animate", "share": 0.5}),
            (JobState.RUNNING, {"step": "encode", "share": 0.9}),
            (JobState.DONE, {"results": (("mp4", "clip"), ("gif", "gone")), "step": ""}),
        ]
        async with s.client.get(f"{path}/events") as answer:
            assert answer.content_type == "text/event-stream"
            async for line in answer.content:
                if not line.startswith(b"data: "):
                    continue
                seen.append(json.loads(line[6:]))
                if turns:
                    state, facts = turns.pop(0)
                    s.queue.becomes(job, state, **facts)
                    polled.append(await (await s.client.get(path)).json())
        assert seen == polled
        assert [one["progress"] for one in seen] == sorted(one["progress"] for one in seen)
        assert [one["says"] for one in seen][1:] == ["Ищу лицо", "Оживляю", "Сохраняю видео", "Готово"]
        assert [link["format"] for link in seen[-1]["results"]] == ["mp4"]
        assert seen[-1]["results"][0]["download"].endswith("ozhivi.mp4")


async def test_events_tell_of_a_deletion(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begun(s))['id']}"
        async with s.client.get(f"{path}/events") as answer:
            states = []
            async for line in answer.content:
                if line.startswith(b"data: "):
                    states.append(json.loads(line[6:])["state"])
                    if states == ["waiting"]:
                        await s.client.delete(path)
        assert states == ["waiting", "deleted"]


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (JobState.REFUSED, "no_face", "не вижу"),
        (JobState.REFUSED, "a_new_one", "нельзя"),
        (JobState.FAILED, "crashed", "у нас"),
    ],
)
async def test_a_refusal_says_why_and_what_helps(service: Open, state: JobState, reason: str, words: str) -> None:
    async with service() as s:
        job = await begun(s)
        s.queue.becomes(s.queue.only.id, state, reason=reason)
        shown = await (await s.client.get(f"/api/v1/animations/{job['id']}")).json()
        assert (shown["state"], shown["reason"]) == (state, reason)
        assert words in shown["sentence"]
        assert shown["advice"]


async def test_deletion_leaves_nothing(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begun(s))['id']}"
        s.store.objects["clip"] = b"mp4"
        s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("mp4", "clip"),))
        assert (await s.client.delete(path)).status == 204
        assert (s.queue.jobs, s.store.objects) == ({}, {})
        for method in ("GET", "DELETE"):
            answer = await s.client.request(method, path)
            assert (answer.status, await error(answer)) == (404, "not_found")


async def test_an_id_from_the_log_opens_nothing(service: Open) -> None:
    async with service() as s:
        public = (await begun(s))["id"]
        job = s.queue.only.id
        for wrong in (job + "x" * 22, public[:-1] + ("A" if public[-1] != "A" else "B"), "x" * 44):
            assert (await s.client.get(f"/api/v1/animations/{wrong}")).status == 404
            assert (await s.client.delete(f"/api/v1/animations/{wrong}")).status == 404
        assert job in s.queue.jobs
