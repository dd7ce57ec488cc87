"""Each message is worked at once, whoever asks, also while the file of the replies is locked."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from skill.database.database import Database
from skill.database.revision import DATABASE_FILE
from skill.dialog.idempotency import SingleFlight, open_single_flight
from skill.dialog.reply_cache import KEEP, Claim, ReplyCache
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio

SECRET = b"s" * 64


def freeze(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


async def test_a_locked_file_is_not_waited_for_and_nothing_is_lost(
    sqlite: Database, clock: FakeClock, tmp_path: Path
) -> None:
    replies = ReplyCache(sqlite, SECRET)
    await sqlite.open()
    other = freeze(tmp_path / DATABASE_FILE)
    done = []

    async def work() -> bytes:
        done.append(1)
        return b"reply"

    single_flight = SingleFlight(replies)
    assert await single_flight.start("a", work)[0] == b"reply"
    assert await single_flight.start("a", work)[0] == b"reply"
    assert await replies.claim("a") == b"reply"  # from memory
    assert await replies.claim("b") is Claim.UNKNOWN
    other.execute("ROLLBACK")
    other.close()
    await single_flight.close()
    await replies.close()
    again = ReplyCache(sqlite, SECRET)
    assert await again.claim("a") == b"reply"
    assert len(done) == 1


async def test_memory_forgets_too(sqlite: Database, clock: FakeClock) -> None:
    replies = ReplyCache(sqlite, SECRET)
    single_flight, made = SingleFlight(replies, clock), []

    async def work() -> bytes:
        made.append(1)
        return b"%d" % len(made)

    assert await single_flight.start("a", work)[0] == b"1"
    await replies.close()  # the reply is in the database
    clock.now += KEEP + 1
    assert await single_flight.start("a", work)[0] == b"2"
    await single_flight.close()
    await replies.close()


async def test_whoever_comes_while_it_is_worked_at_waits_for_the_same(sqlite: Database) -> None:
    begun, go, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> bytes:
        begun.set()
        await go.wait()
        done.append(1)
        return b"reply"

    async with open_single_flight(sqlite, SECRET) as single_flight:
        first = single_flight.start("a", work)
        await begun.wait()
        second = single_flight.start("a", work)
        assert (first.again, second.again) == (False, True)
        go.set()
        assert await first.task == await second.task == b"reply"
    assert done == [1]


async def test_open_work_is_waited_for_at_the_end(sqlite: Database) -> None:
    begun, go, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> bytes:
        begun.set()
        await go.wait()
        done.append(1)
        return b"reply"

    async with open_single_flight(sqlite, SECRET) as single_flight:
        single_flight.start("a", work)
        await begun.wait()
        go.set()
    assert done == [1]
