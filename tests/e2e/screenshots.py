"""Pictures of every state of the pages, to be looked at: `python -m tests.e2e.screenshots FOLDER [STATE…]`.

Each in four widths, light and dark, with text of 100, 150 and 200 %: STATE-WIDTH-SCHEME-TEXT.png.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from skill.demo_portrait import astronaut
from tests.e2e.conftest import (
    CHROMIUM,
    OPTIONS,
    SCHEMES,
    SECONDS,
    choose,
    expect_heading,
    new_phone,
    send,
    two_portraits,
)
from tests.e2e.test_looks import FOUND, refuse
from tests.service_process import ServiceProcess

SIZES: Final = ((360, 740), (390, 844), (768, 1024), (1280, 800))
"""(width, height) of the window in pixels."""
TEXTS: Final = (100, 150, 200)
"""Sizes of the text in percent."""
STILL: Final = """* { transition: none !important; animation: none !important }
    .stick { position: static !important } .split > :first-child { position: relative !important; top: 0 !important }"""
"""On a picture of the whole page nothing sticks to the window's border."""
SHOW_PEOPLE: Final = """async (found) => {
    found.faces[1].note = "детей не оживляем";
    const { showPeople } = await import(`${document.getElementById("page").dataset.static}/people.js`);
    await showPeople(found, () => true);
}"""
"""Show people of whom some are not animated."""

BROKEN_WORDS: Final = r"""() => {
    const words = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode());) {
        if (!text.parentElement.checkVisibility()) continue;
        for (const word of text.data.matchAll(/[^\s\u00a0—-]+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const parts = [...range.getClientRects()].filter((one) => one.width);
            const lines = new Set(parts.map((one) => Math.round(one.top)));
            if (lines.size > 1) words.add(word[0]);
        }
    }
    return [...words];
}"""
"""The words that are seen on two lines."""


class Album:
    """A folder of pictures of a page."""

    def __init__(self, folder: Path, wanted: Sequence[str]) -> None:
        self._folder, self._wanted = folder, wanted  # states; empty for all
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, page: Page, state: str) -> None:
        """Take all pictures of a state that is wanted; nothing may stick out to the side."""
        if self._wanted and state not in self._wanted:
            return
        page.add_style_tag(content=STILL)
        for (width, height), scheme, text in product(SIZES, SCHEMES, TEXTS):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
            name = f"{state}-{width}-{scheme}-{text}"
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                sys.stderr.write(f"{name}: something sticks out\n")
            if broken := page.evaluate(BROKEN_WORDS):
                sys.stderr.write(f"{name}: on two lines: {', '.join(broken)}\n")
            page.screenshot(path=self._folder / f"{name}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("document.documentElement.style.fontSize = ''")
        sys.stderr.write(f"{state}\n")


def group() -> bytes:
    """Six people in two rows."""
    pair = Image.open(BytesIO(two_portraits()))
    people = Image.new("RGB", (2 * pair.width, 2 * pair.height), "#a87")
    for place in ((0, 0), (pair.width, 0), (pair.width // 2, pair.height)):
        people.paste(pair, place)
    file = BytesIO()
    people.save(file, format="PNG")
    return file.getvalue()


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
    page.locator(".foot a").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Чего мы не делаем")).to_be_visible()
    album.keep(page, "privacy-over-page")
    page.keyboard.press("Escape")
    page.get_by_label("На обработку согласие").check()
    expect(page.locator("#movements .says")).to_contain_text("Нажмите на движение")
    album.keep(page, "movements")
    page.get_by_text("Другие движения").first.click()
    album.keep(page, "movements-further")
    send(page)
    expect_heading(page, "Минутку")
    album.keep(page, "work")
    expect_heading(page, "Готово!")
    album.keep(page, "done")
    page.get_by_text("GIF, заставка и другие виды").click()
    for name in ("Квадрат", "Неподвижная"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
        album.keep(page, f"rendition-{'clip' if name == 'Квадрат' else 'picture'}")
    take = page.locator("#video").get_attribute("data-take")
    look = page.request.get(f"{service.address}/api/v1/animations/{take}/look").json()["page"]
    page.goto(f"{service.address}{look}")
    album.keep(page, "look")
    page.go_back()
    expect_heading(page, "Готово!")
    page.get_by_role("button", name="Другая фотография").click()
    choose(page, group())
    send(page)
    expect(page.locator(".person")).to_have_count(6)
    page.evaluate(SHOW_PEOPLE, FOUND)
    album.keep(page, "faces-notes")
    page.reload()
    expect(page.locator(".person")).to_have_count(6)
    page.get_by_role("button", name="Нижний ряд, 2 слева").click()
    album.keep(page, "faces")
    page.locator("#animate").click()
    expect_heading(page, "Готово!")
    page.get_by_role("button", name="Удалить всё сейчас").click()
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
    choose(page, b"no photo at all", "letter.heic", "image/heic")
    expect(page.locator("#unseen-photo")).to_be_visible()
    album.keep(page, "unseen")
    page.go_back()
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
    album = Album(Path(sys.argv[1]), sys.argv[2:])
    expect.set_options(timeout=5 * SECONDS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = ServiceProcess(Path(folder) / "data", long_side="480", previews="true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        try:
            for walk in (take_pictures, take_refusals):
                with new_phone(browser, short=False, bypass_csp=True) as context:
                    walk(album, service, context.new_page())
        finally:
            browser.close()
            service.stop()


if __name__ == "__main__":
    main()
