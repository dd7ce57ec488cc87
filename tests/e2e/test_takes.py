"""Several takes of a photo: side by side, asked for in different ways, all of them gone at once; and how they end."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from contextlib import closing

from playwright.sync_api import Page, Route, expect

from skill.demo_portrait import astronaut
from skill.web.auth import TICKET_HEADER
from tests.e2e.conftest import SMALL, Phone, choose, expect_heading, fits, open_page, send, shot
from tests.service_process import ServiceProcess


def ticket_header(page: Page) -> dict[str, str]:
    return {TICKET_HEADER: page.url.rpartition("/")[2]}


def jobs(service: ServiceProcess) -> int:
    """Rows of jobs, of whatever table."""
    with closing(sqlite3.connect(service.data / "jobs.db")) as queue:
        return int(queue.execute("SELECT count(*) FROM jobs").fetchone()[0])


def ticket_jobs(service: ServiceProcess, page: Page) -> int:
    answer = page.request.get(f"{service.address}/api/v1/animations", headers=ticket_header(page))
    return len(answer.json()["animations"])


def test_takes_lie_side_by_side_and_are_deleted_together(service: ServiceProcess, phone: Phone) -> None:
    page, before, files = open_page(phone(), service.ticket()[0]), jobs(service), set(service.files("media", "work"))
    choose(page, astronaut())
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#takes")).to_be_hidden()  # one alone needs no choice
    page.reload()  # the page has no photo any more: the poster is taken
    expect_heading(page, "Готово!")
    page.locator("#again").get_by_role("button", name="Подмигивание").click()
    expect_heading(page, "Готово!")
    takes = page.get_by_role("group", name="Все варианты").get_by_role("button")
    expect(takes).to_have_text(["Как в жизни", "Подмигивание"])
    expect(takes.nth(1)).to_have_attribute("aria-pressed", "true")
    second = page.locator("#video").get_attribute("src")
    takes.first.click()
    assert page.locator("#video").get_attribute("src") != second
    shown = page.request.get(f"{service.address}/api/v1/animations", headers=ticket_header(page)).json()["animations"]
    address = f"{service.address}/api/v1/animations/{shown[0]['id']}/again"
    page.request.post(address, data=json.dumps({"gesture": "nod"}), headers=ticket_header(page))  # as by voice
    expect(takes).to_have_text(["Как в жизни", "Подмигивание", "Кивнуть"])
    shot(page, "takes")
    assert fits(page)
    page.request.post(address, data=json.dumps({"gesture": "surprise"}), headers=ticket_header(page))
    page.get_by_role("button", name="Удалить сейчас").click()
    expect(page.get_by_text(re.compile("Удалим все видео этой страницы: их [34]"))).to_be_visible()
    page.get_by_role("button", name="Оставить").click()
    assert ticket_jobs(service, page) == 4
    page.get_by_role("button", name="Удалить сейчас").click()
    shot(page, "sure-takes")
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert (ticket_jobs(service, page), jobs(service)) == (0, before)
    until = time.monotonic() + 20  # the worker hears of it with its next sign of life
    while set(service.files("media", "work")) - files and time.monotonic() < until:
        time.sleep(0.2)
    assert set(service.files("media", "work")) - files == set()
    for take in shown:
        for result in take["results"]:
            assert page.request.get(f"{service.address}{result['url']}").status == 404


def test_a_clip_that_ends_under_an_open_page_says_so(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    left = {"seconds": 86_400.0}

    def sooner(route: Route) -> None:
        """The real listing, with another end."""
        answer = route.fetch()
        view = answer.json()
        for one in view.get("animations", ()):  # an upload's answer has none
            one["expires"] = time.time() + left["seconds"]
        route.fulfill(response=answer, json=view)

    page.route("**/api/v1/animations", sooner)
    choose(page, astronaut())
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#kept")).to_have_text(re.compile(r"Видео хранится до\sзавтра, \d\d:\d\d"))
    left["seconds"] = 200
    expect(page.get_by_text("Видео удалится через 3 мин")).to_be_visible()
    left["seconds"] = -1
    expect_heading(page, "Время хранения вышло")
    assert page.locator("#video").get_attribute("src") is None
    shot(page, "expired")


def test_a_ticket_that_is_about_to_end_warns_and_shows_the_way_on(service: ServiceProcess, phone: Phone) -> None:
    context = phone(SMALL)
    context.clock.install()
    page = open_page(context, service.ticket()[0])
    choose(page, astronaut())
    expect_heading(page, "Что сделает человек?")
    expect(page.get_by_text("Ссылка ждёт фотографию")).to_be_hidden()
    context.clock.fast_forward(13 * 60 * 1000)
    expect(page.locator("#ready").get_by_text("Ссылка ждёт фотографию ещё 2 минуты")).to_be_visible()
    shot(page, "hurry")
    context.clock.fast_forward(3 * 60 * 1000)
    expect_heading(page, "Время этой ссылки вышло")
    shot(page, "late")
    page.get_by_role("link", name="Ввести код").click()
    expect_heading(page, "Введите код")
