"""Errors of a server, real and staged, in our words."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from skill.media.s3 import S3Settings
from skill.media.store import MediaError, MediaMissingError
from tests.skill.media.ceph_server import bucket_store

pytestmark = pytest.mark.asyncio

DAY = 86_400.0


async def test_a_wrong_secret_is_reported(ceph, photo: Path) -> None:
    store = bucket_store(ceph.changed(secret_key="wrong"))
    with pytest.raises(MediaError, match=r"SignatureDoesNotMatch\): check the access key"):
        await store.put(photo, content_type="image/jpeg", seconds=DAY)
    await store.close()


async def test_a_missing_bucket_is_reported(ceph, photo: Path) -> None:
    store = bucket_store(ceph.changed(bucket="nobody-made-this"))
    with pytest.raises(MediaError, match="ozhivi media setup"):
        await store.put(photo, content_type="image/jpeg", seconds=DAY)
    await store.close()


async def test_a_store_that_is_down_is_reported_soon_and_without_a_key(photo: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        store = bucket_store(S3Settings("bucket", "dev", "secret", endpoint=endpoint))
        began = time.monotonic()
        key = f"d1-{'9' * 13}-{'0' * 32}.mp4"
        with pytest.raises(MediaError, match=r"doesn't answer \(EndpointConnectionError\)") as caught:
            await store.fetch(key, tmp_path / "never")
        assert time.monotonic() - began < 30
        assert key not in str(caught.value)
        assert caught.value.__suppress_context__
        assert not isinstance(caught.value, MediaMissingError)
        await store.close()


async def test_a_store_that_is_silent_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = bucket_store(S3Settings("bucket", "dev", "secret", endpoint=endpoint, timeout=0.2))
        began = time.monotonic()
        with pytest.raises(MediaError, match=r"doesn't answer \(ReadTimeoutError\)"):
            await store.fetch(f"d1-{'9' * 13}-{'0' * 32}.mp4", tmp_path / "never")
        assert time.monotonic() - began < 30
        await store.close()
