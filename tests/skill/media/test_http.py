"""The local store's links over a real server: ranges, headers, one answer to all that is refused."""

from __future__ import annotations

import asyncio
import secrets
import time
from pathlib import Path

import pytest
import pytest_asyncio

from skill.media.keys import new_key
from skill.media.signed_urls import Signer

pytestmark = pytest.mark.asyncio

DAY = 86_400.0
SIZE = 3_000_001  # three reads and a bit


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(secrets.token_bytes(SIZE))
    return path


@pytest_asyncio.fixture
async def url(local, clip: Path) -> str:
    key = await local.store.put(clip, content_type="video/mp4", seconds=DAY)
    return await local.store.url(key, seconds=600)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-1", 0, 2),  # Safari's first question
        ("bytes=0-", 0, SIZE),
        ("bytes=1048570-1048580", 1_048_570, 1_048_581),
        ("bytes=-1", SIZE - 1, SIZE),
        ("bytes=2999999-99999999", 2_999_999, SIZE),
    ],
)
async def test_a_range(local, url: str, clip: Path, asked: str, start: int, stop: int) -> None:
    answer = await local.ask(url, Range=asked)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert answer.body == clip.read_bytes()[start:stop]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "bytes=" + ",".join(["0-"] * 500), "bytes=9-1", "lines=1-2"])
async def test_several_parts_or_nonsense_get_the_whole(local, url: str, clip: Path, asked: str) -> None:
    answer = await local.ask(url, Range=asked)
    assert (answer.status, answer.body) == (200, clip.read_bytes())
    assert "Content-Range" not in answer.headers


async def test_a_range_outside(local, url: str) -> None:
    answer = await local.ask(url, Range=f"bytes={SIZE}-")
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


async def test_a_range_of_the_same_object_only(local, url: str, clip: Path) -> None:
    etag = (await local.ask(url, "HEAD")).headers["ETag"]
    same = await local.ask(url, **{"Range": "bytes=0-9", "If-Range": etag})
    assert (same.status, same.body) == (206, clip.read_bytes()[:10])
    for validator in ('"another"', f"W/{etag}", "Mon, 23 Nov 2026 10:00:00 GMT"):
        other = await local.ask(url, **{"Range": "bytes=0-9", "If-Range": validator})
        assert (other.status, len(other.body)) == (200, SIZE)


async def test_head_tells_the_same_without_the_bytes(local, url: str) -> None:
    head, get = await local.ask(url, "HEAD"), await local.ask(url)
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "Date": ""} == {**get.headers, "Date": ""}
    assert head.headers["Content-Length"] == str(SIZE)
    assert (await local.ask(url, "HEAD", Range="bytes=0-1")).status == 200


async def test_headers_that_keep_it_private(local, url: str) -> None:
    for answer in (await local.ask(url), await local.ask(url + "0")):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await local.ask(url)).headers["Accept-Ranges"] == "bytes"


async def test_forged_expired_missing_and_deleted_look_the_same(local, url: str, clip: Path) -> None:
    base, key = url.partition("?")[0].split("/m/")
    past = Signer(["s" * 32], base=base, clock=lambda: time.time() - 100)
    ours = Signer(["s" * 32], base=base)
    deleted = await local.store.put(clip, content_type="video/mp4", seconds=DAY)
    gone = await local.store.url(deleted, seconds=60)
    await local.store.delete(deleted)
    refused = [
        url + "0",
        Signer(["t" * 32], base=base).sign(key, seconds=60),
        past.sign(key, seconds=60),
        ours.sign(new_key("video/mp4", DAY), seconds=60),
        ours.sign("../clip.mp4", seconds=60),  # signed by us, and still no way out of the folder
        ours.sign("\0", seconds=60),
        gone,
        url.partition("?")[0],
    ]
    answers = [await local.ask(link) for link in refused]
    assert {answer.status for answer in answers} == {404}
    assert len({(answer.body, tuple(sorted({**answer.headers, "Date": ""}.items()))) for answer in answers}) == 1
    assert (await local.ask(url)).status == 200


async def test_other_methods_are_refused(local, url: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await local.ask(url, method)).status == 405


async def test_what_is_deleted_while_it_is_sent_arrives_whole_once(local, url: str, clip: Path) -> None:
    key = url.partition("?")[0].split("/m/")[1]
    first = asyncio.create_task(local.ask(url))
    await asyncio.sleep(0.005)
    await local.store.delete(key)
    assert (await first).status in {200, 404}
    assert (await local.ask(url)).status == 404


async def test_many_readers_at_once(local, url: str, clip: Path) -> None:
    bodies = await asyncio.gather(*(local.ask(url, Range=f"bytes={number * 1000}-") for number in range(20)))
    assert all(one.body == clip.read_bytes()[number * 1000 :] for number, one in enumerate(bodies))


async def test_a_reader_that_leaves_closes_the_file(local, url: str) -> None:
    """ResourceWarnings are errors: a file left open would fail this."""
    host, port = url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    target = url.split(host + ":" + port)[1]
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert await reader.read(100)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    assert (await local.ask(url)).status == 200
