"""Several people at one speaker, over the real queue, tickets and memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.skill.dialog.house import URL, Home, home

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def at(tmp_path: Path) -> AsyncIterator[Home]:
    async with home(tmp_path) as opened:
        yield opened


async def test_the_next_person_at_the_speaker_is_asked_first(at: Home) -> None:
    await at.sends(await at.agrees())
    await at.renders()
    at.comes("evening")
    assert "отправляли" not in (await at.say()).text
    assert "Да или нет" in (asked := (await at.say("готово?")).text) or "да или нет" in asked
    assert "отово!" not in asked
    assert "на телефоне" in (await at.say("да")).text.lower()
    assert "на телефоне" in (await at.say("готово?")).text.lower()


async def test_a_shared_screen_needs_the_codes_digits_and_gives_in_to_no_guessing(at: Home) -> None:
    code = await at.agrees()
    digits = code.text.split("код: ")[1][5:7]
    await at.sends(code)
    await at.renders()
    at.comes("tablet", screen=True)
    assert "две последние" in (await at.say("готово?")).text
    shown = await at.say(digits)
    assert shown.buttons[0].url.startswith(f"{URL}/u/")
    at.comes("stranger", screen=True)
    await at.say("готово?")
    wrong = f"{(int(digits) + 1) % 100:02}"
    for _ in range(3):
        assert "ифры" in (await at.say(wrong)).text
    assert "отправим" in (await at.say(digits)).text.lower()
    at.clock.now += 3600
    at.comes("stranger later", screen=True)
    await at.say("готово?")
    assert (await at.say(digits)).buttons[0].url


async def test_two_at_one_speaker_each_hear_of_their_own(at: Home) -> None:
    granny = await at.agrees()
    at.comes("grandson")
    grandson = await at.say("оживи фото")
    await at.sends(granny, "of granny")
    at.comes("grandson")
    at.said = 1
    assert "не пришло" in (text := (await at.say("готово?")).text) or "не вижу" in text
    await at.sends(grandson, "of grandson")
    assert "секунд" in (await at.say("готово?")).text
