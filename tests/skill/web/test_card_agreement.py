"""The box «Показать картинку в разговоре»: from the page to the platform's stand-in and to a card of the dialog."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from structlog.testing import capture_logs

from skill.app import build_service
from skill.demo_portrait import astronaut
from skill.dialog.cards.picture import HEIGHT, WIDTH
from skill.secrets import path_secrets
from skill.settings import load
from skill.web import app_keys
from skill.web.auth import TICKET_HEADER
from tests.skill.dialog.cards.fake_image_api import SKILL, TOKEN, Platform, platform_server
from tests.skill.dialog.messages import alice, salute
from tests.skill.web.conftest import Open
from weights.store import WeightStore

pytestmark = pytest.mark.asyncio

CARD_BOX = re.compile(r'<input type="?checkbox"? id="?card\b')
POLL = 2.5  # seconds in which the service looks for finished jobs at least once


@dataclass
class Person:
    """Somebody with a phone, who also speaks with the assistant; the service behind both is the real one."""

    client: TestClient[Any, Any]
    hook: str
    messages: int = 0

    async def say(self, text: str) -> dict[str, Any]:
        """One turn in front of a screen; the assistant's answer."""
        body = alice(text, message=self.messages)
        body["session"]["skill_id"], body["state"] = SKILL, {}
        self.messages += 1
        answer = await self.client.post(self.hook, json=body)
        assert answer.status == 200
        response: dict[str, Any] = (await answer.json())["response"]
        return response

    async def ask_for_link(self) -> str:
        """The path of the upload page that the assistant sends."""
        await self.say("оживи фото")
        answer = await self.say("да")
        (link,) = [button["url"] for button in answer["buttons"] if "/u/" in button.get("url", "")]
        return f"/u/{link.rpartition('/')[2]}"

    async def send_photo(self, page: str, **fields: str) -> str:
        """What the page posts; the job's address."""
        form = aiohttp.FormData({"seconds": "2", **fields})
        form.add_field("photo", io.BytesIO(astronaut()), filename="photo.png")
        headers = {TICKET_HEADER: page.removeprefix("/u/")}
        answer = await self.client.post("/api/v1/animations", data=form, headers=headers)
        assert answer.status == 202, await answer.text()
        return answer.headers["Location"]

    async def ask_for_card(self) -> dict[str, Any]:
        """Ask for the clip until its answer has a card: the picture takes a moment to arrive at the platform."""
        async with asyncio.timeout(30):
            while "card" not in (answer := await self.say("готово?")):
                await asyncio.sleep(0.1)
        card: dict[str, Any] = answer["card"]
        return card

    async def wait_for_clip(self, job: str) -> None:
        async with self.client.get(f"{job}/events") as events:
            lines = [line async for line in events.content if line.startswith(b"data: ")]
        assert b'"done"' in lines[-1], lines[-1]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest_asyncio.fixture
async def person(tmp_path: Path, built_weights: WeightStore, platform: Platform) -> AsyncIterator[Person]:
    async with platform_server(platform) as address:
        given = {"alice_images_url": address, "alice_image_token": TOKEN, "alice_skill_id": SKILL}
        settings = load({"data_dir": tmp_path / "data", "long_side": 320, "port": 0, **given})
        async with TestClient(TestServer(build_service(settings))) as client:
            yield Person(client, f"/alice/{path_secrets(settings, 'alice')[0]}")


async def test_a_ticked_box_brings_the_picture_into_the_dialog(person: Person, platform: Platform) -> None:
    page = await person.ask_for_link()
    assert CARD_BOX.search(await (await person.client.get(page)).text())
    job = await person.send_photo(page, card="true")
    await person.wait_for_clip(job)
    card = await person.ask_for_card()
    ((name, picture),) = platform.images.items()
    assert [item["image_id"] for item in card["items"]] == [name]
    assert Image.open(io.BytesIO(picture)).size == (WIDTH, HEIGHT)
    assert (await person.client.delete(job)).status == 204
    assert "card" not in await person.say("готово?")


@pytest.mark.parametrize("fields", [{}, {"card": ""}, {"card": "false"}], ids=["absent", "empty", "false"])
async def test_nothing_goes_out_where_the_box_is_not_ticked(
    person: Person, platform: Platform, fields: dict[str, str]
) -> None:
    job = await person.send_photo(await person.ask_for_link(), **fields)
    await person.wait_for_clip(job)
    await asyncio.sleep(POLL)
    answer = await person.say("готово?")
    assert "отово" in answer["text"] and "card" not in answer
    assert platform.asked == []


async def test_without_the_platform_s_token_the_page_does_not_ask(service: Open) -> None:
    async with service() as s:
        token = (await s.issue(cards=True)).token
        assert not CARD_BOX.search(await (await s.client.get(f"/u/{token}")).text())
        assert (await s.send(token, card="true")).status == 202


async def test_only_users_of_the_assistant_with_cards_are_asked(person: Person) -> None:
    """Salute's users read of an assistant that shows their picture, and agreed to what never came."""
    settings = person.client.app[app_keys.SETTINGS]
    hook = f"/salute/{path_secrets(settings, 'salute')[0]}"
    for number, words in enumerate(("оживи фото", "да")):
        answer = await person.client.post(hook, json=salute(words, message=number))
        assert answer.status == 200
    (link,) = set(re.findall(r"/u/[\w-]{43}", await answer.text()))
    text = await (await person.client.get(link)).text()
    assert re.search(r'id="?gallery\b', text) and not CARD_BOX.search(text)
    agreed = list[str]()

    async def agree(job: str) -> None:
        agreed.append(job)

    person.client.app[app_keys.UPLOAD_HOOKS].agree_to_card = agree
    await person.send_photo(link, card="true")
    await person.send_photo(await person.ask_for_link(), card="true")
    assert len(agreed) == 1


async def test_an_agreement_that_can_t_be_kept_costs_only_the_picture(service: Open) -> None:
    async def fail(job: str) -> None:
        raise OSError(job)

    async with service() as s:
        s.client.app[app_keys.UPLOAD_HOOKS].agree_to_card = fail
        with capture_logs() as lines:
            assert (await s.send((await s.issue(cards=True)).token, card="true")).status == 202
        assert [line["reason"] for line in lines if line["event"] == "card_not_agreed"] == ["OSError"]
