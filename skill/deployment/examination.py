"""Examination of a running deployment: all checks, one after the other, so that none slows another down."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from skill.deployment.assistants import check_webhooks
from skill.deployment.finding import TIMEOUT, Check, Deployment, Finding, bad
from skill.deployment.linking import check_linking
from skill.deployment.media import check_media
from skill.deployment.transport import (
    check_addresses,
    check_large_upload,
    check_page,
    check_private_pages,
    check_settings,
    check_tls,
)
from skill.settings import Settings, WrongSettings

CHECKS: Final[dict[str, Check]] = {
    "address": check_addresses,
    "TLS": check_tls,
    "settings": check_settings,
    "page": check_page,
    "private pages": check_private_pages,
    "large upload": check_large_upload,
    "webhook": check_webhooks,
    "account linking": check_linking,
    "media": check_media,
}
"""Name of a side of a deployment → its check."""


async def examine_deployment(
    address: str, settings: Settings, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[Finding]:
    """Ask a running deployment as a platform and a phone do.

    Args:
        address: Of the deployment, "https://…", without a path.
        settings: Of its service; its secrets open the webhooks.
        trusted: Authorities that are trusted; None: those of this machine.

    Raises:
        WrongSettings: The address is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise WrongSettings("--deploy: should be an address without a path: https://photo.example.ru")
    context = trusted or ssl.create_default_context()
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(
        connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
    ) as client:
        deployment = Deployment(address.rstrip("/"), settings, client, context)
        for name, check in CHECKS.items():
            try:
                async for finding in check(deployment):
                    yield finding
            except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one
                yield bad(name, f"no answer: {type(error).__name__}", "see what is said above, and the proxy's log")
