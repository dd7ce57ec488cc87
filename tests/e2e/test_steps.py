"""Steps of the page: a consent for each photo, back and forward, photos dropped and pasted, before and after."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from io import BytesIO
from itertools import combinations
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    Phone,
    choose,
    expect_heading,
    fits,
    open_page,
    send,
    shot,
    two_portraits,
    wait_until,
)
from tests.e2e.test_looks import refuse
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait

GIVE = """([kind, photo, name, type]) => {
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type }));
    document.dispatchEvent(kind === "paste" ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""

BLUE = """(canvas) => Object.fromEntries(
    Object.entries({ middle: [80, 72], top: [80, 5], left: [20, 72], bottom: [80, 155] }).map(([place, [x, y]]) => {
        const [red, , blue] = canvas.getContext("2d").getImageData(x, y, 1, 1).data;
        return [place, blue > 150 && red < 100];
    }))"""
"""Where a portrait is blue."""


def give(page: Page, kind: str, name: str = "granny.png", mime: str = "image/png") -> None:
    """Drop or paste the portrait, under this name and type."""
    page.evaluate(GIVE, [kind, base64.b64encode(small_portrait()).decode(), name, mime])


def test_a_consent_is_for_one_photo(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, small_portrait())
    consent = page.get_by_label("На фото я, тот, кто не против, или мой близкий, которого уже нет")
    consent.check()
    give(page, "drop")
    expect(consent).not_to_be_checked()
    consent.check()
    smile = page.get_by_role("button", name="Улыбка")
    smile.evaluate("one => one.setAttribute('aria-pressed', true)")
    give(page, "paste")
    expect(consent).not_to_be_checked()
    expect(smile).to_have_attribute("aria-pressed", "false")  # a movement is for one photo, too
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_text("Отметьте согласие")).to_be_visible()


def test_whatever_may_be_chosen_may_be_dropped(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    give(page, "drop", "notes.txt", "text/plain")
    expect_heading(page, "Какую фотографию")
    give(page, "drop", "Скан.PDF", "application/pdf")
    expect_heading(page, "Какое движение?")


def test_what_happens_to_a_photo_is_read_over_the_page(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, small_portrait())
    expect_heading(page, "Какое движение?")
    page.route("**/privacy", lambda route: route.fulfill(status=503, body="<main>busy</main>"), times=1)
    page.locator(".foot").get_by_role("link", name="Что происходит с фотографией").click()
    expect(page.get_by_text("Не открылось. Проверьте интернет")).to_be_visible()
    page.keyboard.press("Escape")
    wait_until(page, "!history.state.privacy")
    for way_back in ("button", "key", "history"):
        page.locator(".foot").get_by_role("link", name="Что происходит с фотографией").click()
        about = page.get_by_role("dialog", name="Что происходит с фотографией")
        expect(about.get_by_role("heading", name="Чего мы не делаем")).to_be_visible()
        if way_back == "button":
            shot(page, "privacy-over-page")
            assert fits(page)
            about.get_by_role("button", name="Закрыть").click()
        elif way_back == "key":
            page.keyboard.press("Escape")
        else:
            page.go_back()
        expect(about).to_be_hidden()
        expect_heading(page, "Какое движение?")  # and the photo is there
        wait_until(page, "!history.state.privacy")  # going back takes its time
        assert page.evaluate("history.state.step") == "ready"
    assert page.evaluate("document.getElementById('preview').naturalWidth") > 0
    page.goto(f"{service.address}/privacy")
    page.get_by_role("link", name="На главную страницу").click()
    expect_heading(page, "Введите код")


def test_the_page_can_be_installed(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.address)
    tools = page.context.new_cdp_session(page)
    found = tools.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])  # what Chromium's criteria for installing ask for
    assert manifest["name"] and manifest["short_name"] and manifest["display"] in {"standalone", "minimal-ui"}
    for address in (manifest["start_url"], manifest["scope"]):
        assert urljoin(found["url"], address) == f"{service.address}/"
    (large,) = (icon for icon in manifest["icons"] if icon["type"] == "image/png")
    picture = page.request.get(urljoin(found["url"], large["src"]))
    assert Image.open(BytesIO(picture.body())).size == (512, 512) and large["sizes"] == "512x512"


def test_what_one_needs_is_on_the_first_screen(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(PHONE), service.ticket()[0])
    choose(page, small_portrait())
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    for seen in (page.get_by_label("На обработку согласие"), page.get_by_role("button", name="Оживить", exact=True)):
        box = seen.bounding_box()
        assert box is not None and box["y"] + box["height"] <= PHONE[1]


