"""Steps of the page: a consent for each photo, back and forward, photos dropped and pasted, before and after."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from io import BytesIO
from itertools import combinations

from PIL import Image
from playwright.sync_api import Page, expect

from skill.demo_portrait import astronaut
from tests.e2e.conftest import DESKTOP, PHONE, Phone, choose, expect_heading, fits, open_page, send, shot, two_portraits
from tests.e2e.test_looks import refuse
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


def test_the_page_can_be_installed(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.address)
    tools = page.context.new_cdp_session(page)
    assert tools.send("Page.getAppManifest")["errors"] == []
    errors = {error["errorId"] for error in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors == {"in-incognito"}  # as every page of a test is


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
    expect_heading(page, "Минутку")
    page.reload()  # it goes on without the page
    expect_heading(page, "Готово!")
    hold = page.get_by_role("button", name="Нажмите и держите: как было до")
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


def test_26_people_have_room_on_a_small_phone(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone((360, 740)), service.ticket()[0])
    crowd = Image.new("RGB", (910, 220), "#a87")
    file = BytesIO()
    crowd.save(file, format="JPEG")
    notes = {5: "мелко", 20: "детей не оживляем"}
    faces = [
        {"number": n + 1, "left": n // 2 / 13, "top": n % 2 / 2, "width": 0.07, "height": 0.4, "note": notes.get(n, "")}
        for n in range(26)
    ]
    view = {"faces": faces, "picture": base64.b64encode(file.getvalue()).decode()}
    page.route("**/api/v1/faces", lambda route: route.fulfill(json=view))
    choose(page, two_portraits())
    send(page)
    people = page.get_by_role("group", name="Кого оживить?").locator(".person")
    expect(people).to_have_count(26)
    page.get_by_role("button", name="Человек 26 слева").click()
    for name in ("Человек 6 слева: мелко", "Человек 21 слева: детей не оживляем"):
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


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "width"), ("y", "height"))
    )
