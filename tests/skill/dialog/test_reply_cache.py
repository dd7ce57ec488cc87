"""Kept replies: for a quarter of an hour, by whoever made them first, never waited for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from skill.dialog.reply_cache import KEEP, LEASE, Claim, ReplyCache
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio


SECRET = b"s" * 64


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
