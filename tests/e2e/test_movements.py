"""The strip of movements: a sample, then one's own photo alive, a tap for the clip; and nothing without consent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from skill.jobs.model import Refusal
from skill.movements import MOVEMENTS, PREVIEWED
from skill.web.job_view import explain
from tests.e2e.conftest import Phone, choose, expect_heading, fits, open_page, shot, two_portraits, wait_until
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait
from weights.convert import build_weights
from weights.store import WeightStore
from weights.train import damage

OWN = "[...document.querySelectorAll('#movements video')].filter((one) => one.poster.startsWith('blob:')).length"
LABELLED = "getComputedStyle(document.querySelector('#movements .move'), '::before').content.includes('Пример')"
PLAYING = "[...document.querySelectorAll('#movements video')].filter((one) => one.currentTime && !one.paused).length"

RESTORED = """(async () => {
  const contrast = async (address) => {
    const image = Object.assign(new Image(), { src: address, crossOrigin: "" });
    const canvas = document.createElement("canvas");
    await image.decode();
    canvas.width = canvas.height = 64;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 64, 64);
    const greens = context.getImageData(0, 0, 64, 64).data.filter((_, at) => at % 4 === 1);
    return Math.max(...greens) - Math.min(...greens);
  };
  const [restored, before] = [document.querySelector("#video").poster, document.querySelector("#first").src];
  return (await contrast(restored)) / (await contrast(before));
})()"""
"""Contrast of the video's first frame by that of the picture that is seen while «как было» is held."""

NOTE_FIELDS = """window.sentFields = [];
const append = FormData.prototype.append;
FormData.prototype.append = function (name, ...rest) {
  sentFields.push(name === "restore" ? `${name}=${rest[0]}` : name);
  append.call(this, name, ...rest);
};"""
"""A browser does not tell what a form with a file holds."""


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    build_weights(built_weights, extras=("enhance",))
    running = ServiceProcess(tmp_path_factory.mktemp("alive") / "data", long_side="256", previews="true")
    yield running
    assert running.stop() == 0