def test_back_and_forward_go_through_the_steps(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(DESKTOP), service.ticket()[0])
    choose(page, two_portraits())
    expect_heading(page, "Какое движение?")
    page.go_back()
    expect_heading(page, "Какую фотографию")
    page.go_forward()
    expect_heading(page, "Какое движение?")
    send(page)
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person")).to_have_count(2)
    page.reload()  # the service has the photo, and asks again
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person")).to_have_count(2)
    page.get_by_role("button", name="Выбрать всех").click()
    shot(page, "faces-all")
    page.get_by_role("button", name="Оживить: 2").click()
    expect_heading(page, "Минутку")
    wait_until(page, "Object.keys(history.state.kept?.places ?? {}).length")  # the photo has come
    page.reload()  # it goes on without the page
    expect_heading(page, "Готово!")
    hold = page.get_by_role("button", name="Держите: как было")
    hold.hover()
    page.mouse.down()
    expect(page.locator("#first")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#first")).to_be_hidden()
    first = page.locator("#keeping a, #keeping button").first
    expect(first).to_have_text("Скачать видео MP4")  # a computer keeps files, a phone gives them on
    page.get_by_role("button", name="Другая фотография").click()
    expect_heading(page, "Какую фотографию")
    page.go_back()
    expect_heading(page, "Готово!")
    page.go_forward()
    choose(page, small_portrait())  # with the same link, and what was made stays
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#takes button")).to_have_count(2)
    expect(page.locator("#takes button").first.locator("canvas")).to_be_visible()  # cut to those who were chosen
    expect(page.locator("#takes button").last.locator("img")).to_be_visible()


def test_after_a_refusal_of_one_person_another_is_chosen(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, two_portraits())
    send(page)
    expect(page.locator(".person")).to_have_count(2)
    page.get_by_role("button", name="Человек 1 слева").click()
    refuse(page, "child")
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect_heading(page, "Кажется, на фотографии ребёнок")
    shot(page, "refused-one-of-two")
    page.get_by_role("button", name="Выбрать другого человека").click()
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person[aria-pressed=true]")).to_have_count(0)


def test_a_deleted_photo_does_not_come_back(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, two_portraits())
    refuse(page, "child.appeal")
    send(page)
    expect_heading(page, "Кажется, на фотографии ребёнок")
    page.unroute_all()
    page.get_by_role("button", name="Другая фотография").click()
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Готово!")
    page.get_by_role("button", name="Удалить всё сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    expect(page.locator("#gone")).to_contain_text("отправленные видео остались у тех, кто их получил")
    assert page.locator("img[src^='blob:']").count() == 0
    walk(page)
    expect_heading(page, "Всё удалено")
    page.reload()
    expect_heading(page, "Всё удалено")
    walk(page)


def walk(page: Page) -> None:
    """Go back and forward through the steps, and find none of a photo that was deleted."""
    for way in ("back", "forward"):
        for _ in range(5):
            before = page.evaluate("history.state.step")
            page.evaluate(f"history.{way}()")
            page.wait_for_timeout(100)
            heading = page.locator("#page > section:not([hidden]) h1").inner_text()
            assert heading.replace("\u00a0", " ") in {"Какую фотографию оживим?", "Всё удалено"}, (way, before)


def test_26_people_have_room_on_a_small_phone(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone((360, 740)), service.ticket()[0])
    crowd = Image.new("RGB", (910, 220), "#a87")
    crowd.paste("#00f", (840, 110, 904, 198))  # the last face
    file = BytesIO()
    crowd.save(file, format="JPEG")
    notes = {5: "мелко", 20: "детей не оживляем"}
    place = {"width": 0.07, "height": 0.4}
    faces = [
        {"number": n + 1, "left": n // 2 / 13, "top": n % 2 / 2, "row": n % 2 + 1, "note": notes.get(n, ""), **place}
        for n in range(26)
    ]
    view = {"faces": faces, "picture": base64.b64encode(file.getvalue()).decode()}
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/v1/faces", hold)
    choose(page, two_portraits())
    send(page)
    expect(page.get_by_text("Рассматриваю лица…")).to_be_visible()
    expect(
        page.get_by_role("button", name="Кто слева")
    ).to_be_hidden()  # before it is known that there are no portraits
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].fulfill(json=view)
    people = page.get_by_role("group", name="Кого оживить?").locator(".person")
    expect(people).to_have_count(26)
    expect(page.locator("#portraits p")).to_have_text(["Верхний ряд", "Нижний ряд"])
    last = page.get_by_role("button", name="Нижний ряд, 13 слева")
    blue = last.locator("canvas").evaluate(BLUE)
    assert [place for place, seen in blue.items() if seen] == ["middle"]  # the face, and what is around it
    last.click()
    expect(last).to_have_attribute("data-person", "26")  # as a voice counts, from the left of all
    for name in ("Нижний ряд, 3 слева: мелко", "Верхний ряд, 11 слева: детей не оживляем"):
        page.get_by_role("button", name=name).click(force=True)  # nothing comes of it
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="Оживить", exact=True)).to_be_in_viewport()
    boxes = [box for one in people.all() if (box := one.bounding_box())]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    assert fits(page)
    shot(page, "crowd")
    page.get_by_role("button", name="Выбрать всех").click()
    expect(page.get_by_role("button", name="Оживить: 24")).to_be_enabled()


def test_without_portraits_there_are_words_and_nobody_may_be_left(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    page.route("**/api/v1/faces", lambda route: route.abort())
    choose(page, two_portraits())
    send(page)
    expect(page.get_by_role("button", name="Кто слева")).to_be_visible()
    shot(page, "faces-words")
    page.unroute_all()
    face = {"number": 1, "left": 0.1, "top": 0.1, "width": 0.3, "height": 0.4, "note": "детей не оживляем"}
    picture = base64.b64encode(two_portraits()).decode()
    page.route("**/faces", lambda route: route.fulfill(json={"faces": [face, face], "picture": picture}))
    page.reload()
    expect(page.get_by_text("Оживить здесь никого не получится")).to_be_visible()
    expect(page.get_by_role("button", name="Кто слева")).to_be_hidden()
    shot(page, "faces-nobody")
    page.get_by_role("button", name="Другая фотография").click()
    expect_heading(page, "Какую фотографию")


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "width"), ("y", "height"))
    )
