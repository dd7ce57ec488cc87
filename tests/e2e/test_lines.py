"""Lines that break: the photo stays on the page, and the page gets to the end another way."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Phone, choose, expect_heading, open_page, send, shot, wait_until
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait

EVENTS, ANIMATIONS = "**/api/v1/animations/*/events", "**/api/v1/animations"

REMEMBER_WORDS = """() => {
    const line = document.getElementById("says");
    window.said = [];
    new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true });
}"""
"""All that the page says of the work is in `window.said`, however soon the next words come."""


def test_without_a_line_the_photo_is_kept_and_the_page_gets_to_the_end(service: ServiceProcess, phone: Phone) -> None:
    """No line at all; then one that cuts the upload once, and lets no events through."""
    context = phone()
    page = open_page(context, service.ticket()[0])
    choose(page, small_portrait())
    context.set_offline(True)
    send(page)
    expect_heading(page, "Связь прервалась")
    shot(page, "offline")
    context.set_offline(False)
    uploads, events = abort_requests(page, ANIMATIONS, times=1), abort_requests(page, EVENTS)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.method) if "/animations/" in one.url else None)
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect_heading(page, "Готово!")
    assert uploads == ["POST"]  # and sent again by itself
    assert events
    assert len(asked) > len(events)


def test_events_that_stop_in_the_middle_are_asked_for_again(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    first: list[str] = []

    def one_event_only(route: Route) -> None:
        if first:
            return route.continue_()
        first.append(route.request.url)
        waits = '{"id":"x","state":"waiting","says":"Жду своей очереди","wait":0,"results":[]}'
        return route.fulfill(content_type="text/event-stream", body=f"retry: 100\n\ndata: {waits}\n\n")

    page.route(EVENTS, one_event_only)
    choose(page, small_portrait())
    page.evaluate(REMEMBER_WORDS)
    send(page)
    wait_until(page, "window.said.includes('Жду своей очереди')")
    expect_heading(page, "Готово!")
    assert first


def abort_requests(page: Page, pattern: str, *, times: int | None = None) -> list[str]:
    """Break off these requests, all or so many of them; the list of their methods, as it grows."""
    cuts: list[str] = []

    def cut(route: Route) -> None:
        cuts.append(route.request.method)
        route.abort("connectionreset")

    page.route(pattern, cut, times=times)
    return cuts


def test_a_wait_is_told_as_it_is(service: ServiceProcess, phone: Phone) -> None:
    """Nobody there to work, work under way, and work that takes longer than was said."""
    context = phone()
    page = open_page(context, service.ticket()[0])
    views = [
        {"state": "waiting", "says": "Жду своей очереди", "wait": 9, "left": 12, "stalled": True},
        {"state": "waiting", "says": "Жду своей очереди", "wait": 60, "left": 75, "stalled": False},
        {"state": "waiting", "says": "Жду своей очереди", "wait": 1250, "left": 1270, "stalled": False},
        {"state": "running", "says": "Оживляю", "wait": 0, "left": 20, "stalled": False},
        {"state": "running", "says": "Оживляю", "progress": 0.5, "wait": 0, "left": 1, "stalled": False},
    ]
    page.route(EVENTS, lambda route: route.abort())
    page.route(
        re.compile("/api/v1/animations(/[^/]+)?$"),
        lambda route: route.fulfill(status=202 if route.request.method == "POST" else 200, json=answer()),
    )

    def answer() -> dict[str, object]:
        return {"id": "x" * 44, "results": [], "progress": 0, **views[0]}

    choose(page, small_portrait())
    context.clock.install()
    send(page)
    wait = page.locator("#wait")
    expect(wait).to_contain_text("Очередь стоит дольше обычного")
    shot(page, "late-nobody")
    ahead = "Перед вами есть другие, ждать около\xa0"
    for words in (f"{ahead}минуты", f"{ahead}21\xa0минуты", "Осталось около\xa020\xa0секунд"):
        del views[0]
        context.clock.run_for(2000)
        expect(wait).to_contain_text(words)
    del views[0]
    context.clock.run_for(60_000)
    expect(wait).to_contain_text("Идёт дольше обычного: осталось около\xa0минуты")
    page.unroute(re.compile("/api/v1/animations(/[^/]+)?$"))
    page.route("**/api/v1/animations/*", lambda route: route.abort())
    context.clock.run_for(40_000)
    expect(wait).to_contain_text("Идёт дольше обычного, но идёт")
    shot(page, "late-longer")


def test_who_does_not_answer_is_asked_by_one_loop(service: ServiceProcess, phone: Phone) -> None:
    """Also after the 15 seconds in which events are doubted, where there were none from the start."""
    page = open_page(phone(), service.ticket()[0])
    page.route(EVENTS, lambda route: route.fulfill(status=503))
    view = {"id": "x" * 44, "state": "waiting", "says": "Жду своей очереди", "results": []}
    page.route(ANIMATIONS, lambda route: route.fulfill(status=202, json=view))
    choose(page, small_portrait())
    asked = abort_requests(page, "**/api/v1/animations/*")
    send(page)
    page.wait_for_timeout(22_000)
    before = len(asked)
    page.wait_for_timeout(6_000)
    assert 1 <= len(asked) - before <= 5  # once in 1.5 s


def test_a_deletion_that_fails_is_told_where_it_was_asked_for(service: ServiceProcess, phone: Phone) -> None:
    """And not with a button that would make the video once more."""
    page = open_page(phone(), service.ticket()[0])
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Готово!")
    answers: list[Callable[[Route], None]] = [
        lambda route: route.abort(),
        lambda route: route.fulfill(
            status=503,
            json={"error": {"code": "unavailable", "sentence": "Сейчас не получается удалить.", "advice": ""}},
        ),
        lambda route: route.continue_(),
    ]
    page.route(
        ANIMATIONS, lambda route: answers.pop(0)(route) if route.request.method == "DELETE" else route.continue_()
    )
    page.get_by_role("button", name="Удалить всё сейчас").click()
    for words in ("Связь прервалась, ничего не\xa0удалено", "Сейчас не\xa0получается удалить."):
        page.get_by_role("button", name="Удалить", exact=True).click()
        expect(page.locator("#sure-what")).to_contain_text(words)
        expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
