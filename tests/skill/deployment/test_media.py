"""A file goes through a bucket and out again by its signed link."""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from skill.components import build_s3_store
from skill.deployment.finding import Deployment, Finding, Level
from skill.deployment.media import check_media
from skill.media.store import MediaStore
from skill.settings import Settings
from tests.skill.media.ceph_server import Ceph

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]
PAGE = "https://photo.example.ru"


def settings(ceph: Ceph, folder: Path, **other: object) -> Settings:
    """Settings of a service whose media lie in the bucket."""
    bucket = ceph.settings
    return Settings(
        data_dir=folder / "data",
        public_url=PAGE,
        store="s3",
        s3_endpoint=bucket.endpoint,
        s3_bucket=bucket.bucket,
        s3_access_key=SecretStr(bucket.access_key),
        s3_secret_key=SecretStr(bucket.secret_key),
        s3_prefix=f"{folder.name}/",
    ).model_copy(update=other)


async def stored(store: MediaStore) -> list[str]:
    keys = store.keys()
    return [key async for key in keys]


async def check(of: Settings) -> Finding:
    async with aiohttp.ClientSession() as client:
        deployment = Deployment(PAGE, of, client, ssl.create_default_context())
        (finding,) = [finding async for finding in check_media(deployment)]
        return finding


async def test_a_bucket_that_was_set_up(ceph: Ceph, tmp_path: Path) -> None:
    of = settings(ceph, tmp_path)
    store = build_s3_store(of)
    await store.setup(page=PAGE)
    finding = await check(of)
    assert finding.level is Level.GOOD, finding
    assert await stored(store) == []
    await store.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"s3_secret_key": SecretStr("wrong")}, "media setup"),
        ({"s3_bucket": "not-there"}, "media setup"),
        ({"public_url": "https://elsewhere.test"}, "media setup"),
        ({"s3_public_endpoint": "http://127.0.0.1:9"}, "no answer"),
    ],
)
async def test_what_is_wrong_is_named(change: dict[str, object], says: str, ceph: Ceph, tmp_path: Path) -> None:
    store = build_s3_store(settings(ceph, tmp_path))
    await store.setup(page=PAGE)
    if "s3_public_endpoint" in change:
        with pytest.raises(aiohttp.ClientConnectionError):
            await check(settings(ceph, tmp_path, **change))
    else:
        finding = await check(settings(ceph, tmp_path, **change))
        assert finding.level is Level.BAD and says in finding.mend, finding
    assert await stored(store) == [], "the file does not stay"
    await store.close()
