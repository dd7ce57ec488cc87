"""Giving a clip on: the phone's own menu where there is one, else the page's link.

The menu is the phone's part; here it is a function that remembers what it was given.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Phone, choose, expect_heading, new_phone, open_page, send, shot, wait_until
from tests.e2e.test_browser import plays_and_loops
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait

MENU = """
  window.given = [];
  navigator.canShare = (data) => data.files.every((file) => file.type === "video/mp4");
  navigator.share = async ({ files: [file] }) => {
    if (!navigator.userActivation.isActive) throw new DOMException("only after a tap", "NotAllowedError");
    const start = new Uint8Array(await file.arrayBuffer()).slice(4, 8);
    window.given.push({ name: file.name, type: file.type, start: new TextDecoder().decode(start) });
    %s
  };
"""
LONG_AGO = "Object.defineProperty(navigator, 'userActivation', { configurable: true, value: { isActive: false } })"
"""The last tap was seconds ago."""
NO_MENU = "delete Navigator.prototype.share; delete Navigator.prototype.canShare;"


def wait_for_file(page: Page, video: str) -> None:
    """Wait until the clip of a video is there to be given on: a phone opens its menu only right after a tap."""
    wait_until(
        page,
        f"""performance.getEntriesByType("resource").some((one) => one.initiatorType === "fetch" && one.responseEnd
            && one.name === document.querySelector({video!r}).src)""",
    )


def make_clip(service: ServiceProcess, browser: Browser) -> str:
    """The link of a ticket whose clip is done."""
    link = service.ticket()[0]
    with new_phone(browser) as context:
        page = open_page(context, link)
        choose(page, small_portrait())
        send(page)
        expect_heading(page, "Готово!")
    return link


@pytest.fixture(scope="module")
def link(service: ServiceProcess, browser: Browser) -> str:
    """The link of a clip that nobody deletes."""
    return make_clip(service, browser)


def finished_page(phone: Phone, link: str, before: str, **options: object) -> Page:
    """The page of a clip that is done, after a script of its own."""
    context = phone(**options)
    context.add_init_script(before)
    page = open_page(context, link)
    expect_heading(page, "Готово!")
    return page


@pytest.mark.parametrize("ends", ["", 'throw new DOMException("not now", "AbortError");'], ids=["given", "put off"])
def test_a_phone_gets_the_file(phone: Phone, link: str, ends: str) -> None:
    page = finished_page(phone, link, MENU % ends)
    wait_for_file(page, "#video")
    page.evaluate(LONG_AGO)  # as if the file had come only now
    page.get_by_role("button", name="Поделиться").click()
    expect(page.locator("#shared")).to_have_text("Видео загружено. Нажмите ещё раз.")
    page.evaluate("delete navigator.userActivation")
    page.get_by_role("button", name="Поделиться").click()
    wait_until(page, "window.given.length")
    assert page.evaluate("window.given") == [{"name": "ozhivi.mp4", "type": "video/mp4", "start": "ftyp"}]
    expect(page.locator("#shared")).to_be_empty()


def test_where_the_menu_fails_there_is_the_link(phone: Phone, link: str) -> None:
    page = finished_page(
        phone, link, MENU % 'throw new DOMException("", "DataError");', permissions=["clipboard-write"]
    )
    wait_for_file(page, "#video")
    page.get_by_role("button", name="Поделиться").click()
    expect(page.get_by_text("Ссылка скопирована")).to_be_visible()


def test_without_a_menu_the_link_is_copied(phone: Phone, link: str) -> None:
    page = finished_page(phone, link, NO_MENU, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Скопировать ссылку").click()
    expect(page.get_by_text("Ссылка скопирована")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    shot(page, "copied")
    looks = open_page(phone(), copied)  # who has this link may look, and nothing else
    assert "/v/" in copied
    plays_and_loops(looks, "video")
    expect(looks.get_by_role("button")).to_have_count(0)
    expect(looks.locator("#kept")).to_have_text(re.compile(r"по\sэтой ссылке до\sзавтра, \d\d:\d\d\.$"))
    assert looks.context.request.delete(copied).status == 405
    shot(looks, "look")


def test_where_nothing_may_be_copied_the_link_is_shown(phone: Phone, link: str) -> None:
    page = finished_page(phone, link, f"{NO_MENU} delete Navigator.prototype.clipboard;")
    page.get_by_role("button", name="Скопировать ссылку").click()
    expect(page.get_by_label("Ссылка, по которой можно посмотреть")).to_have_value(re.compile(r"http://.*/v/.+"))
    shot(page, "link")
