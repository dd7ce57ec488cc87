"""Giving a clip on: the phone's own menu where there is one, else the page's link.

The menu is the phone's part; here it is a function that remembers what it was given.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from skill.demo_portrait import astronaut
from tests.e2e.conftest import Phone, choose, expect_heading, open_page, send, shot, wait_until
from tests.e2e.test_browser import plays_and_loops
from tests.service_process import ServiceProcess

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
NO_MENU = "delete Navigator.prototype.share; delete Navigator.prototype.canShare;"


def finished_page(service: ServiceProcess, phone: Phone, before: str, **options: object) -> Page:
    context = phone(**options)
    context.add_init_script(before)
    page = open_page(context, service.ticket()[0])
    choose(page, astronaut())
    send(page)
    expect_heading(page, "Готово!")
    return page


@pytest.mark.parametrize("ends", ["", 'throw new DOMException("not now", "AbortError");'], ids=["given", "put off"])
def test_a_phone_gets_the_file(service: ServiceProcess, phone: Phone, ends: str) -> None:
    page = finished_page(service, phone, MENU % ends)
    page.get_by_role("button", name="Поделиться").click()
    wait_until(page, "window.given.length")
    assert page.evaluate("window.given") == [{"name": "ozhivi.mp4", "type": "video/mp4", "start": "ftyp"}]
    expect(page.locator("#shared")).to_be_empty()


def test_where_the_menu_fails_there_is_the_link(service: ServiceProcess, phone: Phone) -> None:
    page = finished_page(
        service, phone, MENU % 'throw new DOMException("", "DataError");', permissions=["clipboard-write"]
    )
    page.get_by_role("button", name="Поделиться").click()
    expect(page.get_by_text("Ссылка скопирована")).to_be_visible()


def test_without_a_menu_the_link_is_copied(service: ServiceProcess, phone: Phone) -> None:
    page = finished_page(service, phone, NO_MENU, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Скопировать ссылку").click()
    expect(page.get_by_text("Ссылка скопирована")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    shot(page, "copied")
    looks = open_page(phone(), link)  # who has this link may look, and nothing else
    assert "/v/" in link
    plays_and_loops(looks, "video")
    expect(looks.get_by_role("button")).to_have_count(0)
    assert looks.context.request.delete(link).status == 405
    shot(looks, "look")


def test_where_nothing_may_be_copied_the_link_is_shown(service: ServiceProcess, phone: Phone) -> None:
    page = finished_page(service, phone, f"{NO_MENU} delete Navigator.prototype.clipboard;")
    page.get_by_role("button", name="Скопировать ссылку").click()
    expect(page.get_by_label("Ссылка, по которой можно посмотреть")).to_have_value(re.compile(r"http://.*/v/.+"))
    shot(page, "link")
