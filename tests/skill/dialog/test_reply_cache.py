"""Kept replies: for a quarter of an hour, by whoever made them first, never waited for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from skill.dialog.idempotency import SingleFlight
from skill.dialog.reply_cache import KEEP, LEASE, Claim, ReplyCache
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio


SECRET = b"s" * 64


def freeze(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


async def test_a_reply_is_kept_and_forgotten(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "replies.db"
    replies = await ReplyCache.open(path, SECRET, clock)
    assert await replies.claim("a") is Claim.MINE
    replies.keep("a", b"a secret link")
    await replies.close()
    assert path.stat().st_mode & 0o777 == 0o600
    for file in tmp_path.iterdir():
        assert b"secret link" not in file.read_bytes()
    sealed = sqlite3.connect(path)
    ((row,),) = sealed.execute("SELECT body FROM replies").fetchall()
    sealed.close()
    replies = await ReplyCache.open(path, SECRET, clock)
    clock.now += KEEP - 1
    assert await replies.claim("a") == b"a secret link"
    clock.now += 2
    await replies.purge()
    for file in tmp_path.iterdir():
        assert row not in file.read_bytes()
    assert await replies.claim("a") is Claim.MINE
    await replies.close()


async def test_who_died_leaves_the_message_to_others(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "replies.db"
    one, two = await ReplyCache.open(path, SECRET, clock), await ReplyCache.open(path, SECRET, clock)
    assert await one.claim("a") is Claim.MINE
    assert await two.claim("a") is Claim.OTHERS
    clock.now += LEASE + 1
    assert await two.claim("a") is Claim.MINE
    await one.close()
    await two.close()


async def test_a_locked_file_is_not_waited_for_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    replies = await ReplyCache.open(path, SECRET)
    other = freeze(path)
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
    again = await ReplyCache.open(path, SECRET)
    assert await again.claim("a") == b"reply"
    assert len(done) == 1
    await again.close()


async def test_with_another_secret_a_reply_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    replies = await ReplyCache.open(path, SECRET)
    replies.keep("a", b"reply")
    await replies.close()
    other = await ReplyCache.open(path, b"t" * 64)
    assert await other.claim("a") is Claim.MINE
    await other.close()


async def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    path.write_bytes(b"no database at all" * 99)
    replies = await ReplyCache.open(path, SECRET)
    assert await replies.claim("a") is Claim.MINE
    await replies.close()


async def test_memory_forgets_too(tmp_path: Path) -> None:
    clock = FakeClock()
    replies = await ReplyCache.open(tmp_path / "replies.db", SECRET, clock)
    single_flight, made = SingleFlight(replies, clock), []

    async def work() -> bytes:
        made.append(1)
        return b"%d" % len(made)

    assert await single_flight.start("a", work)[0] == b"1"
    clock.now += KEEP + 1
    assert await single_flight.start("a", work)[0] == b"2"
    await single_flight.close()
    await replies.close()
