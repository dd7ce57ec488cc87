"""The whole scene with nothing in place of anything: words to the webhook, a phone's browser, a clip, all deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Answer
from skill.dialog.replay.device import Device, build_device
from skill.dialog.replay.script import Mode
from tests.e2e.conftest import Phone, choose, expect_heading, open_page, send
from tests.ports import free_port
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait
from weights.store import WeightStore


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    """One of its own: nobody else's photos lie in its folder."""
    running = ServiceProcess(tmp_path_factory.mktemp("dialog") / "data", long_side="256", port=str(free_port()))
    yield running
    assert running.stop() == 0


@dataclass
class Speaker:
    """Somebody at a device. Each answer is one that the platform takes."""

    service: ServiceProcess
    context: BrowserContext
    device: Device

    def say(self, text: str = "") -> Answer:
        message = self.device.utterance(text)
        secret = (self.service.data / "alice-secret").read_text(encoding="ascii").strip()
        answer = self.context.request.post(f"{self.service.address}/alice/{secret}", data=compact_json(message))
        assert answer.status == 200
        assert self.device.check(answer.body(), message) == ""
        heard = self.device.receive(answer.body())
        assert heard.text
        return heard


def animate_on_page(page: Page) -> str:
    """Send the portrait and watch it come alive; where its clip lies."""
    choose(page, small_portrait())
    send(page)
    expect_heading(page, "Готово!")
    clip = page.locator("#video").get_attribute("src")
    assert clip
    return clip


def media(service: ServiceProcess) -> list[Path]:
    """Photos and clips that are kept."""
    kept = (service.data / "media", service.data / "incoming", service.data / "work")
    return [path for folder in kept for path in folder.rglob("*") if path.is_file()]


def test_on_a_speaker_by_a_code(service: ServiceProcess, phone: Phone) -> None:
    context = phone()
    granny = Speaker(service, context, build_device("alice", Mode()))
    assert "welcome" in granny.say().phrases
    assert not granny.say("оживи фото").code  # first the rules
    invited = granny.say("да")
    assert len(invited.code) == 6 and not invited.buttons
    assert "sil <[" in invited.tts  # said slowly

    page = open_page(context, service.address)
    page.get_by_label("Шесть цифр").fill(invited.code)
    expect_heading(page, "Какую фотографию оживим?")
    clip = animate_on_page(page)

    assert "ready_page" in granny.say("готово?").phrases
    assert context.request.get(f"{service.address}{clip}").status == 200
    again = granny.say("пусть подмигнёт")
    assert "new_wish" in again.phrases
    page.reload()
    expect_heading(page, "Готово!")  # the phone's page leads to the new clip now
    assert page.locator("#video").get_attribute("src") != clip

    assert "?" in granny.say("удали фото").text
    assert media(service)
    granny.say("да")
    assert media(service) == []
    assert context.request.get(f"{service.address}{clip}").status == 404
    assert granny.say("хватит").end


def test_on_a_phone_by_a_link(service: ServiceProcess, phone: Phone) -> None:
    context = phone()
    anna = Speaker(service, context, build_device("alice", Mode(screen=True, signed_in=True)))
    anna.say("оживи фото и пусть улыбнётся")
    invited = anna.say("да")
    assert invited.link.startswith(f"{service.address}/u/")

    page = open_page(context, invited.link)
    clip = animate_on_page(page)
    told = anna.say("готово?")
    assert told.link.startswith(f"{service.address}/u/")
    watched = open_page(context, told.link)
    expect_heading(watched, "Готово!")
    assert watched.locator("#video").evaluate("video => video.loop")
    assert context.request.get(f"{service.address}{clip}").headers["content-type"] == "video/mp4"

    anna.say("удали всё")
    anna.say("да")
    assert media(service) == []
    page.reload()
    assert page.locator("#video").count() == 0 or not page.locator("#video").is_visible()
