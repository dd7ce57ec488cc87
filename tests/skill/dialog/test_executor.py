"""Actions over the real queue, tickets and memory, and what is reported of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from skill.dialog import actions
from skill.dialog.actions import Action, Outcome
from skill.dialog.context_loader import load_context
from skill.dialog.executor import ActionExecutor
from skill.dialog.policy.upload import RULES
from skill.dialog.ports import NoCardPictures
from skill.dialog.user_record import PendingWish
from tests.skill.dialog.dialog_fixture import URL, DialogFixture, open_dialog_fixture

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def dialog(tmp_path: Path) -> AsyncIterator[DialogFixture]:
    async with open_dialog_fixture(tmp_path) as fixture:
        yield fixture


class CountingPictures(NoCardPictures):
    """Card pictures that note what is asked of them."""

    def __init__(self) -> None:
        self.inherited: list[tuple[str, str]] = []
        self.forgotten: list[str] = []

    async def inherit_agreement(self, before: str, job: str) -> None:
        self.inherited.append((before, job))

    async def forget(self, jobs: Sequence[str]) -> None:
        self.forgotten += jobs


async def execute(dialog: DialogFixture, *wanted: Action) -> tuple[Outcome, ...]:
    """The outcomes in a turn of the session."""
    turn = replace(dialog.base, number=9, new=False)
    loaded = await load_context(dialog.dependencies, turn)
    return await ActionExecutor(dialog.dependencies, turn, loaded).execute(wanted)


async def test_a_link_and_a_code(dialog: DialogFixture) -> None:
    (issued,) = await execute(dialog, actions.InviteUpload("code", ("smile",)))
    assert isinstance(issued, actions.InvitationIssued)
    assert issued.seconds == 900.0
    token = await dialog.tickets.token_for_code(issued.code, "192.0.2.1")
    assert (await dialog.tickets.get(token)).user == "anna"
    assert (await dialog.tickets.get(issued.link.removeprefix(f"{URL}/u/"))).user == "anna"
    assert (await dialog.memory.pending_wish("anna")).gestures == ("smile",)


async def test_a_pushed_page_has_neither(dialog: DialogFixture) -> None:
    assert await execute(dialog, actions.InviteUpload("phone")) == (actions.InvitationIssued(seconds=900.0),)
    (invitation,) = (await dialog.memory.load("anna", "morning")).invitations
    assert (invitation.token, invitation.code) == ("", "")


async def test_another_wish_is_another_job_of_the_same_photo(dialog: DialogFixture) -> None:
    pictures = CountingPictures()
    dialog.dependencies = replace(dialog.dependencies, card_pictures=pictures)
    reply = await dialog.agree_to_rules()
    job = await dialog.upload(reply)
    await dialog.finish_job()
    (started,) = await execute(dialog, actions.StartJob(job.id, ("nod",), 3, "left", adult=True))
    assert isinstance(started, actions.JobStarted)
    assert started.seconds == 12.0
    wish = (await dialog.animations.of("anna"))[0].wish
    assert (wish.gestures, wish.seed, wish.face, wish.adult) == (("nod",), 3, "left", True)
    assert (await load_context(dialog.dependencies, dialog.base)).origins[started.job].root == job.id
    assert pictures.inherited == [(job.id, started.job)]


async def test_a_wish_late_in_the_day_has_its_page_as_long_as_its_clip(dialog: DialogFixture) -> None:
    job = await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    (invitation,) = (await dialog.memory.load("anna", "morning")).invitations
    dialog.clock.advance(80_000)
    (started,) = await execute(dialog, actions.StartJob(job.id, ("nod",), 3, None))
    assert isinstance(started, actions.JobStarted)
    dialog.clock.advance(86_000)
    assert (await dialog.tickets.get(invitation.token)).job == started.job
    assert (await dialog.memory.load("anna", "morning")).invitations == (invitation,)


async def test_a_photo_that_is_gone_leaves_its_wish(dialog: DialogFixture) -> None:
    job = await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    dialog.animations.gone.add(job.id)
    assert await execute(dialog, actions.StartJob(job.id, ("nod",), 0, "left", adult=True)) == (actions.PhotoGone(),)
    pending = await dialog.memory.pending_wish("anna")
    assert pending == PendingWish(("nod",), "left", True, pending.at)


async def test_after_a_failure_the_rest_is_not_tried(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    job = await dialog.finish_job()
    dialog.animations.down = True
    assert await execute(dialog, actions.StartJob(job, (), 1), actions.RecordConsent(7)) == (
        actions.ActionFailed(), actions.ActionFailed(),
    )  # fmt: skip
    assert (await dialog.memory.load("anna", "morning")).consent == RULES


async def test_what_is_unknown_fails_and_raises_nothing(dialog: DialogFixture) -> None:
    assert await execute(dialog, actions.ShareResult("unknown")) == (actions.ActionFailed(),)


async def test_notes_in_the_memory(dialog: DialogFixture) -> None:
    done = await execute(
        dialog,
        actions.RecordConsent(2),
        actions.RememberGestures(("wink",)),
        actions.CountWrongDigits(),
        actions.MarkAnnounced(("job-1",)),
    )
    assert done == (actions.Completed(),) * 4
    record = await dialog.memory.load("anna", "morning")
    assert (record.consent, record.pending_wish.gestures, record.wrong_digits) == (2, ("wink",), 1)
    assert record.jobs["job-1"].announced


async def test_a_photo_is_deleted_with_its_pictures(dialog: DialogFixture) -> None:
    pictures = CountingPictures()
    dialog.dependencies = replace(dialog.dependencies, card_pictures=pictures)
    job = await dialog.upload(await dialog.agree_to_rules())
    assert await execute(dialog, actions.DeletePhoto((job.id, "unknown"))) == (actions.PhotosDeleted(1),)
    assert await dialog.animations.of("anna") == []
    assert pictures.forgotten == [job.id, "unknown"]


async def test_everything_of_a_user_is_deleted_also_of_linked_accounts(dialog: DialogFixture) -> None:
    async def linked_accounts(_user: str, _account: str) -> tuple[str, ...]:
        return ("linked-1",)

    dialog.dependencies = replace(dialog.dependencies, linked_accounts=linked_accounts)
    await dialog.upload(await dialog.agree_to_rules())
    await dialog.memory.record_consent("linked-1", 1)
    assert await execute(dialog, actions.ForgetUser()) == (actions.PhotosDeleted(1),)
    assert await dialog.animations.of("anna") == []
    for user in ("anna", "linked-1"):
        assert (await dialog.memory.load(user, "morning")).consent == 0
