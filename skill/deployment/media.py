"""Check of the media: a file is stored, fetched by its signed link as a phone does, and deleted."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from skill.components import build_components
from skill.deployment.finding import Deployment, Finding, bad, good, skipped
from skill.media.store import MediaError, MediaStore
from skill.secrets import signing_secrets

_SECONDS: Final = 120.0  # that the file is kept, should it not be deleted


async def check_media(deployment: Deployment) -> AsyncIterator[Finding]:
    """A file's way, from here into the store and out again by a link of the deployment."""
    settings = deployment.settings
    if settings.store == "local" and not (settings.data_dir / "media").is_dir():
        yield skipped("media", "they lie in the service's folder: run this on its machine, with its settings")
        return
    components = build_components(settings, signing_secrets(settings))
    try:
        yield await _judge_store(deployment, components.store)
    except MediaError as error:
        yield bad("media", str(error), "OZHIVI_S3_…, the provider's state, `ozhivi media setup`")
    finally:
        await components.close_store()


async def _judge_store(deployment: Deployment, store: MediaStore) -> Finding:
    content = secrets.token_bytes(2048)
    with tempfile.TemporaryDirectory(prefix="ozhivi-doctor-") as folder:
        file = Path(folder) / "file"
        file.write_bytes(content)
        key = await store.put(file, content_type="image/jpeg", seconds=_SECONDS)
    try:
        link = await store.url(key, seconds=_SECONDS)
        if deployment.settings.store == "local":  # served by the service itself, by whatever name it is asked
            link = deployment.address + urlsplit(link)._replace(scheme="", netloc="").geturl()
        status, body, allowed = await _fetch(deployment, link)
    finally:
        await store.delete(key)
    if status != HTTPStatus.OK or body != content:
        mend = "the link leads elsewhere (OZHIVI_S3_PUBLIC_ENDPOINT, OZHIVI_PUBLIC_URL), or the clocks differ"
        return bad("media", f"its signed link answers {status} with {len(body)} bytes of {len(content)}", mend)
    if deployment.settings.store == "s3" and not allowed:
        return bad("media", "the bucket lets no script of the page read a clip", "`ozhivi media setup`")
    try:
        status, _, _ = await _fetch(deployment, link)
    except aiohttp.ClientError:
        status = 0
    if status == HTTPStatus.OK:
        return bad(
            "media", "the signed link works after the file was deleted", "a cache in between: it must keep nothing"
        )
    return good("media", "stored, fetched by its signed link, deleted, gone")


async def _fetch(deployment: Deployment, link: str) -> tuple[int, bytes, bool]:
    """Status, body, and whether the page's scripts may read it."""
    headers = {"Origin": deployment.settings.address}
    async with deployment.client.get(link, headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.read(), "Access-Control-Allow-Origin" in answer.headers
