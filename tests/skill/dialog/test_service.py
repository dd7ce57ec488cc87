"""Whole conversations over the real queue, tickets and memory."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.dialog.memory import PendingWish
from skill.dialog.types import Kind, Surface
from skill.jobs.model import SEVERAL_FACES, JobState, Refusal
from tests.skill.dialog.house import CLIP, URL, Home, Room, home

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def at(tmp_path: Path) -> AsyncIterator[Home]:
    async with home(tmp_path) as opened:
        yield opened


async def test_from_the_first_word_to_the_last_on_a_speaker(at: Home) -> None:
    assert "Здравствуйте" in (await at.say()).text
    assert "не храню" in (await at.say("да")).text
    code = await at.say("да")
    assert "ozhivi.ru" in code.text
    assert "Пока не" in (text := (await at.say("готово?")).text) or "пока не" in text
    assert (await at.say("повтори код")).text.count(code.text.split("код: ")[1][:7]) == 1
    await at.sends(code)
    assert "15 секунд" in (await at.say("готово?")).text
    await at.renders()
    assert "на телефоне" in (await at.say("готово?")).text.lower()
    assert "15 секунд" in (await at.say("пусть улыбнётся")).text
    await at.renders()
    assert "овое видео" in (await at.say("готово?")).text
    assert "Да или нет" in (await at.say("удали фото")).text
    await at.say("да")
    assert await at.works.of("anna") == []
    assert (await at.say("хватит")).end


async def test_the_page_leads_to_the_new_video(at: Home) -> None:
    at.comes("phone", screen=True, signed_in=True)
    link = await at.agrees()
    token = link.buttons[0].url.rpartition("/")[2]
    assert link.buttons[0].url == f"{URL}/u/{token}"
    first = await at.sends(link)
    await at.renders()
    assert (await at.say("готово?")).buttons[0].url == link.buttons[0].url
    await at.say("ещё раз")
    second = await at.renders()
    assert second != first.id
    assert (await at.tickets.get(token)).job == second
    assert (await at.say("готово?")).buttons[0].url == link.buttons[0].url


async def test_a_video_without_a_page_gets_one_that_no_code_opens(at: Home) -> None:
    at.comes("phone", screen=True, signed_in=True)
    await at.agrees()
    job = await at.works.queue.put("anna", "photo", (await at.sends(await at.say("новое фото"))).wish, digest="api")
    await at.renders()
    await at.renders()
    several = await at.say("готово?")
    token = several.buttons[0].url.rpartition("/")[2]
    assert (await at.tickets.get(token)).job == job.id


async def test_announced_once_also_in_a_new_session(at: Home) -> None:
    at.comes("phone", screen=True, signed_in=True)
    await at.sends(await at.agrees())
    await at.renders()
    at.comes("later", screen=True)
    assert "отово" in (await at.say()).text
    at.comes("much later", screen=True)
    assert "Здравствуйте" in (text := (await at.say()).text) or "здравствуйте" in text or "слышать" in text
    assert "это видео" in (text := (await at.say("готово?")).text.lower()) or "уже готово" in text


async def test_a_gesture_waits_for_its_photo(at: Home) -> None:
    await at.say("оживи фото и пусть подмигнёт")
    code = await at.say("да")
    assert (await at.memory.wanted("anna")).gestures == ("wink",)
    at.clock.now += 5
    await at.sends(code)
    at.clock.now += 5
    await at.renders()
    await at.say("готово?")
    await at.say("новое фото")
    assert (await at.memory.wanted("anna")).gestures == ()


async def test_a_gesture_said_after_the_code_is_remembered_too(at: Home) -> None:
    code = await at.agrees()
    await at.say("пусть кивнёт")
    at.clock.now += 5
    assert (await at.memory.wanted("anna")).gestures == ("nod",)
    await at.sends(code)
    assert "секунд" in (await at.say("готово?")).text


async def test_the_page_hears_what_was_wished_before(tmp_path: Path) -> None:
    async with home(tmp_path, Room()) as at:
        await at.agrees()
        await at.say("пусть кивнёт")
        assert (await at.dialog.wished("anna", Wish())).gestures == ("nod",)
        assert (await at.dialog.wished("anna", Wish(gestures=("wink",), face="2"))) == Wish(
            gestures=("wink",), face="2"
        )
        assert await at.dialog.wished("boris", Wish()) == Wish()
        await at.memory.want("anna", PendingWish((), "left", True))
        assert await at.dialog.wished("anna", Wish()) == Wish(motion="idle", face="left")
        with sqlite3.connect(tmp_path / "dialog.db") as other:
            other.execute("DROP TABLE wanted")
        other.close()
        assert await at.dialog.wished("anna", Wish()) == Wish()


async def test_a_used_up_page_is_replaced(at: Home) -> None:
    """The link's time is over, the video's is not."""
    at.comes("phone", screen=True, signed_in=True)
    link = await at.agrees()
    await at.sends(link)
    await at.renders()
    await at.tickets.forget("anna")
    shown = await at.say("готово?")
    assert shown.buttons[0].url.startswith(f"{URL}/u/")
    assert shown.buttons[0].url != link.buttons[0].url
    assert "секунд" in (await at.say("ещё раз")).text


async def test_a_queue_that_is_down_is_no_full_one(at: Home) -> None:
    await at.sends(await at.agrees())
    await at.renders()
    await at.say("готово?")
    at.works.down = True
    assert "минут" in (await at.say("ещё раз")).text


async def test_the_same_wish_twice_is_one_video(at: Home) -> None:
    await at.sends(await at.agrees())
    await at.renders()
    await at.say("готово?")
    await at.say("пусть кивнёт")
    await at.renders()
    await at.say("готово?")
    assert "Готово?" in (text := (await at.say("пусть кивнёт")).text)
    assert "Такое" in text or "такое" in text
    assert len(await at.works.of("anna")) == 2


async def test_a_memory_that_can_not_be_written_does_not_cost_the_turn(at: Home) -> None:
    await at.agrees()
    code = (await at.say("повтори")).text
    with sqlite3.connect(at.folder / "dialog.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")  # somebody else writes
        assert code.split("код: ")[1][:7] in (await at.say("повтори")).text
        other.execute("ROLLBACK")
    other.close()


async def test_what_can_be_done_with_a_photo_that_is_gone(at: Home) -> None:
    job = await at.sends(await at.agrees())
    at.works.gone.add(job.id)
    await at.renders(SEVERAL_FACES)
    assert "нескольк" in (await at.say("готово?")).text
    assert "Отправим?" in (await at.say("левую")).text
    assert "код: " in (await at.say("да")).text
    wanted = await at.memory.wanted("anna")
    assert (wanted.face, wanted.gestures) == ("left", ())


async def test_a_face_is_chosen(at: Home) -> None:
    await at.sends(await at.agrees())
    await at.renders(SEVERAL_FACES)
    await at.say("готово?")
    await at.say("второго слева")
    assert [job.wish.face for job in await at.works.of("anna")] == ["2", None]


async def test_an_adult_taken_for_a_child(tmp_path: Path) -> None:
    async with home(tmp_path, Room()) as at:
        await at.sends(await at.agrees())
        await at.renders(Refusal("child"))
        assert "взрослый" in (await at.say("готово?")).text
        assert "восемнадцать" in (await at.say("это взрослый")).text
        assert "15 секунд" in (await at.say("да")).text
        assert [job.wish.motion for job in await at.works.of("anna")] == ["idle", "nostalgia"]


async def test_a_full_queue_says_when(tmp_path: Path) -> None:
    async with home(tmp_path, limit=1) as at:
        await at.sends(await at.agrees())
        await at.renders()
        await at.say("готово?")
        await at.say("ещё раз")
        await at.works.queue.lease("worker", 60.0)
        await at.works.queue.put("boris", "photo", (await at.works.of("anna"))[0].wish, digest="of boris")
        await at.say("готово?")
        await at.works.queue.finish((await at.works.of("anna"))[0].id, "worker", CLIP)
        await at.say("готово?")
        assert "секунд" in (text := (await at.say("пусть кивнёт")).text)
        assert "желающих" in text or "полна" in text


async def test_deleting_all_forgets_the_consent_too(at: Home) -> None:
    await at.sends(await at.agrees())
    await at.say("удали всё")
    await at.say("да")
    assert await at.works.of("anna") == []
    assert await at.memory.forget("anna") == 0
    assert "не храню" in (await at.say("оживи фото")).text


async def test_a_video_whose_time_is_over(at: Home) -> None:
    job = await at.sends(await at.agrees())
    await at.renders()
    await at.say("готово?")
    at.clock.now += 2 * 86400
    assert [gone.id for gone in await at.works.queue.expired()] == [job.id]
    at.comes("the day after")
    assert "сутки" in (await at.say("готово?")).text


async def test_without_the_platforms_state_the_question_is_known(at: Home) -> None:
    await at.say("оживи фото")
    at.state = {}
    assert "код: " in (await at.say("да")).text


async def test_a_frozen_queue_is_told_and_the_question_stays_open(at: Home) -> None:
    await at.say("оживи фото")
    at.works.thaw.clear()
    assert "минут" in (await at.say("да")).text
    at.works.thaw.set()
    assert "код: " in (await at.say("да")).text
    at.works.thaw.clear()
    assert (await at.say("хватит")).end


async def test_a_move_that_breaks_is_told(at: Home) -> None:
    await at.agrees()
    await at.tickets.close()
    assert "минут" in (await at.say("новое фото")).text or "минут" in (await at.say("код")).text


async def test_the_push_and_the_photo_that_came_by_it(at: Home) -> None:
    at.base = replace(at.base, surface=Surface(linking=True))
    pushed = await at.agrees()
    assert pushed.link_account
    at.clock.now += 60
    await at.works.queue.put("account", "photo", Wish(), digest="pushed")
    linked = await at.say("", kind=Kind.LINKED, account="account", linked=True)
    assert "секунд" in linked.text
    await at.renders()
    assert "отово" in (await at.say("готово?", account="account", linked=True)).text
    assert [job.state for job in await at.works.of("account")] == [JobState.DONE]
