"""Kept replies: for a quarter of an hour, by whoever made them first, never waited for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from skill.database.database import Database
from skill.dialog.reply_cache import KEEP, LEASE, Claim, ReplyCache
from skill.purge import purge
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio


SECRET = b"s" * 64


async def test_a_reply_is_kept_and_forgotten(database: Database, clock: FakeClock) -> None:
    replies = ReplyCache(database, SECRET)
    assert await replies.claim("a") is Claim.MINE
    replies.keep("a", b"a secret link")
    await replies.close()
    replies = ReplyCache(database, SECRET)
    clock.now += KEEP - 1
    assert await replies.claim("a") == b"a secret link"
    clock.now += 2
    await purge(database)
    assert await database.rows("SELECT count(*) FROM ozhivi_replies") == [(0,)]
    assert await replies.claim("a") is Claim.MINE


async def test_nothing_of_a_reply_is_readable_on_the_disk_or_left_there(
    sqlite: Database, clock: FakeClock, tmp_path: Path
) -> None:
    replies = ReplyCache(sqlite, SECRET)
    replies.keep("a", b"a secret link")
    await replies.close()
    ((sealed,),) = await sqlite.rows("SELECT body FROM ozhivi_replies")
    for file in tmp_path.iterdir():
        assert b"secret link" not in file.read_bytes()
    clock.now += KEEP
    await purge(sqlite)
    for file in tmp_path.iterdir():
        assert sealed not in file.read_bytes()


async def test_who_died_leaves_the_message_to_others(database: Database, clock: FakeClock) -> None:
    one, two = ReplyCache(database, SECRET), ReplyCache(database, SECRET)
    assert await one.claim("a") is Claim.MINE
    assert await two.claim("a") is Claim.OTHERS
    clock.now += LEASE + 1
    assert await two.claim("a") is Claim.MINE


async def test_of_many_that_claim_a_message_at_once_one_has_it(database: Database, clock: FakeClock) -> None:
    replies = [ReplyCache(database, SECRET) for _ in range(4)]
    claims = await asyncio.gather(*(replies[number % 4].claim("a") for number in range(12)))
    assert claims.count(Claim.MINE) == 1 and claims.count(Claim.OTHERS) == 11


async def test_with_another_secret_a_reply_is_made_anew(database: Database, clock: FakeClock) -> None:
    replies = ReplyCache(database, SECRET)
    replies.keep("a", b"reply")
    await replies.close()
    other = ReplyCache(database, b"t" * 64)
    assert await other.claim("a") is Claim.MINE
