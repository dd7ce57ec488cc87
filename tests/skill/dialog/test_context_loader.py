"""Loading the context of a turn: what is found, and what is missing when something is slow or broken."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.database.revision import DATABASE_FILE
from skill.dialog.context_loader import LoadedContext, load_context
from skill.dialog.ports import NoCardPictures
from skill.dialog.state import DialogState, Question
from skill.dialog.types import Surface
from skill.dialog.user_record import JobOrigin
from skill.jobs.model import CHILD_APPEAL, JobState
from tests.skill.dialog.dialog_fixture import DialogFixture, open_dialog_fixture

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def dialog(tmp_path: Path) -> AsyncIterator[DialogFixture]:
    async with open_dialog_fixture(tmp_path) as fixture:
        yield fixture


async def load(dialog: DialogFixture, **fields: object) -> LoadedContext:
    """The context of the next turn."""
    return await load_context(dialog.dependencies, replace(dialog.base, number=9, new=False, **fields))


async def test_nobody_is_known(dialog: DialogFixture) -> None:
    loaded = await load(dialog)
    assert loaded.context == replace(loaded.context, jobs=(), ticket=None, consented=False, expired=False, down=False)
    assert loaded.context.queue_seconds == 0.0
    assert (loaded.jobs, loaded.origins, loaded.invitations) == ({}, {}, ())


async def test_a_ticket_waits_until_its_photo_comes(dialog: DialogFixture) -> None:
    reply = await dialog.agree_to_rules()
    ticket = (await load(dialog)).context.ticket
    assert ticket is not None
    assert ticket.code == "".join(reply.text.split("код: ")[1][:7].split())
    assert ticket.seconds == 900.0
    assert (await load(dialog, session="another")).context.ticket is None  # a speaker is everybody's
    phone = {"session": "another", "signed_in": True, "surface": Surface(screen=True)}
    assert (await load(dialog, **phone)).context.ticket == ticket
    job = await dialog.upload(reply)
    loaded = await load(dialog)
    assert loaded.context.ticket is None
    assert loaded.origins[job.id] == loaded.new_origins[0]
    assert loaded.origins[job.id].session == "morning"


async def test_jobs_with_estimates_ages_and_refusals(dialog: DialogFixture) -> None:
    job = await dialog.upload(await dialog.agree_to_rules())
    dialog.clock.advance(20)
    (known,) = (await load(dialog)).context.jobs
    assert (known.id, known.state, known.seconds, known.age, known.mine) == (job.id, JobState.WAITING, 12.0, 20.0, True)
    await dialog.finish_job(CHILD_APPEAL)
    (known,) = (await load(dialog)).context.jobs
    assert (known.refusal, known.appeal, known.seconds, known.announced) == (CHILD_APPEAL, True, 0.0, False)


async def test_somebody_elses_photo_is_not_spoken_of(dialog: DialogFixture) -> None:
    await dialog.upload(await dialog.agree_to_rules())
    (known,) = (await load(dialog, session="evening")).context.jobs
    assert (known.mine, len(known.digits)) == (False, 2)
    claimed = DialogState(number=8, claimed=(known.id,)).dump()
    assert (await load(dialog, session="evening", state=claimed)).context.own


async def test_takes_that_the_page_asked_for_are_of_the_same_photo(dialog: DialogFixture) -> None:
    """«Ещё раз» on the page, after the first video was spoken of: twice, so that the ticket names only the last."""
    first = await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job()
    await dialog.say("готово?")
    (invitation,) = (await dialog.memory.load("anna", "morning")).invitations
    takes = []
    for seed in (1, 2):
        dialog.clock.advance(60)
        take = await dialog.animations.queue.put("anna", "poster", Wish(seed=seed), digest=f"take {seed}")
        await dialog.tickets.set_job(invitation.token, take.id)
        takes.append(take)
    known = (await load(dialog)).context.jobs
    assert [job.id for job in known] == [takes[1].id, takes[0].id, first.id]
    assert all(job.mine and job.photo == first.id for job in known)
    await dialog.finish_job()
    assert "отово" in (await dialog.say("готово?")).text


async def test_another_photo_by_the_same_link_is_another(dialog: DialogFixture) -> None:
    first = await dialog.upload(await dialog.agree_to_rules())
    await dialog.finish_job(CHILD_APPEAL)
    await dialog.say("готово?")
    (invitation,) = (await dialog.memory.load("anna", "morning")).invitations
    dialog.clock.advance(60)
    await dialog.tickets.redeem(invitation.token, "another photo", instead_of=first.id)
    other = await dialog.animations.queue.put("anna", "another photo", Wish(), digest="another photo")
    await dialog.tickets.set_job(invitation.token, other.id)
    assert [(job.id, job.photo) for job in (await load(dialog)).context.jobs] == [
        (other.id, other.id), (first.id, first.id)
    ]  # fmt: skip


async def test_the_newer_state_counts_and_a_new_session_has_none(dialog: DialogFixture) -> None:
    await dialog.say("оживи фото")
    ours = (await load(dialog, state={})).context.state
    assert (ours.number, ours.question) == (0, Question.CONSENT)
    newer = DialogState(5, Question.SEND)
    assert (await load(dialog, state=newer.dump())).context.state == newer
    turn = replace(dialog.base, new=True, state=newer.dump())
    assert (await load_context(dialog.dependencies, turn)).context.state == DialogState()


async def test_jobs_of_linked_accounts_the_newest_first(dialog: DialogFixture) -> None:
    for user in ("anna", "linked-1"):
        await dialog.animations.queue.put(user, f"photo of {user}", Wish(), digest=user)
        dialog.clock.advance(1)
    loaded = await load(dialog, account="linked-1")
    assert [loaded.jobs[job.id].user for job in loaded.context.jobs] == ["linked-1", "anna"]


async def test_a_video_that_is_gone_is_remembered(dialog: DialogFixture) -> None:
    await dialog.memory.add_origin("anna", JobOrigin("gone", "morning", "gone"))
    assert (await load(dialog)).context.expired


async def test_a_picture_is_for_a_screen(dialog: DialogFixture) -> None:
    class Pictures(NoCardPictures):
        async def picture_id(self, job: str) -> str:
            return f"1030494/{job}"

    dialog.dependencies = replace(dialog.dependencies, card_pictures=Pictures())
    await dialog.upload(await dialog.agree_to_rules())
    job = await dialog.finish_job()
    assert (await load(dialog)).context.jobs[0].picture == ""
    assert (await load(dialog, surface=Surface(screen=True))).context.jobs[0].picture == f"1030494/{job}"


async def test_without_jobs_it_is_down_and_the_state_is_that_of_the_platform(dialog: DialogFixture) -> None:
    dialog.freeze()
    state = DialogState(8, Question.DELETE)
    began = asyncio.get_running_loop().time()
    context = (await load(dialog, state=state.dump())).context
    assert asyncio.get_running_loop().time() - began < 30
    assert (context.down, context.state, context.jobs) == (True, state, ())


async def test_without_a_memory_it_is_down(dialog: DialogFixture) -> None:
    other = sqlite3.connect(dialog.folder / DATABASE_FILE, isolation_level=None)
    other.execute("DROP TABLE ozhivi_consents")
    other.close()
    assert (await load(dialog)).context.down


async def test_without_an_estimate_a_picture_or_a_ticket_less_is_said(dialog: DialogFixture) -> None:
    class Broken(NoCardPictures):
        async def picture_id(self, job: str) -> str:
            raise OSError("the platform is down")

    await dialog.upload(await dialog.agree_to_rules())
    dialog.dependencies = replace(dialog.dependencies, card_pictures=Broken())
    await dialog.break_tickets()
    await dialog.finish_job()
    context = (await load(dialog, surface=Surface(screen=True))).context
    assert not context.down
    assert context.jobs[0].picture == ""
