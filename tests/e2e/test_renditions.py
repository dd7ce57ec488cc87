"""A clip for a messenger and as a wallpaper: made, shown, saved, given on, and deleted with the take."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Phone, expect_heading, fits, shot, wait_until
from tests.e2e.test_share import MENU, finished_page
from tests.service_process import ServiceProcess


def test_a_clip_for_a_messenger_and_a_wallpaper(service: ServiceProcess, phone: Phone) -> None:
    page = finished_page(service, phone, MENU % "")
    page.get_by_text("Для мессенджера и на заставку").click()
    page.get_by_role("button", name="Квадратом").click()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
    wait_until(page, "document.getElementById('made-video').duration > 11.9")  # the loop three times
    wait_until(page, "document.getElementById('made-video').videoWidth === 320")
    shot(page, "rendition-square")
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Сохранить").click()
    assert download.value.suggested_filename == "ozhivi-messenger-square.mp4"
    page.get_by_role("button", name="Отправить").click()
    wait_until(page, "window.given.length")
    assert page.evaluate("window.given[0].type") == "video/mp4"
    page.get_by_role("button", name="Заставка: фото").click()
    picture = page.get_by_role("img", name="Заставка")
    expect(picture).to_be_visible()
    wait_until(page, "document.getElementById('made-picture').naturalHeight > 300")
    shot(page, "rendition-wallpaper")
    address = f"{service.address}{picture.get_attribute('src')}"
    assert page.request.get(address).headers["content-type"] == "image/jpeg"
    page.get_by_role("button", name="Во весь экран").click()
    wait_until(page, "document.fullscreenElement?.id === 'video'")
    page.evaluate("document.exitFullscreen()")
    page.get_by_role("button", name="Удалить сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert page.request.get(address).status == 404
