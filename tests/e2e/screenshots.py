"""Pictures of every state of the pages, to be looked at: `python -m tests.e2e.screenshots FOLDER`, some minutes.

Each in four widths, light and dark, with text of 100, 150 and 200 %: STATE-WIDTH-SCHEME-TEXT.png.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, expect, sync_playwright

from skill.demo_portrait import astronaut
from tests.e2e.conftest import CHROMIUM, OPTIONS, SECONDS, choose, expect_heading, new_phone, send, two_portraits
from tests.e2e.test_looks import refuse
from tests.service_process import ServiceProcess

SIZES: Final = ((360, 740), (390, 844), (768, 1024), (1280, 800))
"""(width, height) of the window in pixels."""
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
TEXTS: Final = (100, 150, 200)
"""Sizes of the text in percent."""


class Album:
    """A folder of pictures of a page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, page: Page, state: str) -> None:
        """Take all pictures of a state; nothing may stick out to the side."""
        page.add_style_tag(content="* { transition: none !important; animation: none !important }")
        for (width, height), scheme, text in product(SIZES, SCHEMES, TEXTS):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
            name = f"{state}-{width}-{scheme}-{text}"
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                sys.stderr.write(f"{name}: something sticks out\n")
            page.screenshot(path=self._folder / f"{name}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("document.documentElement.style.fontSize = ''")
        sys.stderr.write(f"{state}\n")


def take_pictures(album: Album, service: ServiceProcess, page: Page) -> None:
    """Go through the pages as a person does."""
    page.goto(service.address)
    album.keep(page, "code")
    page.get_by_label("Шесть цифр").fill("000000")
    expect(page.get_by_text("Такого кода нет")).to_be_visible()
    album.keep(page, "code-wrong")
    page.goto(service.ticket()[0])
    album.keep(page, "choose")
    choose(page, astronaut())
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    page.get_by_role("button", name="Оживить", exact=True).click()
    album.keep(page, "ready")
    send(page)
    expect_heading(page, "Минутку")
    album.keep(page, "work")
    expect_heading(page, "Готово!")
    album.keep(page, "done")
    page.get_by_text("Для мессенджера и на заставку").click()
    page.get_by_role("button", name="Заставка: фото").click()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
    album.keep(page, "rendition")
    page.get_by_role("button", name="Другая фотография").click()
    choose(page, two_portraits())
    send(page)
    expect(page.locator(".person")).to_have_count(2)
    page.get_by_role("button", name="Человек 2 слева").click()
    album.keep(page, "faces")
    page.locator("#animate").click()
    expect_heading(page, "Готово!")
    page.get_by_role("button", name="Удалить сейчас").click()
    album.keep(page, "takes-sure")
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    album.keep(page, "gone")


def take_refusals(album: Album, service: ServiceProcess, page: Page) -> None:
    """Refusals, several photos, and the pages without a ticket."""
    page.goto(service.ticket()[0])
    photo = {"mimeType": "image/png", "buffer": astronaut()}
    page.set_input_files("#gallery", [{"name": f"{number}.png", **photo} for number in range(3)])
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    album.keep(page, "batch")
    for code in ("no_face", "child.appeal"):
        refuse(page, code)
        choose(page, astronaut())
        send(page)
        expect(page.locator("#trouble")).to_be_visible()
        album.keep(page, f"refused-{code}")
        page.unroute_all()
        page.get_by_role("button", name="Другая фотография").click()
    for state in ("expired", "late"):
        page.evaluate(f"document.querySelectorAll('#page > section').forEach(s => s.hidden = s.id !== '{state}')")
        album.keep(page, state)
    for state, path in (("missing", "/u/" + "x" * 43), ("privacy", "/privacy")):
        page.goto(service.address + path)
        album.keep(page, state)


def main() -> None:
    """Start the service and a browser, and fill the folder."""
    album = Album(Path(sys.argv[1]))
    expect.set_options(timeout=SECONDS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = ServiceProcess(Path(folder) / "data", long_side="480")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        try:
            for walk in (take_pictures, take_refusals):
                with new_phone(browser, bypass_csp=True) as context:
                    walk(album, service, context.new_page())
        finally:
            browser.close()
            service.stop()


if __name__ == "__main__":
    main()
