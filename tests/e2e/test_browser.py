"""A phone's browser against the real service: upload, watch, turn, once more, delete."""

from __future__ import annotations

import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    SMALL,
    Phone,
    choose,
    expect_heading,
    fits,
    open_page,
    portrait_on_its_side,
    send,
    shot,
    shot_in_schemes,
    two_portraits,
)
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait


def test_a_photo_comes_alive_and_is_deleted(service: ServiceProcess, phone: Phone) -> None:
    context, troubles = phone(short=False), list[str]()
    _, code, *_ = service.ticket()
    page = open_page(context, service.address)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    look(page, "code")
    page.get_by_label("Шесть цифр").fill(code)  # goes off by itself
    expect_heading(page, "Какую фотографию оживим?")
    look(page, "choose")
    choose(page, small_portrait())
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_text("Отметьте согласие")).to_be_visible()
    look(page, "ready")
    send(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    look(page, "work")
    expect_heading(page, "Готово!")
    plays_and_loops(page)
    look(page, "done")
    page.get_by_text("GIF, заставка и другие виды").click()
    for kind, start in (("Скачать видео", b"ftyp"), ("GIF для сообщений", b"GIF8")):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind).click()
        assert start in download.value.path().read_bytes()[:12]
    clip = page.locator("#video").get_attribute("src")
    page.get_by_role("button", name="Удалить всё сейчас").click()
    expect(page.get_by_text("Вернуть будет нельзя")).to_be_visible()
    look(page, "sure")
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    look(page, "gone")
    assert context.request.get(f"{service.address}{clip}").status == 404
    assert context.cookies() == []
    assert troubles == []


def look(page: Page, name: str) -> None:
    """Nothing sticks out on a phone and on a wide screen; pictures of both, on the phone in light and dark colours."""
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page), (name, width)
        if width == DESKTOP[0]:
            shot(page, f"{name}-wide")
    shot_in_schemes(page, name)


def test_a_photo_that_was_chosen_before_the_script_had_come_is_taken(service: ServiceProcess, phone: Phone) -> None:
    """A slow line: the page can be seen and used before it can answer."""
    page, waiting = phone().new_page(), list[Route]()
    page.route("**/page.js", lambda route: waiting.append(route))  # noqa: PLW0108
    link, _ = service.ticket()
    page.goto(link, wait_until="commit")
    choose(page, small_portrait())
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].continue_()
    expect(page.get_by_role("button", name="Оживить", exact=True)).to_be_visible()


def plays_and_loops(page: Page, which: str = "#video") -> None:
    """The video's time runs, and runs back to the start."""
    video = page.locator(which)
    assert video.evaluate("video => video.loop && video.muted")
    video.evaluate("video => { video.currentTime = video.duration - 0.3 }")
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if 0.05 < video.evaluate("video => video.currentTime") < 1.5:
            return
        page.wait_for_timeout(50)
    pytest.fail("the video does not loop")


def test_a_photo_on_its_side_is_turned_with_the_keyboard(service: ServiceProcess, phone: Phone) -> None:
    context = phone()
    page = open_page(context, service.ticket()[0])
    choose(page, portrait_on_its_side())
    right = page.get_by_role("button", name="Повернуть вправо")
    expect(right).to_be_visible()
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    shot(page, "turn-before")
    page.get_by_role("button", name="Повернуть влево").focus()
    page.keyboard.press("Tab")
    for _ in range(5):  # once round, and a quarter
        page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("Фотография повёрнута")
    expect(page.locator('#preview[data-turned="90"]')).to_be_visible()
    page.wait_for_function("document.getElementById('preview').complete")
    shown = page.locator("#preview").screenshot()
    shot(page, "turned")
    upright = Image.open(BytesIO(small_portrait())).convert("RGB").resize((64, 64))
    seen = Image.open(BytesIO(shown)).convert("RGB").resize((64, 64))
    assert np.abs(np.asarray(seen, np.int16) - np.asarray(upright, np.int16)).mean() < 12
    send(page)
    expect_heading(page, "Готово!")
    poster = page.locator("#video").get_attribute("poster")
    assert poster
    made = Image.open(BytesIO(context.request.get(f"{service.address}{poster}").body())).convert("RGB")
    assert np.abs(np.asarray(made.resize((64, 64)), np.int16) - np.asarray(upright, np.int16)).mean() < 20


def test_a_refusal_says_why_and_lets_choose_again(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(SMALL), service.ticket()[0])
    choose(page, b"no photo at all", "letter.heic", "image/heic")
    expect(page.get_by_text("браузер показать не умеет")).to_be_visible()
    expect(page.get_by_role("button", name="Повернуть вправо")).to_be_hidden()
    shot(page, "heic-tiny")
    send(page)
    expect_heading(page, "Это не фотография")
    shot(page, "refused-tiny")
    assert fits(page)
    page.get_by_role("button", name="Другая фотография").click()
    expect_heading(page, "Какую фотографию оживим?")


def test_no_face_offers_to_turn_the_photo(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    wall = BytesIO()
    Image.new("RGB", (300, 400), "#a87").save(wall, format="PNG")
    choose(page, wall.getvalue())
    send(page)
    expect_heading(page, "Я не вижу")
    shot(page, "refused")
    page.get_by_role("button", name="Повернуть").click()
    expect(page.get_by_role("button", name="Повернуть вправо")).to_be_visible()


def test_of_several_people_one_is_tapped_on(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, two_portraits())
    send(page)
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person")).to_have_count(2)
    expect(page.get_by_role("button", name="Оживить", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Человек 2 слева").click()
    shot(page, "faces")
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect_heading(page, "Готово!")
