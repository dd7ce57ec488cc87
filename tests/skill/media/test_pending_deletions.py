"""Keys that have to go: remembered by files, believed to be gone the second time, and a real bucket that freezes."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from skill.media import s3
from skill.media.keys import new_key
from skill.media.pending_deletions import ABANDONED_SECONDS, SETTLE_SECONDS, PendingDeletions
from skill.media.s3 import S3Store
from skill.media.store import MediaError
from tests.skill.media.ceph_server import Ceph
from tests.skill.media.conftest import listed
from tests.skill.media.stalling_proxy import stalling_proxy

DAY = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_what_has_to_go_is_due_at_once_also_after_a_restart(tmp_path: Path) -> None:
    folder, key = tmp_path / "deletions", new_key("image/jpeg", DAY)
    assert PendingDeletions(folder).due() == []
    PendingDeletions(folder).add(key)
    assert PendingDeletions(folder).due() == [key]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "notes.txt").touch()
    assert PendingDeletions(folder).due() == [key]


def test_an_upload_that_goes_on_is_left_alone_and_that_of_a_dead_process_is_not(tmp_path: Path) -> None:
    clock = Clock()
    pending, key = PendingDeletions(tmp_path, clock), new_key("image/jpeg", DAY)
    pending.begin(key)
    assert pending.due() == []
    clock.now += ABANDONED_SECONDS + 1
    assert pending.due() == [key]
    pending.discard(key)
    assert pending.due() == []


def test_a_deletion_is_believed_the_second_time(tmp_path: Path) -> None:
    clock = Clock()
    pending, key = PendingDeletions(tmp_path, clock), new_key("image/jpeg", DAY)
    pending.add(key)
    for seconds in (0.0, SETTLE_SECONDS / 2):
        clock.now += seconds
        pending.note_deleted(key)
        assert pending.due() == [key]
    clock.now += SETTLE_SECONDS
    pending.note_deleted(key)
    assert pending.due() == []


@pytest.mark.asyncio
async def test_a_bucket_that_froze_during_an_upload_keeps_no_photo(ceph: Ceph, photo: Path, tmp_path: Path) -> None:
    """The person got an error: what the bucket stores of it when it thaws is deleted, by another process too."""
    server, clock, own, folder = urlsplit(ceph.settings.endpoint), Clock(), ceph.prefixed(), tmp_path / "deletions"
    before = stalling_proxy(str(server.hostname), int(server.port or 80))
    async with before as proxy, stalling_proxy(str(server.hostname), int(server.port or 80)) as frozen:
        frozen.freeze()
        slow = ceph.changed(prefix=own.prefix, timeout=0.3)
        store = S3Store(replace(slow, endpoint=proxy.address), PendingDeletions(folder, clock))
        sweeping = S3Store(replace(slow, endpoint=frozen.address), PendingDeletions(folder, clock))
        later = S3Store(own, PendingDeletions(folder, clock))
        kept = await later.put(photo, content_type="image/jpeg", seconds=DAY)
        proxy.freeze()
        with pytest.raises(MediaError):
            await store.put(photo, content_type="image/jpeg", seconds=DAY)
        with pytest.raises(MediaError):
            await sweeping.sweep()
        assert len(PendingDeletions(folder, clock).due()) == 1
        proxy.thaw()
        async with asyncio.timeout(120):
            while len(await listed(later)) < 2:  # the bucket stores it after all, and nobody knows its key
                await asyncio.sleep(0.05)
            while await listed(later) != [kept]:  # more than once: each of the upload's tries may come late
                await later.sweep()
        clock.now += SETTLE_SECONDS
        await later.sweep()
        assert PendingDeletions(folder, clock).due() == []
        await later.delete(kept)
        for each in (store, sweeping, later):
            await each.close()


@pytest.mark.asyncio
async def test_a_deletion_that_failed_is_tried_until_it_succeeds(ceph: Ceph, photo: Path, tmp_path: Path) -> None:
    server = urlsplit(ceph.settings.endpoint)
    async with stalling_proxy(str(server.hostname), int(server.port or 80)) as proxy:
        settings = ceph.changed(prefix=ceph.prefixed().prefix, endpoint=proxy.address, timeout=1.0)
        store = S3Store(settings, PendingDeletions(tmp_path))
        key = await store.put(photo, content_type="image/jpeg", seconds=DAY)
        proxy.freeze()
        with pytest.raises(MediaError):
            await store.delete(key)
        assert PendingDeletions(tmp_path).due() == [key]
        proxy.thaw()
        await store.sweep()
        assert await listed(store) == []
        await store.close()


@pytest.mark.asyncio
async def test_nobody_waits_for_a_frozen_bucket(
    ceph: Ceph, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question is an error in time, and what its thread does afterwards leaves nothing."""
    monkeypatch.setattr(s3, "_FETCH_SECONDS", 0.2)
    server = urlsplit(ceph.settings.endpoint)
    async with stalling_proxy(str(server.hostname), int(server.port or 80)) as proxy:
        settings = ceph.changed(prefix=ceph.prefixed().prefix, endpoint=proxy.address, timeout=2.0)
        store = S3Store(settings, PendingDeletions(tmp_path / "deletions"))
        key = await store.put(photo, content_type="image/jpeg", seconds=DAY)
        monkeypatch.setattr(s3, "_WAIT_SECONDS", 0.2)
        proxy.freeze()
        asked = (
            store.put(photo, content_type="image/jpeg", seconds=DAY),
            store.fetch(key, tmp_path / "copy"),
            listed(store),
            store.delete(key),
        )
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(answer, MediaError) and "in time" in str(answer)
        assert PendingDeletions(tmp_path / "deletions").due() == [key]
        proxy.thaw()
        monkeypatch.setattr(s3, "_WAIT_SECONDS", 10.0)
        async with asyncio.timeout(120):
            while await listed(store):  # also the photo of the upload, by its thread
                await asyncio.sleep(0.1)
        await store.close()


@pytest.mark.asyncio
async def test_a_link_of_a_frozen_bucket_is_an_error_soon(ceph: Ceph, photo: Path, tmp_path: Path) -> None:
    """A look at a job took 15 to 70 s: two questions for each of its files, one after the other."""
    server = urlsplit(ceph.settings.endpoint)
    async with stalling_proxy(str(server.hostname), int(server.port or 80)) as proxy:
        settings = ceph.changed(prefix=ceph.prefixed().prefix, endpoint=proxy.address, timeout=3.0)
        store = S3Store(settings, PendingDeletions(tmp_path))
        keys = [await store.put(photo, content_type="image/jpeg", seconds=DAY) for _ in range(2)]
        link = await store.url(keys[0], seconds=60)
        proxy.freeze()
        with pytest.raises(MediaError, match="in time"):
            await store.url(keys[1], seconds=60)
        assert (await store.url(keys[0], seconds=60)).partition("?")[0] == link.partition("?")[0]  # asked a moment ago
        proxy.thaw()
        for key in keys:
            await store.delete(key)
        with pytest.raises(MediaError):
            await store.url(keys[0], seconds=60)
        await store.close()
