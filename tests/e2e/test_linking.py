"""A phone's browser on the linking page: a photo goes off, or not, and the assistant gets its code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, expect

from skill.jobs.model import JobState
from skill.oauth.service import LINKING
from tests.e2e.conftest import AXE_RULES, SHOTS
from tests.skill.oauth.linking_fixture import NAME, linking_service, request_tokens
from tests.skill.web.conftest import Service
from tests.small_portrait import small_portrait

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Assistant:
    """Where people are sent back: it sends them on to yet another origin, as the real one may."""

    came: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    async def broker(self, request: web.Request) -> web.Response:
        self.came.append(dict(request.query))
        raise web.HTTPFound(f"http://localhost:{self.port}/end")

    async def end(self, _: web.Request) -> web.Response:
        return web.Response(text="<h1>Спасибо</h1>", content_type="text/html")


@asynccontextmanager
async def scene(
    browser: Browser, tmp_path: Path, **context: Any
) -> AsyncIterator[tuple[Service, Assistant, BrowserContext, str]]:
    """The service, the assistant, a phone, and the page's address."""
    assistant, app = Assistant(), web.Application()
    app.add_routes(
        [
            web.get("/broker/redirect", assistant.broker),
            web.get("/end", assistant.end),
            web.get("/favicon.ico", assistant.end),
        ]
    )
    async with TestServer(app) as there:
        assistant.port = there.port or 0
        redirect = f"http://127.0.0.1:{there.port}/broker/redirect"
        async with linking_service(tmp_path / "data", oauth_redirects=(redirect,)) as service:
            base = str(service.client.make_url("/oauth/authorize"))
            phone = await browser.new_context(viewport={"width": 360, "height": 740}, **context)
            yield service, assistant, phone, f"{base}?response_type=code&client_id={NAME}&state=a%26b"
            await phone.close()


async def shot(page: Page, name: str) -> None:
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


async def account(service: Service, code: str) -> str | None:
    status, made = await request_tokens(service.client, grant_type="authorization_code", code=code)
    assert status == 200
    return await service.client.app[LINKING].tokens.account_of(made["access_token"])


async def test_a_photo_goes_off_and_the_assistant_knows_whose_it_is(tmp_path: Path, async_browser: Browser) -> None:
    async with scene(async_browser, tmp_path) as (service, assistant, phone, address):
        troubles: list[str] = []
        page = await phone.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        await page.goto(address)
        await expect(page.get_by_role("button", name="Отправлю позже")).to_be_visible()
        await shot(page, "link-choose")
        await page.set_input_files("#gallery", {"name": "a.png", "mimeType": "image/png", "buffer": small_portrait()})
        await shot(page, "link-ready")
        await page.get_by_label("На обработку согласие").check()
        await page.get_by_role("button", name="Оживить", exact=True).click()
        await expect(page.get_by_role("button", name="Вернуться к помощнику")).to_be_visible()
        await expect(page.get_by_text("Жду своей очереди").last).to_be_visible()
        await shot(page, "link-work")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("button", name="Вернуться к помощнику").press("Enter")
        await expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
        (came,) = assistant.came
        assert (came["state"], came["client_id"]) == ("a&b", NAME)
        assert service.queue.only.user == await account(service, came["code"])
        assert service.queue.only.state is JobState.WAITING
        assert await phone.cookies() == []
        assert troubles == []


async def test_later_is_possible_too_and_so_is_never(tmp_path: Path, async_browser: Browser) -> None:
    async with scene(async_browser, tmp_path) as (service, assistant, phone, address):
        page = await phone.new_page()
        await page.goto(address)
        await page.get_by_role("button", name="Отправлю позже").click()
        await expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
        assert await account(service, assistant.came[0]["code"]) is not None
        assert service.queue.jobs == {}
        await page.goto(address)
        await page.get_by_role("button", name="Не связывать").click()
        await expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
        assert assistant.came[1] == {"error": "access_denied", "state": "a&b"}


async def test_a_cut_line_is_told_and_leads_back_at_the_second_try(tmp_path: Path, async_browser: Browser) -> None:
    async with scene(async_browser, tmp_path) as (_, assistant, phone, address):
        page = await phone.new_page()
        await page.goto(address)
        await phone.set_offline(True)
        await page.get_by_role("button", name="Отправлю позже").click()
        await expect(page.get_by_text("Не получилось вернуться")).to_be_visible()
        await phone.set_offline(False)
        await page.get_by_role("button", name="Отправлю позже").click()
        await expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
        assert len(assistant.came) == 1


async def test_axe_finds_nothing_on_the_linking_page(tmp_path: Path, async_browser: Browser, axe: str) -> None:
    async with scene(async_browser, tmp_path, bypass_csp=True, reduced_motion="reduce") as (*_, phone, address):
        page = await phone.new_page()
        await page.goto(address)
        await page.evaluate(f"{axe};0")
        found = {}
        for one in await page.evaluate("[...document.querySelectorAll('#page > section')].map(one => one.id)"):
            await page.evaluate(
                "one => document.querySelectorAll('#page > section').forEach(s => s.hidden = s.id !== one)", one
            )
            for scheme, rules in AXE_RULES.items():
                await page.emulate_media(color_scheme=scheme)
                await shot(page, f"link-{one}-{scheme}")
                for violation in (await page.evaluate(f"axe.run({rules})"))["violations"]:
                    found[one, scheme, violation["id"]] = [node["html"] for node in violation["nodes"]]
        assert found == {}
