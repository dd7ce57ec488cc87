"""The person that tests talk with."""

from __future__ import annotations

import pytest

from tests.skill.dialog.replay.simulated_user import OWN_PHONE, SCREEN, on_stage

pytestmark = pytest.mark.asyncio


async def test_from_hello_to_deleted_on_an_own_phone() -> None:
    async with on_stage(OWN_PHONE) as anna:
        assert "welcome" in (await anna.enter()).says
        await anna.press("yes")
        assert (await anna.say("да")).link
        await anna.send_photo("smile")
        assert "working" in (await anna.say("готово?")).says
        await anna.finish_job()
        assert "ready_screen" in (await anna.enter()).says
        assert "ask_delete" in (await anna.press("delete")).says
        assert "deleted" in (await anna.press("Да")).says


async def test_a_refusal_and_a_crash_at_a_speaker() -> None:
    async with on_stage(linking=True) as anna:
        await anna.enter("оживи фото")
        await anna.say("да")
        await anna.say("скажи код")
        await anna.send_photo()
        await anna.finish_job(refused="no_face")
        assert "refused" in (await anna.say("готово?")).says
        await anna.say("да")
        await anna.link()
        await anna.happens("photo")
        await anna.finish_job(failed="crashed")
        assert "broke" in (await anna.say("готово?")).says


async def test_what_is_not_there_can_not_be_pressed() -> None:
    async with on_stage(SCREEN) as anna:
        await anna.enter()
        with pytest.raises(AssertionError, match="no button"):
            await anna.press("delete")


async def test_the_platforms_intents_go_along() -> None:
    async with on_stage(assistant="alice") as anna:
        heard = await anna.say("и что тут", **{"YANDEX.WHAT_CAN_YOU_DO": {"slots": {}}})
        assert "abilities" in heard.says
