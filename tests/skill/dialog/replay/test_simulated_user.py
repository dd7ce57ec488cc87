"""The person that tests talk with."""

from __future__ import annotations

import pytest

from tests.skill.dialog.replay.simulated_user import OWN_PHONE, SCREEN, user_at_rig

pytestmark = pytest.mark.asyncio


async def test_from_hello_to_deleted_on_an_own_phone() -> None:
    async with user_at_rig(OWN_PHONE) as anna:
        assert "welcome" in (await anna.enter()).phrases
        await anna.press("yes")
        assert (await anna.say("да")).link
        await anna.send_photo("smile")
        assert "just_begun" in (await anna.say("готово?")).phrases
        await anna.finish_job()
        assert "ready_screen" in (await anna.enter()).phrases
        assert "ask_delete" in (await anna.press("delete")).phrases
        assert "deleted" in (await anna.press("Да")).phrases


async def test_a_refusal_and_a_crash_at_a_speaker() -> None:
    async with user_at_rig(linking=True) as anna:
        await anna.enter("оживи фото")
        await anna.say("да")
        await anna.say("скажи код")
        await anna.send_photo()
        await anna.finish_job(refused="no_face")
        assert "refused" in (await anna.say("готово?")).phrases
        await anna.say("да")
        await anna.link_account()
        await anna.apply_event("photo")
        await anna.finish_job(failed="crashed")
        assert "broke" in (await anna.say("готово?")).phrases


async def test_what_is_not_there_can_not_be_pressed() -> None:
    async with user_at_rig(SCREEN) as anna:
        await anna.enter()
        with pytest.raises(AssertionError, match="no button"):
            await anna.press("delete")


async def test_the_platforms_intents_go_along() -> None:
    async with user_at_rig(assistant="alice") as anna:
        answer = await anna.say("и что тут", **{"YANDEX.WHAT_CAN_YOU_DO": {"slots": {}}})
        assert "abilities" in answer.phrases
