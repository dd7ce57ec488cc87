"""The page's box for a picture in the assistant's cards, as a person ticks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from skill.demo_portrait import astronaut
from skill.web.app_keys import UPLOAD_HOOKS
from tests.e2e.conftest import CHROMIUM
from tests.skill.web.conftest import open_service

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("chromium")]


@pytest.mark.parametrize("ticked", [True, False], ids=["ticked", "left alone"])
async def test_only_a_ticked_box_is_an_agreement(tmp_path: Path, ticked: bool) -> None:
    expect.set_options(timeout=60_000)
    agreed: list[str] = []

    async def agree(job: str) -> None:
        agreed.append(job)

    async with open_service(tmp_path / "data") as service, async_playwright() as playwright:
        service.client.app[UPLOAD_HOOKS].agree_to_card = agree
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(str(service.client.make_url(f"/u/{(await service.issue(cards=True)).token}")))
        await page.set_input_files("#gallery", {"name": "a.png", "mimeType": "image/png", "buffer": astronaut()})
        box = page.get_by_label("Показать картинку")
        assert not await box.is_checked()
        if ticked:
            await box.check()
        await page.get_by_label("На обработку согласие").check()
        await page.get_by_role("button", name="Оживить", exact=True).click()
        await expect(page.get_by_text("Жду своей очереди").last).to_be_visible()
        assert agreed == ([service.queue.only.id] if ticked else [])
        await browser.close()
