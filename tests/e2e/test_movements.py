"""The strip of movements: a sample, then one's own photo alive, a tap for the clip; and nothing without consent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from skill.demo_portrait import astronaut
from skill.movements import MOVEMENTS, PREVIEWED
from tests.e2e.conftest import Phone, choose, expect_heading, fits, open_page, shot
from tests.service_process import ServiceProcess
from weights.store import WeightStore

OWN = "[...document.querySelectorAll('#movements video')].filter((one) => one.poster.startsWith('blob:')).length"
PLAYING = "[...document.querySelectorAll('#movements video')].filter((one) => one.currentTime && !one.paused).length"


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    running = ServiceProcess(tmp_path_factory.mktemp("alive") / "data", long_side="320", previews="true")
    yield running
    assert running.stop() == 0


def asked(page: Page) -> list[str]:
    """Where the page has sent previews to, from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/previews") else None)
    return sent


def test_movements_are_seen_before_they_are_chosen(alive: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), alive.ticket()[0])
    sent = asked(page)
    choose(page, astronaut())
    says = page.locator("#movements [role=status]")
    expect(says).to_contain_text("Это пример")
    page.wait_for_timeout(1000)
    assert page.evaluate(PLAYING) >= 2  # those on the screen
    moves = page.get_by_role("group", name="Движение").locator("button:has(video)")
    expect(moves).to_have_text([one.label for one in MOVEMENTS[:PREVIEWED]])
    page.get_by_role("button", name="Подмигивание").click()  # a movement is chosen, but nobody has agreed
    expect(page.locator("#ready-trouble")).to_contain_text("Отметьте согласие")
    expect(page.get_by_role("button", name="Подмигивание")).to_have_attribute("aria-pressed", "true")
    assert sent == [] and page.evaluate(OWN) == 0
    page.get_by_label("На обработку согласие").check()
    expect(page.locator("#ready-trouble")).to_have_text("")  # what was missing is there
    expect(says).to_contain_text("Нажмите на движение")
    expect(says).to_contain_text("Спросим, кого")
    assert len(sent) == 1 and page.evaluate(OWN) >= 2
    shot(page, "movements-own")
    assert fits(page)
    page.get_by_label("На обработку согласие").uncheck()  # taken back: it is gone from the page
    expect(says).to_contain_text("Это пример")
    assert page.evaluate(OWN) == 0
    page.get_by_label("На обработку согласие").check()
    smile = page.get_by_role("button", name="Улыбка")
    smile.focus()
    page.keyboard.press("Enter")
    expect_heading(page, "Минутку терпения")
    expect_heading(page, "Готово!")
    assert "Улыбка" in (page.locator("#video").get_attribute("aria-label") or "")
    page.get_by_role("button", name="Удалить сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert page.evaluate(OWN) == 0
    kept = [path for folder in ("incoming", "work") for path in Path(alive.data / folder).rglob("*") if path.is_file()]
    assert kept == []


def test_who_wants_no_movement_has_none_and_may_look(alive: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(reduced_motion="reduce"), alive.ticket()[0])
    choose(page, astronaut())
    page.wait_for_timeout(800)
    assert page.evaluate(PLAYING) == 0
    page.locator("#movements .stop").click()
    expect(page.locator("#movements .stop")).to_have_text("Остановить")
    page.wait_for_timeout(800)
    assert page.evaluate(PLAYING) >= 2
