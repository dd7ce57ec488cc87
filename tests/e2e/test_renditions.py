"""A clip for a messenger and as a wallpaper: made, shown, saved, given on, and deleted with the take."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from skill.credentials.setup import read_credentials
from tests.e2e.conftest import Phone, expect_heading, fits, shot, wait_until
from tests.e2e.test_share import MENU, finished_page, make_clip, wait_for_file
from tests.service_process import ServiceProcess


def test_a_clip_for_a_messenger_and_a_wallpaper(service: ServiceProcess, phone: Phone, browser: Browser) -> None:
    page = finished_page(phone, make_clip(service, browser), MENU % "")
    film = page.locator("#video").get_attribute("src")
    page.get_by_text("GIF, заставка и другие виды").click()
    page.get_by_role("button", name="Квадрат").click()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
    wait_until(page, "document.getElementById('made-video').duration > 5.9")  # two seconds three times
    wait_until(page, "document.getElementById('made-video').videoWidth === 256")
    shot(page, "rendition-square")
    assert fits(page)
    save = page.get_by_role("link", name="Сохранить")
    expect(save).to_be_in_viewport()  # not below the picture
    with page.expect_download() as download:
        save.click()
    expect(page.locator("#made-says")).to_have_text("Сохраняется. Ищите в\u00a0«Загрузках».")
    assert download.value.suggested_filename == "ozhivi-messenger-square.mp4"
    for clip in (download.value.path().read_bytes(), page.request.get(f"{service.address}{film}").body()):
        assert read_credentials(clip, "video/mp4")["validation_state"] == "Valid"
    wait_for_file(page, "#made-video")
    page.locator("#made-share").click()
    wait_until(page, "window.given.length")
    assert page.evaluate("window.given[0].type") == "video/mp4"
    page.get_by_role("button", name="Неподвижная", exact=True).click()
    picture = page.get_by_role("img", name="На экран телефона")
    expect(picture).to_be_visible()
    wait_until(page, "document.getElementById('made-picture').naturalHeight > 240")
    shot(page, "rendition-wallpaper")
    address = f"{service.address}{picture.get_attribute('src')}"
    assert page.request.get(address).headers["content-type"] == "image/jpeg"
    page.get_by_role("button", name="Во весь экран").click()
    wait_until(page, "document.fullscreenElement?.id === 'done-print'")
    shot(page, "full-screen")
    page.get_by_role("button", name="Закрыть").click()  # always seen
    wait_until(page, "!document.fullscreenElement")
    with page.expect_download():
        page.get_by_role("link", name="Скачать видео").click()
    expect(page.locator("#shared")).to_have_text("Сохраняется. Ищите в\u00a0«Загрузках».")
    page.get_by_role("button", name="Удалить всё сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert page.request.get(address).status == 404
