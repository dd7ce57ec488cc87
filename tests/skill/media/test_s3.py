"""What only a bucket has: setup, lifecycle, errors of a server; all against a real Ceph."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import socket
import time
from pathlib import Path

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from skill.media.s3 import S3Settings, S3Store
from skill.media.s3_errors import told
from skill.media.s3_setup import set_up
from skill.media.store import MediaError, MediaMissingError

pytestmark = pytest.mark.asyncio

DAY = 86_400.0


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(secrets.token_bytes(5000))
    return path


@pytest.fixture
def client(ceph):
    with contextlib.closing(ceph.client()) as client:
        yield client


async def test_setup_makes_a_private_bucket_that_forgets_by_itself(ceph, client, photo: Path, ask, listed) -> None:
    """With rgw_lc_debug_interval a rule's day lasts five seconds; nobody sweeps here."""
    settings = ceph.changed(bucket=f"new-{secrets.token_hex(4)}")
    store = S3Store(settings)
    said = await store.setup()
    assert said == [
        f"bucket {settings.bucket}: created",
        "access: private, public access blocked",
        "lifecycle: 5 rules of ours, 0 of others",
    ]
    day = await store.put(photo, content_type="image/jpeg", seconds=DAY)
    year = await store.put(photo, content_type="image/jpeg", seconds=300 * DAY)
    bare = (await store.url(year, seconds=60)).split("?")[0]
    assert (await ask(bare)).status == 403
    assert (await ask(f"{settings.endpoint}/{settings.bucket}")).status == 403
    assert (await store.setup())[0] == f"bucket {settings.bucket}: is there"  # again: no harm
    deadline = time.monotonic() + 40
    while await listed(store) != [year]:
        assert time.monotonic() < deadline, "the lifecycle rule did nothing"
        await asyncio.sleep(0.5)
    with pytest.raises(MediaMissingError):
        await store.url(day, seconds=60)
    await store.close()


async def test_setup_leaves_rules_of_others(ceph, client) -> None:
    bucket = f"old-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=bucket)
    other = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 400}}
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [other]})
    for _ in range(2):
        said = set_up(client, bucket, prefix="photos/")
        assert said[-1] == "lifecycle: 5 rules of ours, 1 of others"
    rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    kept = {rule["ID"]: (rule["Filter"]["Prefix"], rule["Expiration"]["Days"]) for rule in rules}
    assert kept["theirs"] == ("logs/", 400)
    assert kept["ozhivi-photos/d7"] == ("photos/d7-", 7)
    assert len(kept) == 6


async def test_scripts_of_the_page_may_read_and_those_of_others_not(ceph, client, photo: Path, ask) -> None:
    """Who fetches a link from another page's script gets an answer that his browser does not show him."""
    settings = ceph.changed(bucket=f"page-{secrets.token_hex(4)}")
    store, page = S3Store(settings), "https://photo.example.ru"
    await store.setup(page="https://old.example.ru")
    theirs = {"ID": "theirs", "AllowedOrigins": ["https://else.example"], "AllowedMethods": ["PUT"]}
    client.put_bucket_cors(Bucket=settings.bucket, CORSConfiguration={"CORSRules": [theirs]})
    for _ in range(2):
        assert (await store.setup(page=page))[-1] == f"cors: {page} may read, 1 rules of others"
    rules = {rule["ID"]: rule["AllowedOrigins"] for rule in client.get_bucket_cors(Bucket=settings.bucket)["CORSRules"]}
    assert rules == {"theirs": ["https://else.example"], "ozhivi-page": [page]}
    link = await store.url(await store.put(photo, content_type="image/jpeg", seconds=300 * DAY), seconds=60)
    allowed = "Access-Control-Allow-Origin"
    assert (await ask(link, Origin=page)).headers[allowed] == page
    for other in ("https://old.example.ru", "https://evil.example", "https://else.example"):
        assert allowed not in (await ask(link, Origin=other)).headers
    assert (await ask(link.split("?")[0], Origin=page)).status == 403
    await store.close()


