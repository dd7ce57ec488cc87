"""What a store in a bucket has of its own, against a real Ceph."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from pathlib import Path

import pytest
from aiohttp import web

from skill.media.s3 import S3Settings
from skill.media.s3_errors import translate_errors
from skill.media.store import MediaError
from tests.skill.media.ceph_server import bucket_store

pytestmark = pytest.mark.asyncio

DAY = 86_400.0


async def test_the_server_checks_the_bytes(s3, ceph, photo: Path) -> None:
    """What arrives changed is refused: Ceph answers a wrong sum with BadDigest."""
    settings = ceph.settings
    with (
        contextlib.closing(ceph.client()) as client,
        pytest.raises(MediaError, match="BadDigest"),
        translate_errors(""),
    ):
        wrong = base64.b64encode(bytes(16)).decode()
        client.put_object(Bucket=settings.bucket, Key="wrong", Body=photo.read_bytes(), ContentMD5=wrong)
    sums = []
    s3.store._client.meta.events.register(
        "before-send.s3.PutObject", lambda request, **_: sums.append(request.headers.get("Content-MD5"))
    )
    await s3.store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert len(base64.b64decode(sums[0])) == 16


async def test_a_bucket_may_hold_other_things(ceph, client, photo: Path, listed) -> None:
    """Neither listed nor swept nor deleted: what has no key of ours, and what lies outside the prefix."""
    settings = ceph.prefixed()
    store, neighbour = bucket_store(settings), bucket_store(ceph.prefixed())
    client.put_object(Bucket=settings.bucket, Key=f"{settings.prefix}d1-readme.txt", Body=b"theirs")
    await neighbour.put(photo, content_type="image/jpeg", seconds=0.1)
    key = await store.put(photo, content_type="image/jpeg", seconds=0.1)
    await asyncio.sleep(0.2)
    assert await listed(store) == [key]
    assert await store.sweep() == 1
    left = client.list_objects_v2(Bucket=settings.bucket, Prefix=settings.prefix)["Contents"]
    assert [item["Key"] for item in left] == [f"{settings.prefix}d1-readme.txt"]
    assert len(await listed(neighbour)) == 1
    await store.close()
    await neighbour.close()


async def test_a_listing_of_several_pages(s3, photo: Path, listed) -> None:
    s3.store._client.meta.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 3}
    )
    short = [await s3.store.put(photo, content_type="image/jpeg", seconds=0.5) for _ in range(7)]
    long = [await s3.store.put(photo, content_type="image/jpeg", seconds=DAY) for _ in range(4)]
    assert await listed(s3.store) == sorted(short + long)
    await asyncio.sleep(0.5)
    assert await s3.store.sweep() == 7
    assert await listed(s3.store) == sorted(long)


async def test_a_store_that_stumbles_is_asked_again(photo: Path) -> None:
    """Twice 503, then the upload is taken; whole, from its first byte."""
    bodies: list[bytes] = []

    async def stumble(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(status=503 if len(bodies) < 3 else 200)

    runner = web.ServerRunner(web.Server(stumble))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    store = bucket_store(S3Settings("bucket", "dev", "secret", endpoint=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert bodies == [photo.read_bytes()] * 3
    await store.close()
    await runner.cleanup()


async def test_links_are_signed_for_the_public_address(ceph, photo: Path) -> None:
    store = bucket_store(ceph.changed(public_endpoint="https://media.example", prefix="public/"))
    key = await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert (await store.url(key, seconds=60)).startswith(f"https://media.example/ozhivi-test/public/{key}?")
    assert store.origin == "https://media.example"
    await store.delete(key)
    await store.close()


async def test_virtual_addressing_puts_the_bucket_into_the_host() -> None:
    store = bucket_store(S3Settings("photos", "dev", "secret", endpoint="https://s3.example", addressing="virtual"))
    assert store.origin == "https://photos.s3.example"
    await store.close()


async def test_secrets_are_not_shown() -> None:
    shown = repr(S3Settings("photos", "AKIA-access", "very-secret"))
    assert "AKIA-access" not in shown
    assert "very-secret" not in shown
