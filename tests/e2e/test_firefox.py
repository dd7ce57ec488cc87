"""The way of a photo in Firefox: code, photo, consent, video, deletion. All else is looked at in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.demo_portrait import astronaut
from tests.e2e.conftest import SHOTS
from tests.e2e.firefox import FirefoxPage, open_firefox, require_firefox
from tests.service_process import ServiceProcess


def title(words: str) -> str:
    """Whether the heading that is seen begins so."""
    return f"""[...document.querySelectorAll("h1")].some((one) => one.checkVisibility()
        && one.textContent.replaceAll("\\u00a0", " ").startsWith({words!r}))"""


async def keep(page: FirefoxPage, name: str) -> None:
    """A picture to look at, where pictures are wanted."""
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        (SHOTS / f"{name}.png").write_bytes(await page.screenshot())


@pytest.mark.asyncio
async def test_a_photo_comes_alive_in_firefox(service: ServiceProcess, tmp_path: Path) -> None:
    require_firefox()
    photo = tmp_path / "granny.png"
    photo.write_bytes(astronaut())
    _, code, *_ = service.ticket()
    async with open_firefox() as page:
        await page.open(service.address)
        await page.type(code)  # the field has the focus; the code goes off by itself
        await page.wait(f"{title('Какую фотографию оживим?')} && document.readyState === 'complete'")
        await page.run("window.troubles = 0; addEventListener('error', () => { troubles += 1; })")
        await page.choose_file("#gallery", photo)
        await page.wait(title("Что сделает человек?"))
        await page.wait("document.getElementById('preview').naturalWidth")
        await page.click("#wish [type=submit]")
        await page.wait("document.getElementById('ready-trouble').textContent.includes('согласие')")
        await keep(page, "firefox-ready")
        await page.click("#agree")
        await page.click("#wish [type=submit]")
        await page.wait(title("Готово!"))
        await page.wait("document.getElementById('video').currentTime > 0.3")  # it plays
        await keep(page, "firefox-done")
        assert await page.run("document.documentElement.scrollWidth <= innerWidth")
        clip = await page.run("document.getElementById('video').src")
        assert await page.run(f"fetch({clip!r}).then((answer) => answer.status)") == 200
        await page.click("[data-do=confirm]")
        await page.click("#sure-yes")
        await page.wait(title("Всё удалено"))
        assert await page.run(f"fetch({clip!r}).then((answer) => answer.status)") == 404
        assert await page.run("troubles") == 0
