"""Several photos at once: each with its own consent, one after the other; a refusal of one stops no other."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import Phone, expect_heading, fits, open_page, portrait_on_its_side, shot
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait


def wall() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 400), "#a87").save(file, format="PNG")
    return file.getvalue()


def test_several_photos_go_one_after_the_other(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    photos = [wall(), portrait_on_its_side(), wall(), small_portrait(), wall()]
    files = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": photo} for n, photo in enumerate(photos)]
    page.set_input_files("#gallery", files)
    expect_heading(page, "Какое движение?")
    expect(page.get_by_label("На обработку согласие")).to_be_hidden()  # the one of a single photo
    consents = page.get_by_role("checkbox", name="согласие даю")
    expect(consents).to_have_count(5)
    page.get_by_role("button", name="Показать фото 2").click()
    page.get_by_role("button", name="Повернуть вправо").click()  # this one alone
    expect(page.locator('#preview[data-turned="90"]')).to_be_visible()
    page.get_by_role("button", name="Убрать фото 1").click()
    expect(page.get_by_role("button", name="Показать фото 1")).to_have_attribute("aria-pressed", "true")  # the same one
    expect(page.locator('#preview[data-turned="90"]')).to_be_visible()
    page.get_by_role("button", name="Показать фото 3").click()
    expect(page.locator('#preview[data-turned="0"]')).to_be_visible()
    page.get_by_role("button", name="Показать фото 1").click()
    expect(page.locator('#preview[data-turned="90"]')).to_be_visible()
    page.get_by_role("button", name="Убрать фото 4").click()
    expect(consents).to_have_count(3)
    consents.first.check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_text("Отметьте согласие у каждого фото")).to_be_visible()
    expect(consents.nth(1)).to_be_focused()
    shot(page, "batch")
    assert fits(page)
    for consent in consents.all():
        consent.check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.locator("#work").get_by_text("Фотография 1 из 3")).to_be_visible()
    shot(page, "batch-work")
    expect_heading(page, "Я не вижу")  # the second one; the first is made
    expect(page.locator("#trouble").get_by_text("Фотография 2 из 3")).to_be_visible()
    shot(page, "batch-trouble")
    page.get_by_role("button", name="Следующая фотография").click()
    expect_heading(page, "Готово!")
    expect(page.locator("#takes button")).to_have_count(2)
    expect(page.locator("#batch-strip li")).to_have_text(["готово", "не получилось", "готово"])
