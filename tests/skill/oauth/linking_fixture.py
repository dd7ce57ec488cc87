"""A service with account linking, and what an assistant does with it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp.test_utils import TestClient

from skill.oauth.authorization_request import Client
from tests.skill.web.conftest import Service, open_service

REDIRECT = "https://social.yandex.net/broker/redirect"
OTHER = "https://localhost.example:8443/back?kind=test"
NAME, SECRET = "alice", "s3cret: of the assistant, длинный"
CLIENT = Client(NAME, SECRET, (REDIRECT, OTHER))
VERIFIER = "verifier-of-at-least-forty-three-characters-0123"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@asynccontextmanager
async def linking_service(data: Path, **settings: Any) -> AsyncIterator[Service]:
    """A service whose account linking is on."""
    chosen = {
        "oauth_client_id": NAME,
        "oauth_client_secret": SECRET,
        "oauth_redirects": (REDIRECT, OTHER),
        **settings,
    }
    async with open_service(data, **chosen) as service:
        yield service


def authorization_query(**more: str) -> dict[str, str]:
    """The query that an assistant sends a person with; empty values take a parameter away."""
    query = {"response_type": "code", "client_id": NAME, "redirect_uri": REDIRECT, "state": "their state/+&", **more}
    return {name: value for name, value in query.items() if value}


async def open_page(client: TestClient[Any, Any], **more: str) -> str:
    """The page's hidden value."""
    answer = await client.get("/oauth/authorize", params=authorization_query(**{"state": "abc", **more}))
    page = await answer.text()
    assert answer.status == 200, page
    return find(page, r'name=visit value="([^"]+)"')


def find(page: str, pattern: str) -> str:
    """The first group of a pattern in a page."""
    match = re.search(pattern, page)
    assert match, pattern
    return unescape(match[1])


async def get_code(client: TestClient[Any, Any], **more: str) -> str:
    """A code, as the redirect brings it."""
    form = {"visit": await open_page(client, **more), "do": "link"}
    answer = await client.post("/oauth/authorize", data=form, allow_redirects=False)
    assert answer.status == 303
    return query_values(answer.headers["Location"])["code"]


async def request_tokens(client: TestClient[Any, Any], **form: str) -> tuple[int, dict[str, Any]]:
    """POST /oauth/token with the client's own name and secret."""
    answer = await client.post("/oauth/token", data={"client_id": NAME, "client_secret": SECRET, **form})
    return answer.status, await answer.json()


def query_values(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
