"""The setup of a bucket, against a real Ceph."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from skill.media.s3_setup import set_up
from skill.media.store import MediaError, MediaMissingError
from tests.skill.media.ceph_server import bucket_store

pytestmark = pytest.mark.asyncio

DAY = 86_400.0


async def test_setup_makes_a_private_bucket_that_forgets_by_itself(ceph, client, photo: Path, ask, listed) -> None:
    """With rgw_lc_debug_interval a rule's day lasts five seconds; nobody sweeps here."""
    settings = ceph.changed(bucket=f"new-{secrets.token_hex(4)}")
    store = bucket_store(settings)
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
    deadline = time.monotonic() + 150
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
    store, page = bucket_store(settings), "https://photo.example.ru"
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
