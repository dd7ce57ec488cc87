"""The developer's page in a browser: a conversation, the phone beside it, and what nobody else gets to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import AXE_RULES, DESKTOP, PHONE, Phone, fits, open_page, shot, shot_in_schemes
from tests.service_process import ServiceProcess

WIDE = (1440, 900)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    running = ServiceProcess(tmp_path_factory.mktemp("dev") / "data", dev="true", workers="0")
    yield running
    assert running.stop() == 0


def say(page: Page, text: str) -> None:
    answers = page.locator(".theirs .foot")
    count = answers.count()
    page.get_by_label("Что сказать").fill(text)
    page.get_by_role("button", name="Сказать", exact=True).click()
    expect(answers).to_have_count(count + 1)


def last(page: Page) -> Any:
    return page.locator(".theirs").last


def open_chat(phone: Phone, service: ServiceProcess, size: tuple[int, int] = WIDE, **options: Any) -> Page:
    page = open_page(phone(size, **options), service.dev_link())
    expect(page.locator(".theirs .foot")).to_have_count(1)
    return page


def test_from_hello_to_the_link_in_the_phone(service: ServiceProcess, phone: Phone) -> None:
    page = open_chat(phone, service)
    expect(last(page)).to_contain_text("Здравствуйте")
    page.get_by_role("group", name="Подсказки").get_by_role("button", name="Да", exact=True).click()
    expect(last(page)).to_contain_text("не храню")
    say(page, "да")
    expect(last(page).get_by_role("button", name="Отправить фото")).to_be_visible()
    inside = page.frame_locator("#phone")
    expect(inside.get_by_role("heading", name="Какую фотографию оживим?")).to_be_visible()
    expect(last(page).locator(".foot")).to_contain_text("мс")
    last(page).get_by_text("JSON").click()
    expect(last(page).locator("pre").last).to_contain_text('"end_session": false')
    shot_in_schemes(page, "dev-json")
    last(page).get_by_text("JSON").click()
    say(page, "готово?")
    shot_in_schemes(page, "dev")
    assert fits(page)


def test_without_a_screen_there_is_a_code_and_nothing_to_press(service: ServiceProcess, phone: Phone) -> None:
    page = open_chat(phone, service)
    page.get_by_label("Экран").uncheck()
    page.get_by_label("Вход выполнен").check()
    page.get_by_role("button", name="Другой человек").click()
    expect(page.locator(".theirs .foot")).to_have_count(2)
    for text in ("оживи фото", "да"):
        say(page, text)
    expect(last(page).locator("p").first).to_contain_text("код")
    expect(page.locator(".inside")).to_have_count(0)
    expect(page.get_by_role("group", name="Подсказки").get_by_role("button")).to_have_count(0)
    expect(last(page).locator(".tts")).to_contain_text("sil <[300]>")
    shot(page, "dev-speaker")
    say(page, "хватит")
    expect(last(page)).to_contain_text("разговор окончен")


def test_cards_are_drawn(service: ServiceProcess, phone: Phone) -> None:
    """As they come from the service's own card part, which needs the platform to make one."""
    page = open_chat(phone, service)
    page.evaluate(
        """async () => {
          const own = document.querySelector('script[type=module]').src;
          const { card } = await import(own.replace('dev.js', 'dev-cards.js'));
          const item = { image_id: '1030494/3f9a', title: 'Ваше видео', description: 'Нажмите, чтобы посмотреть' };
          const cards = [
            { type: 'ImageGallery', items: [{ image_id: '1030494/3f9a', title: 'Ваше видео', button: { url: '/' } }] },
            { type: 'BigImage', ...item, button: { url: '/' } },
            { type: 'ItemsList', header: { text: 'Ваши видео' }, items: [item, item], footer: { text: 'Ещё' } },
          ];
          document.querySelector('.theirs').append(...cards.map((one) => card(one, () => {})));
        }"""
    )
    expect(page.locator(".card")).to_have_count(3)
    shot(page, "dev-cards")
    assert fits(page)


def test_it_fits_a_narrow_window(service: ServiceProcess, phone: Phone) -> None:
    page = open_chat(phone, service, PHONE)
    shot(page, "dev-narrow")
    assert fits(page)


def test_axe_finds_nothing_on_the_page(service: ServiceProcess, phone: Phone, axe: str) -> None:
    page = open_chat(phone, service, DESKTOP, bypass_csp=True, reduced_motion="reduce")
    say(page, "помощь")
    page.evaluate(f"{axe};0")
    found = {}
    for scheme, rules in AXE_RULES.items():
        page.emulate_media(color_scheme=scheme)
        options = f"{{ iframes: false, ...({rules or '{}'}) }}"
        for one in page.evaluate(f"axe.run(document, {options})")["violations"]:
            found[scheme, one["id"]] = [node["html"] for node in one["nodes"]]
    assert found == {}
