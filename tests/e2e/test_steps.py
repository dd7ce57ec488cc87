"""Steps of the page: a consent for each photo, back and forward, photos dropped and pasted, before and after."""

from __future__ import annotations

import base64

from playwright.sync_api import Page, expect

from skill.demo_portrait import astronaut
from tests.e2e.conftest import DESKTOP, PHONE, Phone, choose, expect_heading, open_page, send, shot, two_portraits
from tests.service_process import ServiceProcess

GIVE = """([kind, photo]) => {
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "granny.png", { type: "image/png" }));
    document.dispatchEvent(kind === "paste" ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def give(page: Page, kind: str) -> None:
    """Drop or paste the portrait."""
    page.evaluate(GIVE, [kind, base64.b64encode(astronaut()).decode()])


def test_a_consent_is_for_one_photo(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    choose(page, astronaut())
    consent = page.get_by_label("На фото я, тот, кто не против, или мой близкий, которого уже нет")
    consent.check()
    give(page, "drop")
    expect(consent).not_to_be_checked()
    consent.check()
    give(page, "paste")
    expect(consent).not_to_be_checked()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_text("Отметьте согласие")).to_be_visible()


def test_what_one_needs_is_on_the_first_screen(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(PHONE), service.ticket()[0])
    choose(page, astronaut())
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    for seen in (page.get_by_label("На обработку согласие"), page.get_by_role("button", name="Оживить", exact=True)):
        box = seen.bounding_box()
        assert box is not None and box["y"] + box["height"] <= PHONE[1]


def test_back_and_forward_go_through_the_steps(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(DESKTOP), service.ticket()[0])
    choose(page, two_portraits())
    expect_heading(page, "Что сделает человек?")
    page.go_back()
    expect_heading(page, "Какую фотографию")
    page.go_forward()
    expect_heading(page, "Что сделает человек?")
    send(page)
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person")).to_have_count(2)
    page.reload()  # the service has the photo, and asks again
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person")).to_have_count(2)
    page.get_by_role("button", name="Выбрать всех").click()
    shot(page, "faces-all")
    page.get_by_role("button", name="Оживить: 2").click()
    expect_heading(page, "Готово!")
    hold = page.get_by_role("button", name="Держите, чтобы увидеть снимок до")
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
    choose(page, astronaut())  # with the same link, and what was made stays
    send(page)
    expect_heading(page, "Готово!")
    expect(page.locator("#takes button")).to_have_count(2)