async def test_setup_refuses_a_bucket_that_keeps_what_is_deleted(client) -> None:
    bucket = f"versions-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=bucket)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(MediaError, match="old versions"):
        set_up(client, bucket)


async def test_a_tls_rule_that_locks_us_out_is_taken_back(client) -> None:
    """The endpoint here is plain http: Ceph itself refuses the write that tries the rule."""
    bucket = f"tls-{secrets.token_hex(4)}"
    with pytest.raises(MediaError, match="rgw_trust_forwarded_https"):
        set_up(client, bucket, tls_only=True)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        client.get_bucket_policy(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="after", Body=b"works again")


async def test_a_tls_rule_leaves_statements_of_others(client) -> None:
    bucket = f"policy-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=bucket)
    theirs = {
        "Sid": "Theirs",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObjectTorrent"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [theirs]}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    with pytest.raises(MediaError):
        set_up(client, bucket, tls_only=True)
    left = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    assert [statement["Sid"] for statement in left["Statement"]] == ["Theirs"]


async def test_the_server_checks_the_bytes(s3, ceph, photo: Path) -> None:
    """What arrives changed is refused: Ceph answers a wrong sum with BadDigest."""
    settings = ceph.settings
    with contextlib.closing(ceph.client()) as client, pytest.raises(MediaError, match="BadDigest"), told(""):
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
    store, neighbour = S3Store(settings), S3Store(ceph.prefixed())
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


async def test_a_wrong_secret_is_told(ceph, photo: Path) -> None:
    store = S3Store(ceph.changed(secret_key="wrong"))
    with pytest.raises(MediaError, match=r"SignatureDoesNotMatch\): check the access key"):
        await store.put(photo, content_type="image/jpeg", seconds=DAY)
    await store.close()


async def test_a_missing_bucket_is_told(ceph, photo: Path) -> None:
    store = S3Store(ceph.changed(bucket="nobody-made-this"))
    with pytest.raises(MediaError, match="ozhivi media setup"):
        await store.put(photo, content_type="image/jpeg", seconds=DAY)
    await store.close()


async def test_a_store_that_is_down_is_told_soon_and_without_a_key(photo: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        store = S3Store(S3Settings("bucket", "dev", "secret", endpoint=endpoint))
        began = time.monotonic()
        key = f"d1-{'9' * 13}-{'0' * 32}.mp4"
        with pytest.raises(MediaError, match=r"doesn't answer \(EndpointConnectionError\)") as caught:
            await store.fetch(key, tmp_path / "never")
        assert time.monotonic() - began < 8
        assert key not in str(caught.value)
        assert caught.value.__suppress_context__
        assert not isinstance(caught.value, MediaMissingError)
        await store.close()


async def test_a_store_that_is_silent_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = S3Store(S3Settings("bucket", "dev", "secret", endpoint=endpoint, timeout=0.2))
        began = time.monotonic()
        with pytest.raises(MediaError, match=r"doesn't answer \(ReadTimeoutError\)"):
            await store.fetch(f"d1-{'9' * 13}-{'0' * 32}.mp4", tmp_path / "never")
        assert time.monotonic() - began < 8
        await store.close()


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
    store = S3Store(S3Settings("bucket", "dev", "secret", endpoint=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert bodies == [photo.read_bytes()] * 3
    await store.close()
    await runner.cleanup()


async def test_links_are_signed_for_the_public_address(ceph, photo: Path) -> None:
    store = S3Store(ceph.changed(public_endpoint="https://media.example", prefix="public/"))
    key = await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert (await store.url(key, seconds=60)).startswith(f"https://media.example/ozhivi-test/public/{key}?")
    assert store.origin == "https://media.example"
    await store.delete(key)
    await store.close()


async def test_virtual_addressing_puts_the_bucket_into_the_host() -> None:
    store = S3Store(S3Settings("photos", "dev", "secret", endpoint="https://s3.example", addressing="virtual"))
    assert store.origin == "https://photos.s3.example"
    await store.close()


async def test_secrets_are_not_shown() -> None:
    shown = repr(S3Settings("photos", "AKIA-access", "very-secret"))
    assert "AKIA-access" not in shown
    assert "very-secret" not in shown
