"""Whole conversations over the real queue, tickets and memory."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.database.revision import DATABASE_FILE
from skill.dialog.types import Kind, Surface
from skill.dialog.user_record import PendingWish
from skill.jobs.model import CHILD_APPEAL, JobState, Refusal
from tests.skill.dialog.dialog_fixture import CLIP, URL, DialogFixture, open_dialog_fixture

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def dialog(tmp_path: Path) -> AsyncIterator[DialogFixture]:
    async with open_dialog_fixture(tmp_path) as opened:
        yield opened


async def test_from_the_first_word_to_the_last_on_a_speaker(dialog: DialogFixture) -> None:
    assert "Здравствуйте" in (await dialog.say()).text
    assert "не храню" in (await dialog.say("да")).text
    code = await dialog.say("да")
    assert "ozhivi.ru" in code.text
    assert "Пока не" in (text := (await dialog.say("готово?")).text) or "пока не" in text
    assert (await dialog.say("повтори код")).text.count(code.text.split("код: ")[1][:7]) == 1
    await dialog.upload(code)
    assert "секунд 15" in (await dialog.say("готово?")).text
    await dialog.finish_job()
    assert "на телефоне" in (await dialog.say("готово?")).text.lower()
    assert "секунд 15" in (await dialog.say("пусть улыбнётся")).text
    await dialog.finish_job()
    assert "овое видео" in (await dialog.say("готово?")).text
    assert "Да или нет" in (await dialog.say("удали фото")).text
    await dialog.say("да")
    assert await dialog.animations.of("anna") == []
    assert (await dialog.say("хватит")).end


async def test_the_page_leads_to_the_new_video(dialog: DialogFixture) -> None:
    dialog.start_session("phone", screen=True, signed_in=True)
    link = await dialog.agree_to_rules()
    token = link.buttons[0].url.rpartition("/")[2]
    assert link.buttons[0].url == f"{URL}/u/{token}"
    first = await dialog.upload(link)
    await dialog.finish_job()
    assert (await dialog.say("готово?")).buttons[0].url == link.buttons[0].url
    await dialog.say("ещё раз")
    second = await dialog.finish_job()
    assert second != first.id
    assert (await dialog.tickets.get(token)).job == second
    assert (await dialog.say("готово?")).buttons[0].url == link.buttons[0].url


async def test_a_video_without_a_page_gets_one_that_no_code_opens(dialog: DialogFixture) -> None:
    dialog.start_session("phone", screen=True, signed_in=True)
    await dialog.agree_to_rules()
    job = await dialog.animations.queue.put(
        "anna", "photo", (await dialog.upload(await dialog.say("новое фото"))).wish, digest="api"
    )
    await dialog.finish_job()
    await dialog.finish_job()
    several = await dialog.say("готово?")
    token = several.buttons[0].url.rpartition("/")[2]
    assert (await dialog.tickets.get(token)).job == job.id


async def test_announced_once_also_in_a_new_session(dialog: DialogFixture) -> None:
    dialog.start_session("phone", screen=True, signed_in=True)
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    dialog.start_session("later", screen=True)
    assert "отово" in (await dialog.say()).text
    dialog.start_session("much later", screen=True)
    assert "Здравствуйте" in (text := (await dialog.say()).text) or "здравствуйте" in text or "слышать" in text
    assert "это видео" in (text := (await dialog.say("готово?")).text.lower()) or "уже готово" in text


async def test_a_gesture_waits_for_its_photo(dialog: DialogFixture) -> None:
    await dialog.say("оживи фото и пусть подмигнёт")
    code = await dialog.say("да")
    assert (await dialog.memory.pending_wish("anna")).gestures == ("wink",)
    dialog.clock.now += 5
    await dialog.upload(code)
    dialog.clock.now += 5
    await dialog.finish_job()
    await dialog.say("готово?")
    await dialog.say("новое фото")
    assert (await dialog.memory.pending_wish("anna")).gestures == ()


async def test_a_gesture_said_after_the_code_is_remembered_too(dialog: DialogFixture) -> None:
    code = await dialog.agree_to_rules()
    await dialog.say("пусть кивнёт")
    dialog.clock.now += 5
    assert (await dialog.memory.pending_wish("anna")).gestures == ("nod",)
    await dialog.upload(code)
    assert "секунд" in (await dialog.say("готово?")).text


async def test_the_page_hears_what_was_wished_before(tmp_path: Path) -> None:
    async with open_dialog_fixture(tmp_path) as dialog:
        await dialog.agree_to_rules()
        await dialog.say("пусть кивнёт")
        assert (await dialog.service.add_pending_wish("anna", Wish())).gestures == ("nod",)
        assert (await dialog.service.add_pending_wish("anna", Wish(gestures=("wink",), face="2"))) == Wish(
            gestures=("wink",), face="2"
        )
        assert await dialog.service.add_pending_wish("boris", Wish()) == Wish()
        await dialog.memory.save_pending_wish("anna", PendingWish((), "left", True))
        assert await dialog.service.add_pending_wish("anna", Wish()) == Wish(adult=True, face="left")
        with sqlite3.connect(tmp_path / DATABASE_FILE) as other:
            other.execute("DROP TABLE ozhivi_wishes")
        other.close()
        assert await dialog.service.add_pending_wish("anna", Wish()) == Wish()


async def test_a_used_up_page_is_replaced(dialog: DialogFixture) -> None:
    """The link's time is over, the video's is not."""
    dialog.start_session("phone", screen=True, signed_in=True)
    link = await dialog.agree_to_rules()
    await dialog.upload(link)
    await dialog.finish_job()
    await dialog.tickets.forget("anna")
    shown = await dialog.say("готово?")
    assert shown.buttons[0].url.startswith(f"{URL}/u/")
    assert shown.buttons[0].url != link.buttons[0].url
    assert "секунд" in (await dialog.say("ещё раз")).text


async def test_a_queue_that_is_down_is_no_full_one(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    await dialog.say("готово?")
    dialog.animations.down = True
    assert "минут" in (await dialog.say("ещё раз")).text


async def test_the_same_wish_twice_is_one_video(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    await dialog.say("готово?")
    await dialog.say("пусть кивнёт")
    await dialog.finish_job()
    await dialog.say("готово?")
    text = (await dialog.say("пусть кивнёт")).text
    assert "такое" in text.lower() and "ещё раз" in text
    assert len(await dialog.animations.of("anna")) == 2


async def test_a_memory_that_can_not_be_written_does_not_cost_the_turn(dialog: DialogFixture) -> None:
    await dialog.agree_to_rules()
    code = (await dialog.say("повтори")).text
    with sqlite3.connect(dialog.folder / DATABASE_FILE, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")  # somebody else writes
        assert code.split("код: ")[1][:7] in (await dialog.say("повтори")).text
        other.execute("ROLLBACK")
    other.close()


async def test_what_can_be_done_with_a_photo_that_is_gone(dialog: DialogFixture) -> None:
    job = await dialog.upload(await dialog.agree_to_rules())
    dialog.animations.gone.add(job.id)
    await dialog.finish_job(Refusal("several_faces"))
    assert "нескольк" in (await dialog.say("готово?")).text
    assert "Отправим?" in (await dialog.say("левую")).text
    assert "код: " in (await dialog.say("да")).text
    wanted = await dialog.memory.pending_wish("anna")
    assert (wanted.face, wanted.gestures) == ("left", ())


async def test_a_face_is_chosen(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job(Refusal("several_faces"))
    await dialog.say("готово?")
    await dialog.say("второго слева")
    assert [job.wish.face for job in await dialog.animations.of("anna")] == ["2", None]


async def test_an_adult_taken_for_a_child(tmp_path: Path) -> None:
    async with open_dialog_fixture(tmp_path) as dialog:
        await dialog.upload(await dialog.agree_to_rules())
        await dialog.finish_job(CHILD_APPEAL)
        assert "взрослый" in (await dialog.say("готово?")).text
        assert "восемнадцать" in (await dialog.say("это взрослый")).text
        assert "секунд 15" in (await dialog.say("да")).text
        assert [job.wish.adult for job in await dialog.animations.of("anna")] == [True, False]


async def test_a_full_queue_says_when(tmp_path: Path) -> None:
    async with open_dialog_fixture(tmp_path, limit=1) as dialog:
        await dialog.upload(await dialog.agree_to_rules())
        await dialog.finish_job()
        await dialog.say("готово?")
        await dialog.say("ещё раз")
        await dialog.animations.queue.lease("worker", 60.0)
        await dialog.animations.queue.put(
            "boris", "photo", (await dialog.animations.of("anna"))[0].wish, digest="of boris"
        )
        await dialog.say("готово?")
        await dialog.animations.queue.finish((await dialog.animations.of("anna"))[0].id, "worker", CLIP)
        await dialog.say("готово?")
        assert "секунд" in (text := (await dialog.say("пусть кивнёт")).text)
        assert "желающих" in text or "полна" in text


async def test_deleting_all_forgets_the_consent_too(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.say("удали всё")
    await dialog.say("да")
    assert await dialog.animations.of("anna") == []
    assert await dialog.memory.forget("anna") == 0
    assert "не храню" in (await dialog.say("оживи фото")).text


async def test_a_video_whose_time_is_over(dialog: DialogFixture) -> None:
    job = await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    await dialog.say("готово?")
    dialog.clock.now += 2 * 86400
    assert [gone.id for gone in await dialog.animations.queue.delete_expired()] == [job.id]
    dialog.start_session("the day after")
    assert "сутки" in (await dialog.say("готово?")).text


async def test_without_the_platforms_state_the_question_is_known(dialog: DialogFixture) -> None:
    await dialog.say("оживи фото")
    dialog.state = {}
    assert "код: " in (await dialog.say("да")).text


async def test_a_frozen_queue_is_told_and_the_question_stays_open(dialog: DialogFixture) -> None:
    await dialog.say("оживи фото")
    dialog.freeze()
    assert "минут" in (await dialog.say("да")).text
    dialog.thaw()
    assert "код: " in (await dialog.say("да")).text
    dialog.freeze()
    assert (await dialog.say("хватит")).end


async def test_a_move_that_breaks_is_told(dialog: DialogFixture) -> None:
    await dialog.agree_to_rules()
    await dialog.break_tickets()
    assert "минут" in (await dialog.say("новое фото")).text or "минут" in (await dialog.say("код")).text


async def test_the_push_and_the_photo_that_came_by_it(dialog: DialogFixture) -> None:
    dialog.base = replace(dialog.base, surface=Surface(linking=True))
    pushed = await dialog.agree_to_rules()
    assert pushed.link_account
    dialog.clock.now += 60
    await dialog.animations.queue.put("account", "photo", Wish(), digest="pushed")
    linked = await dialog.say("", kind=Kind.LINKED, account="account", linked=True)
    assert "секунд" in linked.text
    await dialog.finish_job()
    assert "отово" in (await dialog.say("готово?", account="account", linked=True)).text
    assert [job.state for job in await dialog.animations.of("account")] == [JobState.DONE]
