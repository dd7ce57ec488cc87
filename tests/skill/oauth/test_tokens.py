"""Codes and tokens over a real file and a clock that the test turns."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from skill.oauth.authorization_request import Asked
from skill.oauth.base import Base
from skill.oauth.linked_accounts import CrowdError, Pairs, RateLimiter
from skill.oauth.service import Linking, open_linking
from skill.oauth.tokens import ACCESS_SECONDS, CODE_SECONDS, GRACE, REFRESH_SECONDS, GrantError, Grants
from tests.fake_clock import FakeClock
from tests.skill.oauth.linked import CHALLENGE, CLIENT, REDIRECT, VERIFIER

pytestmark = pytest.mark.asyncio

ASKED = Asked(REDIRECT, "state", "photo")


@asynccontextmanager
async def granting(path: Path | str = ":memory:") -> AsyncIterator[tuple[Grants, FakeClock, Base]]:
    clock, base = FakeClock(), await Base.open(path)
    try:
        yield Grants(base, clock), clock, base
    finally:
        await base.close()


async def test_a_code_gives_tokens_that_name_the_account() -> None:
    async with granting() as (grants, clock, _):
        made = await grants.exchange(await grants.code("linked-a", ASKED), redirect=REDIRECT)
        assert made.scope == "photo"
        assert max(len(made.access), len(made.refresh)) <= 2048
        assert await grants.user_of(made.access) == "linked-a"
        assert await grants.user_of(made.refresh) is None
        assert await grants.user_of("") is None
        clock.now += ACCESS_SECONDS
        assert await grants.user_of(made.access) is None


async def test_a_code_that_comes_twice_takes_all_back() -> None:
    async with granting() as (grants, _, _base):
        code = await grants.code("linked-a", ASKED)
        other = await grants.exchange(await grants.code("linked-b", ASKED))
        made = await grants.exchange(code)
        later = await grants.refresh(made.refresh)
        with pytest.raises(GrantError):
            await grants.exchange(code)
        assert [await grants.user_of(one.access) for one in (made, later, other)] == [None, None, "linked-b"]
        with pytest.raises(GrantError):
            await grants.refresh(later.refresh)


async def test_a_code_of_a_family_that_is_gone_harms_no_other() -> None:
    async with granting() as (grants, _, _base):
        code = await grants.code("linked-a", ASKED)
        await grants.revoke((await grants.exchange(code)).access)
        other = await grants.exchange(await grants.code("linked-b", ASKED))
        with pytest.raises(GrantError):
            await grants.exchange(code)
        assert await grants.user_of(other.access) == "linked-b"


async def test_a_code_is_soon_over() -> None:
    async with granting() as (grants, clock, _):
        code = await grants.code("linked-a", ASKED)
        clock.now += CODE_SECONDS
        with pytest.raises(GrantError):
            await grants.exchange(code)


@pytest.mark.parametrize(
    ("challenge", "redirect", "verifier", "good"),
    [
        (CHALLENGE, REDIRECT, VERIFIER, True),
        (CHALLENGE, "", VERIFIER, True),
        (CHALLENGE, REDIRECT, VERIFIER + "x", False),
        (CHALLENGE, REDIRECT, "", False),
        ("", REDIRECT, VERIFIER, False),
        ("", "https://evil.example", "", False),
    ],
)
async def test_proof_and_address(challenge: str, redirect: str, verifier: str, good: bool) -> None:
    async with granting() as (grants, _, _base):
        code = await grants.code("linked-a", Asked(REDIRECT, challenge=challenge))
        if good:
            assert (await grants.exchange(code, redirect=redirect, verifier=verifier)).access
            return
        with pytest.raises(GrantError):
            await grants.exchange(code, redirect=redirect, verifier=verifier)
        with pytest.raises(GrantError):  # there is one try
            await grants.exchange(code, redirect=REDIRECT, verifier=VERIFIER if challenge else "")


async def test_a_refresh_may_be_asked_for_once_more_when_its_answer_was_lost() -> None:
    async with granting() as (grants, clock, _):
        first = await grants.exchange(await grants.code("linked-a", ASKED))
        await grants.refresh(first.refresh)  # this answer is lost
        clock.now += GRACE
        second = await grants.refresh(first.refresh)
        third = await grants.refresh(second.refresh)
        assert await grants.user_of(third.access) == "linked-a"
        with pytest.raises(GrantError):  # the third time it is a thief
            await grants.refresh(first.refresh)
        assert await grants.user_of(third.access) is None
        with pytest.raises(GrantError):
            await grants.refresh(third.refresh)


async def test_a_refresh_after_its_grace_takes_all_back() -> None:
    async with granting() as (grants, clock, _):
        first = await grants.exchange(await grants.code("linked-a", ASKED))
        second = await grants.refresh(first.refresh)
        clock.now += GRACE + 1
        with pytest.raises(GrantError):
            await grants.refresh(first.refresh)
        assert await grants.user_of(second.access) is None


async def test_of_many_at_the_same_time_two_get_tokens() -> None:
    async with granting() as (grants, _, _base):
        first = await grants.exchange(await grants.code("linked-a", ASKED))
        got = await asyncio.gather(*(grants.refresh(first.refresh) for _ in range(5)), return_exceptions=True)
        assert sum(not isinstance(one, Exception) for one in got) == 2


@pytest.mark.parametrize("which", ["access", "refresh"])
async def test_either_token_takes_its_family_back(which: str) -> None:
    async with granting() as (grants, _, _base):
        made = await grants.exchange(await grants.code("linked-a", ASKED))
        await grants.revoke("unknown")
        assert await grants.user_of(made.access) == "linked-a"
        await grants.revoke(getattr(made, which))
        assert await grants.user_of(made.access) is None
        with pytest.raises(GrantError):
            await grants.refresh(made.refresh)


async def test_the_file_tells_nothing_and_forgets_in_time(tmp_path: Path) -> None:
    path = tmp_path / "oauth.db"
    async with granting(path) as (grants, clock, base):
        assert path.stat().st_mode & 0o777 == 0o600
        code = await grants.code("linked-a", ASKED)
        made = await grants.exchange(code)
        await RateLimiter(base, b"secret", clock).come("page", "192.0.2.7", 5)
        await base.purge(clock.now)
        kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        for secret in (code, made.access, made.refresh, "192.0.2.7"):
            assert secret.encode() not in kept
        assert b"linked-a" in kept
        clock.now += REFRESH_SECONDS
        await base.purge(clock.now)
        assert b"linked-a" not in b"".join(one.read_bytes() for one in tmp_path.iterdir())
        for table in ("families", "codes", "access", "refresh", "tries"):
            assert await base.within(lambda table=table: base.rows(f"SELECT * FROM {table}")) == []


async def test_a_locked_file_does_not_hold_up_a_turn(tmp_path: Path) -> None:
    path = tmp_path / "oauth.db"
    async with granting(path) as (grants, _, base):
        made = await grants.exchange(await grants.code("linked-a", ASKED))
        await base.within(lambda: base.rows("PRAGMA journal_mode=DELETE"))  # in which a writer locks readers out
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE").close()
            assert await grants.user_of(made.access) == "linked-a"
            assert await grants.user_of("never seen") is None
            other.execute("COMMIT").close()


async def test_who_asks_too_often_waits() -> None:
    async with granting() as (_, clock, base):
        crowd = RateLimiter(base, b"secret", clock)
        for _ in range(3):
            await crowd.come("page", "2001:db8::1", 3)
        with pytest.raises(CrowdError) as caught:
            await crowd.come("page", "2001:db8::2", 3)  # the same household
        assert caught.value.seconds == 900
        await crowd.come("page", "2001:db8:0:1::1", 3)
        await crowd.come("client", "2001:db8::1", 3)
        clock.now += 900
        await crowd.come("page", "2001:db8::1", 3)


async def test_a_user_keeps_all_identities_that_came_with_turns(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_linking(tmp_path / "oauth.db", CLIENT, ["new" * 20, "old" * 20], clock=clock) as linking:
        assert await linking.accounts("user-1") == ()
        assert await linking.accounts("user-1", "linked-a") == ("linked-a",)
        clock.now += 1
        assert await linking.accounts("user-1", "linked-b") == ("linked-b", "linked-a")
        assert await linking.accounts("user-1") == ("linked-b", "linked-a")
        assert await linking.pairs.users("linked-a") == ("user-1",)
        assert await linking.accounts("user-2") == ()


async def _token(linking: Linking, account: str) -> str:
    return (await linking.grants.exchange(await linking.grants.code(account, ASKED))).access


async def test_who_wants_to_be_forgotten_is(tmp_path: Path) -> None:
    async with open_linking(tmp_path / "oauth.db", CLIENT, ["old" * 20], clock=FakeClock()) as linking:
        mine, other = await _token(linking, "linked-a"), await _token(linking, "linked-b")
        await linking.accounts("user-1", "linked-a")
        assert await linking.forget("user-1") == 2
        assert await linking.accounts("user-1") == ()
        assert await linking.user_of(mine) is None
        assert await linking.user_of(other) == "linked-b"
        assert isinstance(linking.pairs, Pairs)
