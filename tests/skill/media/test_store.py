"""What every media store promises, asked of each adapter: a folder, and a bucket of a real Ceph."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from skill.media.store import MediaError, MediaMissingError

pytestmark = pytest.mark.asyncio

DAY = 86_400.0
RUSSIAN = "Бабушка, «лето» 1964 & co.mp4"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def spoiled(text: str) -> str:
    """The same with its last letter or digit changed."""
    return re.sub(r"[0-9A-Za-z](?=[^0-9A-Za-z]*$)", lambda last: "a" if last[0] != "a" else "b", text)


async def test_what_is_put_is_fetched_and_listed(shelf, clip: Path, tmp_path: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    to = tmp_path / "again.mp4"
    await shelf.store.fetch(key, to)
    assert to.read_bytes() == clip.read_bytes()
    assert to.stat().st_mode & 0o777 == 0o600
    assert await shelf.keys() == [key]


async def test_fetching_replaces_a_file_that_is_there(shelf, clip: Path, tmp_path: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    to = tmp_path / "again.mp4"
    to.write_bytes(b"old")
    await shelf.store.fetch(key, to)
    assert to.read_bytes() == clip.read_bytes()


async def test_a_key_tells_nothing_of_the_file_and_never_comes_twice(shelf, clip: Path) -> None:
    keys = [await shelf.store.put(clip, content_type="video/mp4", seconds=DAY) for _ in range(3)]
    assert len({key.split("-")[2] for key in keys}) == 3
    assert all(re.fullmatch(r"d1-[0-9]{13}-[0-9a-f]{32}\.mp4", key) for key in keys)


async def test_a_link_gives_the_bytes_with_their_type(shelf, clip: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    answer = await shelf.ask(await shelf.store.url(key, seconds=60))
    assert (answer.status, answer.body) == (200, clip.read_bytes())
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_a_type_that_a_browser_could_run_is_served_as_bytes(shelf, clip: Path) -> None:
    key = await shelf.store.put(clip, content_type="text/html; charset=utf-8", seconds=DAY)
    answer = await shelf.ask(await shelf.store.url(key, seconds=60))
    assert answer.headers["Content-Type"] == "application/octet-stream"


async def test_a_link_saves_under_a_russian_name(shelf, clip: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    answer = await shelf.ask(await shelf.store.url(key, seconds=60, download_as=RUSSIAN))
    disposition = answer.headers["Content-Disposition"]
    assert answer.status == 200
    assert disposition.startswith('attachment; filename="_______, _____')
    assert disposition.endswith(f"; filename*=UTF-8''{quote(RUSSIAN, safe='')}")


async def test_a_part_of_it_can_be_asked_for(shelf, clip: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    answer = await shelf.ask(await shelf.store.url(key, seconds=60), Range="bytes=1000-1999")
    assert (answer.status, answer.body) == (206, clip.read_bytes()[1000:2000])
    assert answer.headers["Content-Range"] == f"bytes 1000-1999/{clip.stat().st_size}"


async def test_a_link_ends_and_ends_with_its_object(shelf, clip: Path) -> None:
    long = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    for seconds in (2, 4, 16):  # more on a machine that needs longer for four requests
        short = await shelf.store.put(clip, content_type="video/mp4", seconds=seconds)
        urls = [await shelf.store.url(long, seconds=seconds), await shelf.store.url(short, seconds=600)]
        ends = time.monotonic() + seconds + 1.1
        if (opened := [(await shelf.ask(url)).status for url in urls]) == [200, 200]:
            break
    assert opened == [200, 200]
    await asyncio.sleep(ends - time.monotonic())
    for url in urls:  # nothing is swept yet, and nothing is to be had
        ended = await shelf.ask(url)
        assert ended.status in {403, 404}
        assert clip.read_bytes()[:256] not in ended.body
    with pytest.raises(MediaMissingError):
        await shelf.store.url(short, seconds=600)
    assert (await shelf.ask(await shelf.store.url(long, seconds=60))).status == 200


async def test_a_changed_link_is_refused(shelf, clip: Path) -> None:
    """Signature, expiry, name, key: each changed in turn."""
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    other = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    url = await shelf.store.url(key, seconds=60, download_as="a.mp4")
    forged = [
        spoiled(url),
        re.sub(r"(\?e=|X-Amz-Expires=)[0-9]+", r"\g<1>9999999999", url),
        re.sub(r"(\?e=|X-Amz-Expires=)([0-9]+)", r"\g<1>\g<2>0", url),
        url.replace("a.mp4", "b.mp4"),
        url.replace(key, other),
        url.split("?")[0],
    ]
    assert (await shelf.ask(url)).status == 200
    assert len({url, *forged}) == 7
    for link in forged:
        answer = await shelf.ask(link)
        assert answer.status in {400, 403, 404}, link
        assert clip.read_bytes()[:256] not in answer.body


async def test_what_is_deleted_is_gone_at_once(shelf, clip: Path, tmp_path: Path) -> None:
    key = await shelf.store.put(clip, content_type="video/mp4", seconds=DAY)
    kept = await shelf.store.put(clip, content_type="image/gif", seconds=DAY)
    url = await shelf.store.url(key, seconds=60)
    await shelf.store.delete(key)
    assert await shelf.keys() == [kept]
    assert (await shelf.ask(url)).status == 404
    with pytest.raises(MediaMissingError):
        await shelf.store.fetch(key, tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
    await shelf.store.delete(key)  # once more: no error


@pytest.mark.parametrize("key", ["", ".", "../clip.mp4", "/etc/passwd", "d1-1-a.mp4", "d1-" + "9" * 13 + "-"])
async def test_what_is_no_key_is_missing(shelf, clip: Path, tmp_path: Path, key: str) -> None:
    with pytest.raises(MediaMissingError):
        await shelf.store.fetch(key, tmp_path / "never")
    with pytest.raises(MediaMissingError):
        await shelf.store.url(key, seconds=60)
    await shelf.store.delete(key)
    assert clip.exists()


async def test_a_key_that_was_never_given_is_missing(shelf, tmp_path: Path) -> None:
    key = f"d1-{'9' * 13}-{'0' * 32}.mp4"
    with pytest.raises(MediaMissingError):
        await shelf.store.fetch(key, tmp_path / "never")
    with pytest.raises(MediaMissingError):
        await shelf.store.url(key, seconds=60)
    assert list(tmp_path.glob("**/*.part")) == []


async def test_a_sweep_takes_what_is_past_its_time_and_no_more(shelf, clip: Path, tmp_path: Path) -> None:
    short = [await shelf.store.put(clip, content_type="image/jpeg", seconds=0.3) for _ in range(3)]
    long = [await shelf.store.put(clip, content_type="video/mp4", seconds=days * DAY) for days in (1, 2, 300)]
    await asyncio.sleep(0.4)
    with pytest.raises(MediaMissingError):
        await shelf.store.fetch(short[0], tmp_path / "late")
    assert await shelf.store.sweep() == 3
    assert await shelf.keys() == sorted(long)
    assert await shelf.store.sweep() == 0


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 366 * DAY])
async def test_a_time_that_is_none_is_refused(shelf, clip: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="kept for more than 0"):
        await shelf.store.put(clip, content_type="video/mp4", seconds=seconds)
    assert await shelf.keys() == []


async def test_many_at_once(shelf, tmp_path: Path) -> None:
    files = []
    for number in range(24):
        files.append(tmp_path / f"{number}.jpg")
        files[-1].write_bytes(bytes([number]) * (1000 + number))
    keys = await asyncio.gather(*(shelf.store.put(one, content_type="image/jpeg", seconds=DAY) for one in files))
    assert await shelf.keys() == sorted(keys)
    back = [tmp_path / f"{number}.back" for number in range(24)]
    await asyncio.gather(*(shelf.store.fetch(key, to) for key, to in zip(keys, back, strict=True)))
    assert [one.read_bytes() for one in files] == [one.read_bytes() for one in back]


async def test_a_big_file(shelf, tmp_path: Path) -> None:
    big = tmp_path / "big.mp4"
    big.write_bytes(os.urandom(20 << 20))
    key = await shelf.store.put(big, content_type="video/mp4", seconds=DAY)
    url = await shelf.store.url(key, seconds=60)
    assert (await shelf.ask(url)).body == big.read_bytes()
    tail = await shelf.ask(url, Range="bytes=-5000000")
    assert (tail.status, tail.body) == (206, big.read_bytes()[-5_000_000:])
    await shelf.store.fetch(key, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == big.read_bytes()
    await shelf.store.delete(key)


async def test_an_empty_file(shelf, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    key = await shelf.store.put(tmp_path / "empty", content_type="video/mp4", seconds=DAY)
    answer = await shelf.ask(await shelf.store.url(key, seconds=60))
    assert (answer.status, answer.body) == (200, b"")


async def test_a_file_that_is_not_there_is_an_error_without_its_path(shelf, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        await shelf.store.put(tmp_path / "secret-name.jpg", content_type="image/jpeg", seconds=DAY)
    assert "secret-name" not in str(caught.value)
    assert await shelf.keys() == []


async def test_a_put_that_is_called_off_leaves_nothing(shelf, tmp_path: Path) -> None:
    big = tmp_path / "big.jpg"
    big.write_bytes(bytes(8 << 20))
    for wait in (0.0, 0.002, 0.01):
        put = asyncio.create_task(shelf.store.put(big, content_type="image/jpeg", seconds=DAY))
        await asyncio.sleep(wait)
        put.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await shelf.store.delete(await put)  # it was faster
    async with asyncio.timeout(120):  # the threads' own end
        while await shelf.keys() != [] or list(tmp_path.glob("**/*.part")) != []:
            await asyncio.sleep(0.05)
