"""/dev is there for its developer, on this machine, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from skill.app import build_service
from skill.cli.doctor import _for_development
from skill.components import Components
from skill.secrets import path_secrets
from skill.settings import load
from skill.web.dev import DEV_ACCESS
from tests.skill.web.fakes import FakeQueue, FakeStore

pytestmark = pytest.mark.asyncio
CSP = "Content-Security-Policy"
Client = TestClient[Any, Any]


@asynccontextmanager
async def dev_service(folder: Path, **settings: Any) -> AsyncIterator[Client]:
    components = Components(make_queue=lambda _: FakeQueue(), store=FakeStore(), weights_ready=lambda: True)
    app = build_service(load({"data_dir": folder, "workers": 0, **settings}), components)
    async with TestClient(TestServer(app)) as client:
        yield client


def next_link(client: Client) -> str:
    """A link as the console shows it."""
    links = list[str]()
    client.app[DEV_ACCESS].open(links.append)
    return links[-1]


async def test_off_by_default(tmp_path: Path) -> None:
    async with dev_service(tmp_path) as client:
        assert (await client.get("/dev")).status == 404
        assert "frame-ancestors 'none'" in (await client.get("/")).headers[CSP]


async def test_with_it_pages_of_ours_may_show_each_other(tmp_path: Path) -> None:
    with capture_logs() as logged:
        async with dev_service(tmp_path, dev=True) as client:
            page = await client.get(next_link(client))
            text = await page.text()
            first = (await client.get("/")).headers[CSP]
    assert page.status == 200
    assert f"/alice/{path_secrets(load({'data_dir': tmp_path}), 'alice')[0]}" in text
    assert page.headers[CSP].endswith("frame-ancestors 'self'; frame-src 'self'")
    assert first.endswith("frame-ancestors 'self'")
    assert "frame-src" not in first
    assert "default-src 'none'" in first
    assert ("dev_page", "warning") in [(line["event"], line["log_level"]) for line in logged]


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Host": "ozhivi.example"}],
    ids=["proxy", "another proxy", "another name"],
)
async def test_nobody_else_sees_the_secret(tmp_path: Path, headers: dict[str, str]) -> None:
    async with dev_service(tmp_path, dev=True) as client:
        assert (await client.get(next_link(client), headers=headers)).status == 404
    async with dev_service(tmp_path, dev=True, dev_anywhere=True) as client:
        assert (await client.get("/dev", headers=headers)).status == 403
        assert (await client.get(next_link(client), headers=headers)).status == 200


async def test_behind_a_proxy_that_adds_nothing_nobody_sees_the_secret(tmp_path: Path) -> None:
    """To us a stranger then looks like a browser of this machine."""
    async with dev_service(tmp_path, dev=True) as client:
        secret = path_secrets(load({"data_dir": tmp_path}), "alice")[0]
        for path in ("/dev", "/dev?token=", f"/dev?token={'x' * 43}"):
            answer = await client.get(path)
            assert answer.status == 403
            assert secret not in await answer.text()


async def test_a_link_works_once_and_its_browser_may_come_again(tmp_path: Path) -> None:
    links = list[str]()
    async with dev_service(tmp_path, dev=True) as client:
        client.app[DEV_ACCESS].open(links.append)
        answer = await client.get(links[0], allow_redirects=False)
        assert answer.headers["Location"] == "/dev"  # without the token, which would stay in the history
        cookie = answer.cookies["ozhivi_dev"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/dev")
        assert (await client.get("/dev")).status == 200
        client.session.cookie_jar.clear()
        assert (await client.get(links[0])).status == (await client.get("/dev")).status == 403
        assert len(links) == 2
        assert (await client.get(links[1])).status == 200


async def test_the_doctor_warns(tmp_path: Path) -> None:
    assert list(_for_development(load())) == []
    rows = list(_for_development(load({"dev": True, "record": tmp_path})))
    assert [name for name, _ in rows] == ["WARNING", "WARNING"]
    assert "OZHIVI_RECORD" in rows[0][1]
    assert "for this machine" in rows[1][1]
    ((_, anybody),) = _for_development(load({"dev": True, "dev_anywhere": True}))
    assert "ANYBODY" in anybody


async def test_a_service_that_records(tmp_path: Path) -> None:
    secret = "n" * 32
    async with dev_service(tmp_path / "data", record=tmp_path / "record", alice_secrets=secret) as client:
        body = {"session": {"session_id": "one", "message_id": 0, "new": True}, "request": {"command": "помощь"}}
        assert (await client.post(f"/alice/{secret}", json=body)).status == 200
    (file,) = (tmp_path / "record").glob("*.json")
    assert '"say": "помощь"' in file.read_text(encoding="utf-8")
