"""Several people at one speaker, over the real queue, tickets and memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.skill.dialog.dialog_fixture import URL, DialogFixture, open_dialog_fixture

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def dialog(tmp_path: Path) -> AsyncIterator[DialogFixture]:
    async with open_dialog_fixture(tmp_path) as opened:
        yield opened


async def test_the_next_person_at_the_speaker_is_asked_first(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    dialog.start_session("evening")
    assert "отправляли" not in (await dialog.say()).text
    assert "Да или нет" in (asked := (await dialog.say("готово?")).text) or "да или нет" in asked
    assert "отово!" not in asked
    assert "на телефоне" in (await dialog.say("да")).text.lower()
    assert "на телефоне" in (await dialog.say("готово?")).text.lower()


async def test_a_shared_screen_needs_the_codes_digits_and_gives_in_to_no_guessing(dialog: DialogFixture) -> None:
    code = await dialog.agree_to_rules()
    digits = code.text.split("код: ")[1][5:7]
    await dialog.upload(code)
    await dialog.finish_job()
    dialog.start_session("tablet", screen=True)
    assert "две последние" in (await dialog.say("готово?")).text
    shown = await dialog.say(digits)
    assert shown.buttons[0].url.startswith(f"{URL}/u/")
    dialog.start_session("stranger", screen=True)
    await dialog.say("готово?")
    wrong = f"{(int(digits) + 1) % 100:02}"
    for _ in range(3):
        assert "ифры" in (await dialog.say(wrong)).text
    assert "отправим" in (await dialog.say(digits)).text.lower()
    dialog.clock.now += 3600
    dialog.start_session("stranger later", screen=True)
    await dialog.say("готово?")
    assert (await dialog.say(digits)).buttons[0].url


async def test_two_at_one_speaker_each_hear_of_their_own(dialog: DialogFixture) -> None:
    granny = await dialog.agree_to_rules()
    dialog.start_session("grandson")
    grandson = await dialog.say("оживи фото")
    await dialog.upload(granny, "of granny")
    dialog.start_session("grandson")
    dialog.number = 1
    assert "не пришло" in (text := (await dialog.say("готово?")).text) or "не вижу" in text
    await dialog.upload(grandson, "of grandson")
    assert "секунд" in (await dialog.say("готово?")).text
