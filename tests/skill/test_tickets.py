"""Tickets: how long, how often, for whom; and how hard a code is to guess."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
import pytest_asyncio

from skill.database.database import Database
from skill.guess_pace import FREE_GUESSES
from skill.ticket_model import UnknownTicketError, UsedTicketError
from skill.tickets import MAX_UPLOADS, UPLOAD_SECONDS, Tickets
from tests.fake_clock import FakeClock
from tests.skill.database.databases import sqlite_database

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def tickets(database: Database, clock: FakeClock) -> Tickets:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return Tickets(database, b"secret", seconds=900, sleep=sleep)


def other(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


async def test_a_ticket_knows_whose_it_is(tickets: Tickets, clock: FakeClock) -> None:
    issued = await tickets.issue("granddaughter")
    assert len(base64.urlsafe_b64decode(issued.token + "=")) == 32
    assert issued.expires == clock.now + 900
    assert (await tickets.get(issued.token)).user == "granddaughter"
    assert len(issued.code) == 6
    assert issued.code.isdecimal()


async def test_a_ticket_ends_after_its_time(tickets: Tickets, clock: FakeClock) -> None:
    issued = await tickets.issue("u")
    clock.now += 899
    await tickets.get(issued.token)
    clock.now += 1
    for attempt in (
        tickets.get(issued.token),
        tickets.redeem(issued.token, "d"),
        tickets.token_for_code(issued.code, "1.1.1.1"),
    ):
        with pytest.raises(UnknownTicketError):
            await attempt


async def test_a_withdrawn_ticket_opens_nothing_unless_its_photo_came(tickets: Tickets) -> None:
    waits, came = await tickets.issue("u"), await tickets.issue("u")
    await tickets.redeem(came.token, "d")
    for token in (waits.token, came.token, "x" * 43):
        await tickets.withdraw(token)
    for attempt in (tickets.get(waits.token), tickets.token_for_code(waits.code, "1.1.1.1")):
        with pytest.raises(UnknownTicketError):
            await attempt
    assert (await tickets.get(came.token)).digest == "d"


async def test_a_wrong_token_opens_nothing(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    for wrong in ("", "x" * 43, issued.token[:-1], issued.token + "A", issued.token.swapcase(), "\ud800"):
        with pytest.raises(UnknownTicketError):
            await tickets.get(wrong)


async def test_one_photo_as_often_as_wanted_and_no_other(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    await tickets.redeem(issued.token, "photo")
    await tickets.set_job(issued.token, "job")
    assert (await tickets.redeem(issued.token, "photo")).job == "job"
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "another")
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "another", instead_of="the job before")
    assert (await tickets.redeem(issued.token, "another", instead_of="job")).job == ""
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "photo")


@pytest.mark.parametrize("before", ["", "job"], ids=["the first", "in place of one"])
async def test_of_many_photos_at_once_one_is_taken(tickets: Tickets, before: str) -> None:
    issued = await tickets.issue("u")
    if before:
        await tickets.redeem(issued.token, "photo")
        await tickets.set_job(issued.token, before)
    redemptions = (tickets.redeem(issued.token, f"{number}", instead_of=before) for number in range(20))
    ended = await asyncio.gather(*redemptions, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["Ticket"] + ["UsedTicketError"] * 19


async def test_a_ticket_knows_all_its_jobs(tickets: Tickets) -> None:
    token = (await tickets.issue("u")).token
    assert await tickets.jobs(token) == ()
    await tickets.redeem(token, "photo")
    for job in ("first", "second", "first"):
        await tickets.set_job(token, job)
    assert await tickets.jobs(token) == ("first", "second")
    await tickets.forget_jobs(token)
    assert await tickets.jobs(token) == ()
    with pytest.raises(UnknownTicketError):
        await tickets.jobs("x" * 43)


async def test_after_a_photo_is_deleted_no_job_of_it_comes_and_another_photo_may(
    tickets: Tickets, clock: FakeClock
) -> None:
    token = (await tickets.issue("u")).token
    until = (await tickets.redeem(token, "photo")).until
    await tickets.detach_photo(token)
    with pytest.raises(UnknownTicketError):
        await tickets.set_job(token, "late", digest="photo")
    assert await tickets.jobs(token) == ()
    await tickets.withdraw(token)  # a photo has come with it: its page is open
    clock.now += 60
    assert (await tickets.redeem(token, "another")).until == until  # deleting and sending again makes no more time
    await tickets.set_job(token, "job", digest="another")


async def test_a_page_lives_as_long_as_its_newest_clip(tickets: Tickets, clock: FakeClock) -> None:
    token = (await tickets.issue("u")).token
    await tickets.redeem(token, "photo")
    await tickets.set_job(token, "first")
    clock.now += 80_000
    await tickets.set_job(token, "another wish, late in the day")
    clock.now += 86_000
    assert (await tickets.get(token)).job == "another wish, late in the day"
    clock.now += 401
    with pytest.raises(UnknownTicketError):
        await tickets.get(token)


async def test_a_photo_that_became_no_job_makes_room(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    await tickets.redeem(issued.token, "photo")
    await tickets.release(issued.token, "another")
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "another")
    await tickets.release(issued.token, "photo")
    assert (await tickets.redeem(issued.token, "another")).digest == "another"
    await tickets.set_job(issued.token, "job")
    await tickets.release(issued.token, "another")
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "photo")


async def test_a_ticket_with_its_photo_takes_wishes_for_an_hour_and_leads_there_for_a_day(
    tickets: Tickets, clock: FakeClock
) -> None:
    issued = await tickets.issue("u")
    clock.now += 600
    await tickets.redeem(issued.token, "photo")
    clock.now += 3599
    assert (await tickets.redeem(issued.token, "photo")).digest == "photo"
    clock.now += 2  # the second redemption did not make it longer
    with pytest.raises(UnknownTicketError):
        await tickets.redeem(issued.token, "photo")
    clock.now += 86400 - 3600 - 3
    await tickets.get(issued.token)
    clock.now += 3
    with pytest.raises(UnknownTicketError):
        await tickets.get(issued.token)


async def test_a_photo_that_began_to_come_in_time_is_waited_for(tickets: Tickets, clock: FakeClock) -> None:
    issued = await tickets.issue("u")
    clock.now += 899
    begun = await tickets.begin_upload(issued.token)
    clock.now += 1200  # 3 MB over GPRS
    for attempt in (
        tickets.get(issued.token),
        tickets.begin_upload(issued.token),
        tickets.redeem(issued.token, "photo"),
        tickets.token_for_code(issued.code, "1.1.1.1"),
    ):
        with pytest.raises(UnknownTicketError):
            await attempt
    await tickets.redeem(issued.token, "photo", begun=begun)
    assert (await tickets.get(issued.token)).digest == "photo"


async def test_a_photo_that_never_comes_is_not_waited_for_for_ever(tickets: Tickets, clock: FakeClock) -> None:
    issued = await tickets.issue("u")
    begun = await tickets.begin_upload(issued.token)
    clock.now += UPLOAD_SECONDS
    with pytest.raises(UnknownTicketError):
        await tickets.redeem(issued.token, "photo", begun=begun)


async def test_uploads_are_limited(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    for _ in range(MAX_UPLOADS):
        await tickets.redeem(issued.token, "photo")
    with pytest.raises(UsedTicketError):
        await tickets.redeem(issued.token, "photo")


async def test_a_code_opens_once_and_the_link_stays(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    token = await tickets.token_for_code(issued.code, "1.1.1.1")
    assert token != issued.token
    assert await tickets.get(token) == await tickets.get(issued.token)
    with pytest.raises(UnknownTicketError):
        await tickets.token_for_code(issued.code, "1.1.1.1")


async def test_a_code_is_gone_when_the_photo_has_come(tickets: Tickets) -> None:
    issued = await tickets.issue("u")
    await tickets.redeem(issued.token, "photo")
    with pytest.raises(UnknownTicketError):
        await tickets.token_for_code(issued.code, "1.1.1.1")


async def test_a_code_at_a_time_of_many_guesses(tickets: Tickets) -> None:
    """Codes are exchanged at the pace of skill.guess_pace, whose tests hold it."""
    issued = await tickets.issue("u")
    for _ in range(FREE_GUESSES[0]):
        with pytest.raises(UnknownTicketError):
            await tickets.token_for_code(other(issued.code), "1.1.1.1")
    token = await tickets.token_for_code(issued.code, "1.1.1.1")
    assert (await tickets.get(token)).user == "u"


async def test_nothing_at_rest_opens_or_names(tmp_path: Path, clock: FakeClock) -> None:
    database, other_process = sqlite_database(tmp_path, clock), sqlite_database(tmp_path, clock)
    opened = Tickets(database, b"secret")
    issued = await opened.issue("u")
    with pytest.raises(UnknownTicketError):
        await opened.token_for_code(other(issued.code), "203.0.113.77")
    at_rest = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (issued.token, issued.code, "203.0.113.77"):
        assert secret.encode() not in at_rest
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    again = Tickets(other_process, b"secret")
    assert (await again.get(issued.token)).user == "u"  # another process knows it
    await again.forget("u")
    with pytest.raises(UnknownTicketError):
        await opened.get(issued.token)
    await database.close()
    await other_process.close()
