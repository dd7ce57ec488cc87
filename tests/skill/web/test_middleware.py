"""Headers of every answer."""

from __future__ import annotations

import pytest

from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_headers_protect_every_answer(service: Open) -> None:
    async with service(public_url="https://photo.example.ru") as s:
        token = (await s.issue()).token
        pages = ("/", f"/u/{token}", "/u/" + "x" * 43, "/privacy", "/nowhere")
        for path in (*pages, "/api/v1/animations/" + "x" * 44, "/healthz"):
            answer = await s.client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["X-Robots-Tag"].startswith("noindex")
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Strict-Transport-Security"]
            assert "Set-Cookie" not in answer.headers
            assert "Server" not in answer.headers
