"""Answers that come late: those for something else are not taken for those of what is shown now."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Phone, expect_heading
from tests.e2e.test_share import NO_MENU, finished_page, make_clip
from tests.service_process import ServiceProcess

LISTING = re.compile("/api/v1/animations$")
OTHER = "y" * 44
"""The id of a second take, a copy of the only one."""


def copied_link(page: Page, button: str, says: str) -> str:
    """The link that a button copies, once the words beside it say so."""
    page.locator(button).click()
    expect(page.locator(says)).to_contain_text("Ссылка скопирована")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_link_is_that_of_what_is_shown(service: ServiceProcess, phone: Phone, browser: Browser) -> None:
    link, held = make_clip(service, browser), list[Route]()

    def double(route: Route) -> None:
        """The real listing, with an earlier take of the same clip."""
        view = route.fetch().json()
        view["animations"] = [{**view["animations"][0], "id": OTHER}, *view["animations"]]
        route.fulfill(json=view)

    def make(route: Route) -> None:
        """A rendition, which is the clip itself."""
        film = page.locator("#video").get_attribute("src")
        route.fulfill(json={"url": film, "download": film})

    def tell_look(route: Route) -> None:
        """The address of the page that shows it, named after what was asked; late for the newer take and its square."""
        url = route.request.url
        if "square" in url or (OTHER not in url and "rendition" not in url):
            return held.append(route)
        return route.fulfill(json={"page": f"/v/{url.partition('animations/')[2]}"})

    context = phone(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(NO_MENU)
    page = context.new_page()
    page.route(LISTING, double)
    page.route("**/renditions/*", make)
    page.route("**/look*", tell_look)
    page.goto(link)
    expect_heading(page, "Готово!")
    page.locator("#takes button").first.click()
    answer_late(page, held)
    assert copied_link(page, "#share", "#shared").endswith(f"/v/{OTHER}/look")
    page.get_by_text("GIF, заставка и другие виды").click()
    page.get_by_role("button", name="Квадрат").click()
    wait_for_one(page, held)
    page.get_by_role("button", name="На весь экран").click()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
    answer_late(page, held)
    assert copied_link(page, "#made-share", "#made-says").endswith("rendition=messenger-vertical")


def wait_for_one(page: Page, held: list[Route]) -> None:
    while not held:
        page.wait_for_timeout(20)


def answer_late(page: Page, held: list[Route]) -> None:
    """Answer the only request that was held back, and let the page hear of it."""
    wait_for_one(page, held)
    held.pop().fulfill(json={"page": "/v/late"})
    page.wait_for_timeout(300)


def test_a_wish_that_was_cancelled_before_its_answer_is_deleted(
    service: ServiceProcess, phone: Phone, browser: Browser
) -> None:
    page, held, deleted = finished_page(phone, make_clip(service, browser), ""), list[Route](), list[str]()

    def delete(route: Route) -> None:
        if route.request.method != "DELETE":
            return route.continue_()
        deleted.append(route.request.url.rpartition("/")[2])
        return route.fulfill(status=204)

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/again", hold)
    page.route(f"**/api/v1/animations/{OTHER}", delete)
    page.get_by_role("button", name=re.compile("Ещё раз")).click()
    wait_for_one(page, held)
    page.get_by_role("button", name="Отменить").click()
    expect_heading(page, "Готово!")
    view = {"id": OTHER, "state": "waiting", "says": "", "results": []}
    held.pop().fulfill(status=202, body=json.dumps(view), content_type="application/json")
    page.wait_for_timeout(500)
    assert deleted == [OTHER]
    expect_heading(page, "Готово!")
