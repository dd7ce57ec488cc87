"""The way of photos in Firefox: code, photo, consent, video, people, deletion. All else is looked at in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import SHOTS, two_portraits
from tests.e2e.firefox import FirefoxPage, open_firefox, require_firefox
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait


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
    photo.write_bytes(small_portrait())
    pair = tmp_path / "pair.png"
    pair.write_bytes(two_portraits())
    _, code, *_ = service.ticket()
    async with open_firefox() as page:
        await page.open(service.address)
        await page.type(code)  # the field has the focus; the code goes off by itself
        await page.wait(f"{title('Какую фотографию оживим?')} && document.readyState === 'complete'")
        await page.run("window.troubles = 0; addEventListener('error', () => { troubles += 1; })")
        await page.choose_file("#gallery", photo)
        await page.wait(title("Какое движение?"))
        await page.wait("document.getElementById('preview').naturalWidth")
        await page.click("#go")
        await page.wait("document.getElementById('ready-trouble').textContent.includes('согласие')")
        await keep(page, "firefox-ready")
        await page.click("#agree")
        await page.click("#go")
        await page.wait(title("Готово!"))
        await page.wait("document.getElementById('video').currentTime > 0.3")  # it plays
        await keep(page, "firefox-done")
        assert await page.run("document.documentElement.scrollWidth <= innerWidth")
        await page.click(".foot a")
        await page.wait("document.getElementById('privacy').textContent.includes('Удалить раньше')")
        await keep(page, "firefox-privacy")
        await page.click("#privacy button")
        await page.wait("!document.getElementById('privacy').open && !history.state.privacy")
        await page.click("#again [data-do=another]")
        await page.choose_file("#gallery", pair)
        await page.wait(title("Какое движение?"))
        assert not await page.run("document.getElementById('agree').checked")  # a consent is for one photo
        await page.click("#agree")
        await page.click("#go")
        await page.wait("document.querySelectorAll('.person').length === 2")
        await page.click(".person:last-child")
        await keep(page, "firefox-faces")
        await page.click("#animate")
        await page.wait("document.querySelectorAll('#takes button').length === 2")
        await page.wait("document.getElementById('video').currentTime > 0.3")
        clip = await page.run("document.getElementById('video').src")
        assert await page.run(f"fetch({clip!r}).then((answer) => answer.status)") == 200
        await page.click("[data-do=confirm]")
        await page.click("#sure-yes")
        await page.wait(title("Всё удалено"))
        assert await page.run(f"fetch({clip!r}).then((answer) => answer.status)") == 404
        assert await page.run("troubles") == 0
