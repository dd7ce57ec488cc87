"""Events of scripts: what they do to the service behind a conversation."""

from __future__ import annotations

import pytest

from skill.dialog.replay.script import Mode, ScriptError
from skill.jobs.model import JobState
from tests.skill.dialog.replay.simulated_user import OWN_PHONE, SCREEN, SPEAKER, SimulatedUser, user_at_rig

pytestmark = pytest.mark.asyncio


async def states(user: SimulatedUser) -> list[JobState]:
    """States of the person's jobs, the newest first."""
    assert user.rig_user is not None
    return [job.state for job in await user.rig_user.jobs()]


@pytest.mark.parametrize(
    ("event", "reason", "state"),
    [("done", "", JobState.DONE), ("refused", "no_face", JobState.REFUSED), ("failed", "", JobState.FAILED)],
)
async def test_a_photo_comes_and_its_job_ends(event: str, reason: str, state: JobState) -> None:
    for mode in (SPEAKER, SCREEN, OWN_PHONE):
        async with user_at_rig(mode) as anna:
            await anna.enter("оживи фото")
            await anna.say("да")
            await anna.send_photo("smile")
            assert await states(anna) == [JobState.WAITING]
            await anna.apply_event("taken")
            assert await states(anna) == [JobState.RUNNING]
            await anna.apply_event(event, reason=reason)
            assert await states(anna) == [state]


async def test_a_photo_by_a_pushed_page() -> None:
    async with user_at_rig(Mode(signed_in=True), linking=True) as anna:
        await anna.apply_event("agreed")
        assert (await anna.enter("оживи фото")).linking
        await anna.apply_event("linked")
        await anna.send_photo()
        assert await states(anna) == [JobState.WAITING]
        assert "just_begun" in (await anna.link_account()).phrases


async def test_what_is_past_its_time_is_taken_away() -> None:
    async with user_at_rig(OWN_PHONE) as anna:
        await anna.enter("оживи фото")
        await anna.say("да")
        await anna.send_photo()
        await anna.apply_event("done")
        assert "ready_screen" in (await anna.say("готово?")).phrases
        await anna.apply_event("later", seconds=2 * 86400.0)
        assert await states(anna) == []
        assert "expired" in (await anna.enter("готово?")).phrases


async def test_clips_that_are_gone_and_pictures_that_are_there() -> None:
    async with user_at_rig(OWN_PHONE) as anna:
        await anna.enter("оживи фото")
        await anna.say("да")
        await anna.send_photo()
        await anna.apply_event("done")
        await anna.apply_event("picture")
        assert (await anna.say("готово?")).card == "ImageGallery"
        await anna.apply_event("gone")
        assert "gone" in (await anna.say("ещё раз")).phrases


async def test_a_full_and_a_busy_queue() -> None:
    async with user_at_rig() as anna:
        assert anna.rig_user is not None
        await anna.apply_event("full")
        await anna.apply_event("full")
        assert (await anna.rig_user.rig.queue.waiting())[0] == 8
        await anna.rig_user.clean_up()
        assert (await anna.rig_user.rig.queue.waiting())[0] == 0
        await anna.apply_event("busy", seconds=300)
        await anna.apply_event("agreed")
        assert "busy" in (await anna.enter("оживи фото")).phrases


async def test_what_breaks_is_mended() -> None:
    async with user_at_rig() as anna:
        await anna.apply_event("agreed")
        await anna.apply_event("breaks", what="tickets")
        assert "failed" in (await anna.enter("оживи фото")).phrases
        await anna.apply_event("mended")
        assert (await anna.say("оживи фото")).code


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("flood", {}, "nothing is called 'flood'"),
        ("photo", {}, "no link or code"),
        ("done", {}, "no job of this person's"),
        ("refused", {}, "needs a reason"),
        ("breaks", {"what": "door"}, "'door' can't break"),
    ],
)
async def test_what_can_not_happen_says_why(name: str, values: dict[str, str], message: str) -> None:
    async with user_at_rig() as anna:
        with pytest.raises(ScriptError, match=message):
            await anna.apply_event(name, **values)
