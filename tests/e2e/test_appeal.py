"""A refusal that the person may answer: an adult who was taken for a minor, a family's old photo of a child."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

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
    shot_in_schemes,
)
from tests.e2e.test_looks import refuse
from tests.retouched_portrait import retouched_portrait
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait
from weights.store import WeightStore


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    """At this level the retouched astronaut may be a minor."""
    running = ServiceProcess(tmp_path_factory.mktemp("strict") / "data", long_side="512", children="strict")
    yield running
    assert running.stop() == 0


def test_an_adult_is_animated_after_the_person_s_word(strict: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), strict.ticket()[0])
    choose(page, retouched_portrait())
    send(page)
    expect_heading(page, "Кажется, на фотографии ребёнок")
    expect(page.get_by_text("Я подтверждаю, что человеку исполнилось 18 лет")).to_be_visible()
    expect(page.get_by_text("родные согласны")).to_be_hidden()
    assert fits(page)
    shot_in_schemes(page, "appeal")
    page.get_by_role("button", name="На фото взрослый").click()
    expect_heading(page, "Готово!")
    first = page.locator("#video").get_attribute("src")
    page.get_by_role("button", name="Ещё раз").click()  # another wish on the same photo: the word still counts
    expect_heading(page, "Минутку")
    expect_heading(page, "Готово!")
    assert page.locator("#video").get_attribute("src") != first
    assert strict.log.read_text(encoding="utf-8").count('"kind": "adult"') >= 1


def sends_adult(page: Page, act: Callable[[], object]) -> bool:
    """Whether the photo that `act` sends comes with the person's word."""
    with page.expect_request(lambda request: request.method == "POST" and "/animations" in request.url) as sent:
        act()
    data = sent.value.post_data or ""  # the form of a photo, or a wish on the photo that the service has
    return 'name="adult"' in data or '"adult":true' in data


def test_a_word_is_for_one_photo(strict: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), strict.ticket()[0])
    refuse(page, "child.appeal")
    choose(page, small_portrait())
    sent_words = [sends_adult(page, lambda: send(page))]
    expect_heading(page, "Кажется")
    sent_words.append(sends_adult(page, page.get_by_role("button", name="На фото взрослый").click))
    expect_heading(page, "Кажется")
    page.get_by_role("button", name="Другая фотография").click()
    expect_heading(page, "Какую фотографию оживим?")
    choose(page, small_portrait())
    sent_words.append(sends_adult(page, lambda: send(page)))
    assert sent_words == [False, True, False]


def test_a_family_s_old_photo(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    refuse(page, "child.archive")
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Это старый снимок ребёнка")
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page)
        shot(page, f"archive-{width}")
    with page.expect_request("**/again", timeout=60_000) as sent:
        page.get_by_role("button", name="Это наш семейный снимок").click()
    assert '"archive":true' in (sent.value.post_data or "")
    assert '"adult"' not in (sent.value.post_data or "")


def test_far_below_18_there_is_nothing_to_answer(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.ticket()[0])
    refuse(page, "child")
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Кажется")
    expect(page.get_by_role("button", name="На фото взрослый")).to_be_hidden()
    expect(page.get_by_role("button", name="Другая фотография")).to_be_visible()
