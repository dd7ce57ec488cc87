"""Several takes of a photo: side by side, asked for in different ways, all of them gone at once; and how they end."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from contextlib import closing

from playwright.sync_api import Page, Route, expect

from skill.database.revision import DATABASE_FILE
from skill.web.auth import TICKET_HEADER
from tests.e2e.conftest import SMALL, Phone, choose, expect_heading, fits, open_page, send, shot
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait


def ticket_header(page: Page) -> dict[str, str]:
    return {TICKET_HEADER: page.url.rpartition("/")[2]}


def jobs(service: ServiceProcess) -> int:
    """Rows of jobs, of whatever table."""
    with closing(sqlite3.connect(service.data / DATABASE_FILE)) as queue:
        return int(queue.execute("SELECT count(*) FROM ozhivi_jobs").fetchone()[0])


def ticket_jobs(service: ServiceProcess, page: Page) -> int:
    answer = page.request.get(f"{service.address}/api/v1/animations", headers=ticket_header(page))
    return len(answer.json()["animations"])


def test_takes_lie_side_by_side_and_are_deleted_together(service: ServiceProcess, phone: Phone) -> None:
    page, before, files = open_page(phone(), service.ticket()[0]), jobs(service), set(service.files("media", "work"))
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#takes")).to_be_hidden()  # one alone needs no choice
    page.reload()  # the page has no photo any more: the poster is taken
    expect_heading(page, "Готово!")
    expect(page.get_by_role("button", name="Ещё раз: «Наш выбор»")).to_be_visible()
    page.locator("#again").get_by_role("button", name="Хитринка", exact=True).click()
    page.get_by_role("button", name="Ещё раз: «Хитринка»").click()
    expect_heading(page, "Готово!")
    takes = page.get_by_role("group", name="Все варианты").get_by_role("button")
    expect(takes).to_have_text(["Наш выбор", "Хитринка"])
    expect(takes.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Ещё раз: «Хитринка»")).to_be_visible()
    chosen = page.locator("#again [aria-pressed=true]")
    expect(chosen).to_have_text("Хитринка")  # it stands on what is shown
    second = page.locator("#video").get_attribute("src")
    takes.first.click()
    assert page.locator("#video").get_attribute("src") != second
    expect(chosen).to_have_text("Наш выбор")
    shown = page.request.get(f"{service.address}/api/v1/animations", headers=ticket_header(page)).json()["animations"]
    address = f"{service.address}/api/v1/animations/{shown[0]['id']}/again"
    page.request.post(address, data=json.dumps({"gesture": "nod"}), headers=ticket_header(page))  # as by voice
    expect(takes).to_have_text(["Наш выбор", "Хитринка", "Кивок"])
    shot(page, "takes")
    assert fits(page)
    page.request.post(address, data=json.dumps({"gesture": "surprise"}), headers=ticket_header(page))
    page.get_by_role("button", name="Удалить всё сейчас").click()
    expect(page.get_by_text(re.compile(r"Удалим все видео \([34]\)"))).to_be_visible()
    expect(page.locator("#sure-what")).to_contain_text("перестанут открываться, а отправленные видео останутся")
    page.get_by_role("button", name="Оставить").click()
    assert ticket_jobs(service, page) == 4
    page.get_by_role("button", name="Удалить всё сейчас").click()
    shot(page, "sure-takes")
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert (ticket_jobs(service, page), jobs(service)) == (0, before)
    until = time.monotonic() + 120  # the worker hears of it with its next sign of life
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
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#kept")).to_have_text(re.compile(r"Видео хранится до\sзавтра, \d\d:\d\d"))
    expect(page.locator("#kept")).to_contain_text("кадр из\u00a0него. Снимок мы\u00a0уже удалили")
    left["seconds"] = 200
    expect(page.get_by_text("Видео удалится через 3 мин")).to_be_visible()
    left["seconds"] = -1
    expect_heading(page, "Время хранения вышло")
    assert page.locator("#video").get_attribute("src") is None
    shot(page, "expired")


def test_a_wait_is_said_as_it_is(service: ServiceProcess, phone: Phone) -> None:
    context = phone()
    context.clock.install()
    page = open_page(context, service.ticket()[0])
    job = {"id": "x" * 44, "state": "waiting", "says": "Жду своей очереди", "wait": 45.0, "left": 60.0, "results": []}

    def answer(route: Route) -> None:
        """The job as it is now; a browser asks for its events again after some seconds."""
        told = json.dumps(job, ensure_ascii=False)
        if route.request.url.endswith("/events"):
            route.fulfill(content_type="text/event-stream", body=f"retry: 300\ndata: {told}\n\n")
        else:
            route.fulfill(status=202, content_type="application/json", body=told)

    page.route("**/api/v1/animations**", answer)
    page.route("**/api/v1/animations/**", answer)
    choose(page, small_portrait())
    send(page)
    waits = page.locator("#wait")
    expect(waits).to_contain_text("Перед вами есть другие, ждать около\u00a045\u00a0секунд")
    job.update(wait=0.0, left=5.0, stalled=True)  # no worker has been heard of
    context.clock.fast_forward(20_000)
    expect(waits).to_contain_text("Очередь стоит дольше обычного")
    job.update(state="running", says="Оживляю", progress=0.5, left=5.0, stalled=False)
    context.clock.fast_forward(5_000)
    expect(waits).to_contain_text(re.compile("Осталось около"))
    context.clock.fast_forward(120_000)
    expect(waits).to_contain_text("Идёт дольше обычного")
    shot(page, "late-work")


def test_a_ticket_that_is_about_to_end_warns_and_shows_the_way_on(service: ServiceProcess, phone: Phone) -> None:
    context = phone(SMALL)
    context.clock.install()
    page = open_page(context, service.ticket()[0])
    choose(page, small_portrait())
    expect_heading(page, "Какое движение?")
    expect(page.get_by_text("Ссылка ждёт фотографию")).to_be_hidden()
    context.clock.fast_forward(13 * 60 * 1000)
    expect(page.locator("#ready").get_by_text("Ссылка ждёт фотографию ещё 2 минуты")).to_be_visible()
    shot(page, "hurry")
    context.clock.fast_forward(3 * 60 * 1000)
    expect_heading(page, "Время этой ссылки вышло")
    shot(page, "late")
    page.get_by_role("link", name="Ввести код").click()
    expect_heading(page, "Введите код")
