"""Limits on requests from one network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from skill.database.database import Database
from skill.database.transaction import Transaction
from skill.oauth.rate_limiter import RateLimiter, RateLimitError
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio


async def test_who_asks_too_often_waits(database: Database, clock: FakeClock) -> None:
    rate_limiter = RateLimiter(database, b"secret")
    for _ in range(3):
        await rate_limiter.count("page", "2001:db8::1", 3)
    with pytest.raises(RateLimitError) as caught:
        await rate_limiter.count("page", "2001:db8::2", 3)  # the same network
    assert caught.value.seconds == 900
    await rate_limiter.count("page", "2001:db8:0:1::1", 3)
    await rate_limiter.count("client", "2001:db8::1", 3)
    for number in range(2, 1000):  # a /56 has twice as many, a /48 four times
        try:
            await rate_limiter.count("page", f"2001:db8:0:{number:x}::1", 3)
        except RateLimitError:
            assert number in {4, 259}
            break
    for number in range(2, 1000):
        try:
            await rate_limiter.count("page", f"2001:db8:0:{number:x}00::1", 3)
        except RateLimitError:
            assert number == 8
            break
    clock.advance(900)
    await rate_limiter.count("page", "2001:db8::1", 3)


async def test_who_is_refused_costs_no_look_into_the_file(
    sqlite: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_limiter, looks = RateLimiter(sqlite, b"secret"), list[int]()
    write = sqlite.write

    async def count(work: Callable[[Transaction], float], **options: Any) -> float:
        looks.append(1)
        return await write(work, **options)

    monkeypatch.setattr(sqlite, "write", count)
    refused = list[float]()
    for _ in range(10):
        try:
            await rate_limiter.count("page", "192.0.2.1", 2)
        except RateLimitError as error:
            refused.append(error.seconds)
        clock.advance(10)
    assert refused == [900 - 10 * number for number in range(2, 10)]
    assert len(looks) == 3
    clock.advance(900)
    await rate_limiter.count("page", "192.0.2.1", 2)
