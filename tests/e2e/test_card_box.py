"""The page's box for a picture in the assistant's cards, as a person ticks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from skill.web.app_keys import UPLOAD_HOOKS
from tests.skill.web.conftest import open_service
from tests.small_portrait import small_portrait

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_only_a_ticked_box_is_an_agreement(tmp_path: Path, async_browser: Browser) -> None:
    agreed: list[str] = []

    async def agree(job: str) -> None:
        agreed.append(job)

    async with open_service(tmp_path / "data") as service:
        service.client.app[UPLOAD_HOOKS].agree_to_card = agree
        for ticked in (False, True):
            page = await async_browser.new_page()
            await page.goto(str(service.client.make_url(f"/u/{(await service.issue(cards=True)).token}")))
            photo = {"name": "a.png", "mimeType": "image/png", "buffer": small_portrait()}
            await page.set_input_files("#gallery", photo)
            box = page.get_by_label("Показать картинку")
            assert not await box.is_checked()
            if ticked:
                await box.check()
            await page.get_by_label("На обработку согласие").check()
            await page.get_by_role("button", name="Оживить", exact=True).click()
            await expect(page.get_by_text("Жду своей очереди").last).to_be_visible()
            await page.close()
            assert agreed == ([service.queue.only.id] if ticked else [])
            service.queue.jobs.clear()
