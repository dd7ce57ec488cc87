"""Codes and tokens over a real file and a clock that the test turns."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from skill.database.database import Database
from skill.oauth.authorization_request import AuthorizationRequest
from skill.oauth.service import build_linking
from skill.oauth.tokens import (
    ACCESS_SECONDS,
    CODE_SECONDS,
    GRACE_SECONDS,
    REFRESH_SECONDS,
    InvalidGrantError,
    TokenStore,
)
from skill.purge import purge
from tests.fake_clock import FakeClock
from tests.skill.database.databases import sqlite_database
from tests.skill.oauth.linking_fixture import CHALLENGE, CLIENT, REDIRECT, VERIFIER

pytestmark = pytest.mark.asyncio

REQUEST = AuthorizationRequest(REDIRECT, "state", "photo")


@pytest.fixture
def tokens(database: Database, clock: FakeClock) -> TokenStore:
    return TokenStore(database)


async def test_a_code_gives_tokens_that_name_the_account(tokens: TokenStore, clock: FakeClock) -> None:
    pair = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST), redirect=REDIRECT)
    assert pair.scope == "photo"
    assert max(len(pair.access), len(pair.refresh)) <= 2048
    assert await tokens.account_of(pair.access) == "linked-a"
    assert await tokens.account_of(pair.refresh) is None
    assert await tokens.account_of("") is None
    clock.now += ACCESS_SECONDS
    assert await tokens.account_of(pair.access) is None


async def test_a_code_that_comes_twice_takes_all_back(tokens: TokenStore) -> None:
    code = await tokens.issue_code("linked-a", REQUEST)
    other = await tokens.exchange(await tokens.issue_code("linked-b", REQUEST))
    pair = await tokens.exchange(code)
    later = await tokens.refresh(pair.refresh)
    with pytest.raises(InvalidGrantError):
        await tokens.exchange(code)
    assert [await tokens.account_of(one.access) for one in (pair, later, other)] == [None, None, "linked-b"]
    with pytest.raises(InvalidGrantError):
        await tokens.refresh(later.refresh)


async def test_a_code_of_a_family_that_is_gone_harms_no_other(tokens: TokenStore) -> None:
    code = await tokens.issue_code("linked-a", REQUEST)
    await tokens.revoke((await tokens.exchange(code)).access)
    other = await tokens.exchange(await tokens.issue_code("linked-b", REQUEST))
    with pytest.raises(InvalidGrantError):
        await tokens.exchange(code)
    assert await tokens.account_of(other.access) == "linked-b"


async def test_a_code_is_soon_over(tokens: TokenStore, clock: FakeClock) -> None:
    code = await tokens.issue_code("linked-a", REQUEST)
    clock.now += CODE_SECONDS
    with pytest.raises(InvalidGrantError):
        await tokens.exchange(code)


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
async def test_proof_and_address(challenge: str, redirect: str, verifier: str, good: bool, tokens: TokenStore) -> None:
    code = await tokens.issue_code("linked-a", AuthorizationRequest(REDIRECT, challenge=challenge))
    if good:
        assert (await tokens.exchange(code, redirect=redirect, verifier=verifier)).access
        return
    with pytest.raises(InvalidGrantError):
        await tokens.exchange(code, redirect=redirect, verifier=verifier)
    with pytest.raises(InvalidGrantError):  # there is one try
        await tokens.exchange(code, redirect=REDIRECT, verifier=VERIFIER if challenge else "")


async def test_a_refresh_may_be_asked_for_once_more_when_its_answer_was_lost(
    tokens: TokenStore, clock: FakeClock
) -> None:
    first = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST))
    await tokens.refresh(first.refresh)  # this answer is lost
    clock.now += GRACE_SECONDS
    second = await tokens.refresh(first.refresh)
    third = await tokens.refresh(second.refresh)
    assert await tokens.account_of(third.access) == "linked-a"
    with pytest.raises(InvalidGrantError):  # the third time it is a thief
        await tokens.refresh(first.refresh)
    assert await tokens.account_of(third.access) is None
    with pytest.raises(InvalidGrantError):
        await tokens.refresh(third.refresh)


async def test_a_refresh_after_its_grace_takes_all_back(tokens: TokenStore, clock: FakeClock) -> None:
    first = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST))
    second = await tokens.refresh(first.refresh)
    clock.now += GRACE_SECONDS + 1
    with pytest.raises(InvalidGrantError):
        await tokens.refresh(first.refresh)
    assert await tokens.account_of(second.access) is None


async def test_of_many_at_the_same_time_two_get_tokens(tokens: TokenStore) -> None:
    first = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST))
    got = await asyncio.gather(*(tokens.refresh(first.refresh) for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in got) == 2


@pytest.mark.parametrize("which", ["access", "refresh"])
async def test_either_token_takes_its_family_back(which: str, tokens: TokenStore) -> None:
    pair = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST))
    await tokens.revoke("unknown")
    assert await tokens.account_of(pair.access) == "linked-a"
    await tokens.revoke(getattr(pair, which))
    assert await tokens.account_of(pair.access) is None
    with pytest.raises(InvalidGrantError):
        await tokens.refresh(pair.refresh)


async def test_the_file_tells_nothing_and_forgets_in_time(sqlite: Database, clock: FakeClock, tmp_path: Path) -> None:
    linking = build_linking(sqlite, CLIENT, "identity" * 8)
    code = await linking.tokens.issue_code("linked-a", REQUEST)
    pair = await linking.tokens.exchange(code)
    await linking.rate_limiter.count("page", "192.0.2.7", 5)
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for secret in (code, pair.access, pair.refresh, "192.0.2.7"):
        assert secret.encode() not in kept
    assert b"linked-a" in kept
    clock.now += REFRESH_SECONDS
    await purge(sqlite)
    assert b"linked-a" not in b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for table in ("families", "codes", "access", "refresh", "requests"):
        assert await sqlite.rows(f"SELECT * FROM ozhivi_{table}") == []


async def test_a_database_that_does_not_answer_does_not_hold_up_a_turn(clock: FakeClock, tmp_path: Path) -> None:
    database = sqlite_database(tmp_path, clock)
    tokens, thaw = TokenStore(database), threading.Event()
    pair = await tokens.exchange(await tokens.issue_code("linked-a", REQUEST))
    frozen = asyncio.wrap_future(database._lanes[-1].threads.submit(thaw.wait))
    assert await tokens.account_of(pair.access) == "linked-a"
    assert await tokens.account_of("never seen") is None
    thaw.set()
    await frozen
    await database.close()
