"""A running deployment is examined: what is right is good, and each fault is named with what mends it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from skill.deployment.examination import examine_deployment
from skill.deployment.finding import Finding, Level
from skill.http_server import http_server
from skill.settings import Settings, WrongSettings
from tests.skill.deployment.conftest import Running
from tests.skill.deployment.tls_relay import certificate, relaying

pytestmark = pytest.mark.asyncio


async def found(address: str, settings: Settings, trusted: ssl.SSLContext | None = None) -> dict[str, Finding]:
    """The last finding of each name, or the one that is bad."""
    findings: dict[str, Finding] = {}
    async for finding in examine_deployment(address, settings, trusted):
        if finding.name not in findings or finding.level is Level.BAD:
            findings[finding.name] = finding
    return findings


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    """Name → what was seen, of what is bad."""
    assert all(finding.mend for finding in findings.values() if finding.level is Level.BAD)
    return {name: finding.text for name, finding in findings.items() if finding.level is Level.BAD}


async def test_a_real_service_is_as_it_should_be(running: Running) -> None:
    findings = await found(running.process.address, running.settings)
    # http on this machine: the proxy is not looked at, and headers that go with TLS alone are not missed
    assert wrong(findings) == {}
    assert {name for name, finding in findings.items() if finding.level is Level.GOOD} >= {
        "address", "page", "headers", "clock", "privacy", "large upload", "webhook alice", "webhook salute",
        "wrong secret", "linking page", "linking tokens", "media",
    }  # fmt: skip
    assert running.process.complaints() == []
    assert running.process.files("media", "incoming") == []


async def test_a_service_behind_tls(running: Running, tmp_path: Path) -> None:
    file = certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=str(file))
    async with relaying(file, running.port, running.process.address):
        findings = await found(running.settings.public_url, running.settings, trusted)
    assert findings["TLS"].text.endswith(" days")
    # this proxy hides nothing from the world
    assert wrong(findings).keys() == {"private pages"}
    assert "/metrics" in findings["private pages"].text and "/healthz" in findings["private pages"].text


async def test_a_certificate_that_nobody_trusts(running: Running, tmp_path: Path) -> None:
    async with relaying(certificate(tmp_path), running.port, running.process.address):
        findings = await found(running.settings.public_url, running.settings)
    assert "fullchain" in findings["TLS"].mend
    assert {"TLS", "page", "webhook"} <= wrong(findings).keys()


@pytest.mark.parametrize(("days", "name", "says"), [(3, "localhost", "renew"), (90, "elsewhere.test", "this name")])
async def test_a_certificate_that_ends_or_is_of_another(
    days: int, name: str, says: str, running: Running, tmp_path: Path
) -> None:
    file = certificate(tmp_path, days=days, name=name)
    trusted = ssl.create_default_context(cafile=str(file))
    async with relaying(file, running.port, running.process.address):
        findings = await found(running.settings.public_url, running.settings, trusted)
    assert says in findings["TLS"].mend


async def test_settings_of_another_service(running: Running, tmp_path: Path) -> None:
    settings = running.settings.model_copy(
        update={"data_dir": tmp_path, "oauth_client_id": "somebody", "public_url": "https://elsewhere.test"}
    )
    findings = await found(running.process.address, settings)
    assert "404" in findings["webhook alice"].text
    assert {"webhook alice", "webhook salute", "linking page", "linking tokens"} <= wrong(findings).keys()
    assert findings["media"].level is Level.SKIPPED


async def test_nobody_is_there(running: Running) -> None:
    findings = await found("http://127.0.0.1:9", running.settings)
    assert "does not take connections" in findings["address"].text
    assert {"page", "webhook", "account linking", "media"} <= wrong(findings).keys()


@asynccontextmanager
async def site(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Something else than our service."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with http_server(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def test_somebody_elses_page(running: Running) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="It works!", content_type="text/html")

    async with site(answer) as address:
        findings = await found(address, running.settings)
    named = {"page", "large upload", "webhook alice", "webhook salute", "wrong secret", "linking page"}
    assert named <= wrong(findings).keys()


async def test_a_proxy_that_takes_small_bodies_alone_and_has_another_clock(running: Running) -> None:
    async def answer(request: web.Request) -> web.Response:
        if (request.content_length or 0) > 2**20:
            return web.Response(status=413)
        return web.Response(
            text='<form action="/code">', content_type="text/html", headers={"Date": "Tue, 01 Jan 2030 00:00:00 GMT"}
        )

    async with site(answer) as address:
        findings = await found(address, running.settings)
    assert "client_max_body_size" in findings["large upload"].mend
    assert "NTP" in findings["clock"].mend
    assert "X-Content-Type-Options" in findings["headers"].text


async def test_answers_that_come_too_late(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skill.deployment.assistants._IN_TIME", 0.05)

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        if (request.content_length or 0) > 2**20:
            return web.Response(status=413)
        message = await request.json() if request.method == "POST" and request.can_read_body else {}
        body = {"response": {"text": "Привет.", "end_session": False}, "version": "1.0"}
        return web.json_response(body if "session" in message else {})

    async with site(answer) as address:
        findings = await found(address, running.settings)
    assert "the longest answer took" in findings["webhook alice"].text


@pytest.mark.parametrize("address", ["photo.example.ru", "https://photo.example.ru/alice", "ftp://photo.example.ru"])
async def test_what_is_no_address_is_said(address: str, running: Running) -> None:
    with pytest.raises(WrongSettings, match="--deploy"):
        await found(address, running.settings)