def asked(page: Page) -> list[str]:
    """Where the page has sent previews to, from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/previews") else None)
    return sent


def faded(file: bytes) -> bytes:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".png", damage.fade(np.asarray(picture, np.uint8), 0.45, 0.6))[1].tobytes()


def test_movements_are_seen_before_they_are_chosen(alive: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), alive.ticket()[0])
    sent = asked(page)
    choose(page, faded(small_portrait()))
    says = page.locator("#movements [role=status]")
    expect(says).to_contain_text("Это пример")
    wait_until(page, f"{PLAYING} >= 2")  # those on the screen
    assert page.evaluate(LABELLED)  # nobody takes the sample for a stranger's photo
    moves = page.get_by_role("group", name="Движение").locator("button:has(video)")
    expect(moves).to_have_text([one.label for one in MOVEMENTS])
    expect(says).to_contain_text("«Наш выбор» подберём")
    further = page.locator("#movements details")
    expect(further.locator("video")).to_have_count(len(MOVEMENTS) - PREVIEWED)
    page.get_by_role("button", name="Хитринка", exact=True).click()  # a movement is chosen, nothing begins
    page.get_by_role("button", name="Оживить: Хитринка").click()  # but nobody has agreed
    expect(page.locator("#ready-trouble")).to_contain_text("Отметьте согласие")
    expect(page.get_by_role("button", name="Хитринка", exact=True)).to_have_attribute("aria-pressed", "true")
    assert sent == [] and page.evaluate(OWN) == 0
    page.get_by_label("На обработку согласие").check()
    expect(page.locator("#ready-trouble")).to_have_text("")  # what was missing is there
    expect(says).to_contain_text("Нажмите на движение")
    expect(says).not_to_contain_text("Здесь пример на одном")  # nobody else is on it
    expect(page.locator("#early")).to_be_hidden()
    assert len(sent) == 1 and page.evaluate(OWN) >= 2 and not page.evaluate(LABELLED)
    page.get_by_label("Подправить старое фото").check()  # it is faded
    shot(page, "movements-own")
    assert fits(page)
    further.locator("summary").click()
    expect(says).to_contain_text("появляются по одному")  # not all move that are seen
    first = further.locator("video").first
    wait_until(page, "document.querySelector('#movements details video').src.startsWith('blob:')", 60)  # asked for now
    expect(first).to_be_in_viewport()
    assert len(sent) == 2
    expect(page.locator("#mend")).to_be_visible()
    expect(page.locator("#colour")).to_be_hidden()  # it has colours
    shot(page, "movements-further")
    assert fits(page)
    further.locator("summary").click()
    page.get_by_label("На обработку согласие").uncheck()  # taken back: it is gone from the page
    expect(says).to_contain_text("Это пример")
    assert page.evaluate(OWN) == 0
    page.get_by_label("На обработку согласие").check()
    smile = page.get_by_role("button", name="Улыбка", exact=True)
    smile.focus()
    page.keyboard.press("Enter")
    expect(smile).to_have_attribute("aria-pressed", "true")
    go = page.get_by_role("button", name="Оживить: Улыбка")
    expect(go).to_be_in_viewport()
    go.click()
    expect_heading(page, "Минутку терпения")
    expect_heading(page, "Готово!")
    assert "Улыбка" in (page.locator("#video").get_attribute("aria-label") or "")
    assert page.evaluate(RESTORED) > 1.5
    expect(page.locator("#still")).to_have_attribute("href", re.compile("ozhivi-still.jpg"))
    expect(page.locator("#kept")).to_contain_text("до и после правки")  # what is kept of the photo
    shot(page, "restored")
    assert fits(page)
    page.reload()  # the photo is the service's poster now
    again = page.locator("#again [role=status]")
    again.scroll_into_view_if_needed()
    expect(again).to_contain_text("Нажмите на\u00a0движение, которое нравится.")
    assert page.evaluate(OWN.replace("#movements", "#again")) >= 2 and not page.evaluate(LABELLED)
    page.get_by_role("button", name="Удалить всё сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect_heading(page, "Всё удалено")
    assert page.evaluate(OWN) == 0
    kept = [path for folder in ("incoming", "work") for path in Path(alive.data / folder).rglob("*") if path.is_file()]
    assert kept == []


def test_an_adult_who_is_taken_for_a_child_has_movements_after_a_word(alive: ServiceProcess, phone: Phone) -> None:
    context = phone()
    context.add_init_script(NOTE_FIELDS)
    page = open_page(context, alive.ticket()[0])
    refusal = Refusal.parse("child.appeal")
    sentence, advice = explain(refusal)
    line = json.dumps({"reason": "child", "cause": "appeal", "sentence": sentence, "advice": advice})
    page.route("**/api/v1/previews", lambda route: route.fulfill(body=f"{line}\n"), times=1)
    choose(page, small_portrait())
    page.get_by_label("На обработку согласие").check()
    says = page.locator("#movements [role=status]")
    expect(says).to_contain_text("нажмите «На фото взрослый»")  # not what would be said to a voice
    expect(says).not_to_contain_text("скажите")
    answer = page.locator("#ready").get_by_role("button", name="На фото взрослый")
    expect(answer.locator("..")).to_contain_text("Я подтверждаю, что человеку исполнилось 18 лет.")
    shot(page, "movements-appeal")
    assert fits(page)
    assert "adult" not in page.evaluate("sentFields")
    answer.click()
    expect(says).to_contain_text("Нажмите на движение")
    expect(answer).to_be_hidden()
    expect(page.get_by_label("Подправить старое фото")).to_be_hidden()  # a good photo
    expect(page.get_by_label("Угадать цвета")).to_be_hidden()
    expect(page.get_by_label("Сделать лицо чётче")).to_be_visible()  # but a small one
    assert page.evaluate("sentFields").count("adult") == 1
    page.route("**/api/v1/previews", lambda route: route.fulfill(body=""), times=1)
    with page.expect_response("**/api/v1/previews"):
        page.get_by_text("Другие движения").first.click()
    expect(says).to_contain_text("Нажмите на движение")  # once the further ones have come, too
    page.evaluate("sentFields.splice(0)")
    page.get_by_label("Сделать лицо чётче").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect_heading(page, "Минутку терпения")
    assert page.evaluate("sentFields").count("adult") == 1  # the word counts for the clip, too
    assert page.evaluate("sentFields").count("restore=enlarge") == 1


def test_a_face_is_tapped_before_the_photo_is_sent(alive: ServiceProcess, phone: Phone) -> None:
    """The movements are then that person's, nobody is asked for again, and a video of that person alone is offered."""
    context = phone()
    context.add_init_script(NOTE_FIELDS)
    page = open_page(context, alive.ticket()[0])
    choose(page, two_portraits())
    page.wait_for_function("document.getElementById('preview').naturalWidth")
    photo = page.locator("#preview")
    size = photo.bounding_box()
    assert size is not None
    right = {"x": 0.75 * size["width"], "y": 0.45 * size["height"]}
    photo.click(position=right)
    expect(page.locator("#ready-trouble")).to_contain_text("Отметьте согласие")  # the photo is on the phone till then
    page.get_by_label("На обработку согласие").check()
    says = page.locator("#movements [role=status]")
    expect(page.get_by_role("button", name="Человек 2 слева")).to_have_attribute("aria-pressed", "true")
    shot(page, "faces-early")
    assert fits(page)
    page.get_by_role("button", name="Назад к движениям").click()
    expect(says).to_contain_text("Здесь пример на одном из 2")
    page.get_by_role("button", name="Выбрать, кого оживить").click()  # without a finger on the photo
    page.get_by_role("button", name="Дальше", exact=True).click()
    expect_heading(page, "Какое движение?")
    assert page.evaluate(f"{OWN} && !({LABELLED})")  # that person's portrait, and no sample, until the movements come
    expect(says).to_contain_text("Нажмите на движение")
    expect(page.get_by_role("button", name="Выбрать других")).to_be_visible()
    page.evaluate("sentFields.splice(0)")
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect_heading(page, "Готово!")
    assert page.evaluate("sentFields").count("face") == 1
    expect(page.get_by_role("button", name="Другой человек")).to_be_visible()
    page.get_by_text("GIF, заставка и другие виды").click()
    page.get_by_role("button", name="Видео без остальных").click()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()
    wait_until(page, "(({ videoWidth: w, videoHeight: h }) => h > w)(document.querySelector('#made-video'))")
    shot(page, "alone")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#made-share").click()
    expect(page.locator("#made-says")).to_contain_text("По ней видно только это видео")
    look = page.request.get(page.evaluate("navigator.clipboard.readText()"))
    assert look.status == 200 and "poster.jpg" not in look.text()
    page.get_by_role("button", name="Другой человек").click()
    expect_heading(page, "Кого оживить?")
    expect(page.locator(".person[aria-pressed=true]")).to_have_count(0)  # instead, not in addition
    page.go_back()
    expect_heading(page, "Готово!")
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("button", name="Другой человек")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Готово. Можно сохранить")).to_be_visible()  # what was made of it is not offered anew


def test_who_wants_no_movement_has_none_and_may_look(alive: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(reduced_motion="reduce"), alive.ticket()[0])
    choose(page, small_portrait())
    page.wait_for_timeout(800)
    assert page.evaluate(PLAYING) == 0
    page.locator("#movements [data-do=stop]").click()
    expect(page.locator("#movements [data-do=stop]")).to_have_text("Остановить показ")
    wait_until(page, f"{PLAYING} >= 2")
