"""How fast codes can be guessed, by one network and by many; and that a right code passes whoever guesses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from itertools import count

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from skill import guess_pace
from skill.database.database import Database
from skill.guess_pace import TooManyTriesError, WaitingLine
from skill.ticket_model import UnknownTicketError
from skill.tickets import Tickets
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio

QUARTER, DAY = 900.0, 86_400.0


class Guessers:
    """Strangers, each at an address, who guess as fast as they can, and tickets whose codes they look for."""

    def __init__(self, tickets: Tickets, clock: FakeClock) -> None:
        self.tickets, self.clock = tickets, clock

    async def guess(self, address: str, code: str = "") -> str:
        """What became of a code: "right", "wrong" or "not looked at"."""
        try:
            await self.tickets.token_for_code(code or "x", address)
        except UnknownTicketError:
            return "wrong"
        except TooManyTriesError:
            return "not looked at"
        return "right"

    async def looked_at(self, addresses: Iterable[str], seconds: float) -> int:
        """How many wrong codes are looked at in a time, one after the other as fast as they are taken."""
        until, taken = self.clock.now + seconds, 0
        for address in addresses:
            how = await self.guess(address)
            taken += how == "wrong"
            self.clock.advance(0.5 if how == "not looked at" else 0.01)
            if self.clock.now >= until:
                break
        return taken


@pytest_asyncio.fixture
async def guessers(sqlite: Database, clock: FakeClock) -> Guessers:

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return Guessers(Tickets(sqlite, b"secret", seconds=10 * DAY, sleep=sleep), clock)


def one_after_the_other(addresses: list[str]) -> Iterable[str]:
    return (addresses[number % len(addresses)] for number in count())


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        (["192.0.2.1"], 50),
        ([f"2001:db8:0:1::{number:x}" for number in range(99)], 50),
        ([f"2001:db8:0:{number:x}::1" for number in range(256)], 55),
        ([f"2001:db8:0:{number:x}::1" for number in range(0, 65_536, 97)], 65),
    ],
    ids=["IPv4", "/64", "/56", "/48"],
)
async def test_guesses_of_one_network_in_a_quarter(guessers: Guessers, addresses: list[str], most: int) -> None:
    taken = await guessers.looked_at(one_after_the_other(addresses), QUARTER)
    assert most - 5 <= taken <= most + 1  # docs/service.md says it


async def test_guesses_of_all_networks_in_a_quarter(guessers: Guessers) -> None:
    addresses = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in count())
    assert 400 <= await guessers.looked_at(addresses, QUARTER) <= 60 + 450


async def test_guesses_of_all_networks_in_six_hours(guessers: Guessers) -> None:
    """A day has four times as many, but for the first thousand."""
    addresses = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in count())
    assert 1250 <= await guessers.looked_at(addresses, DAY / 4) <= 1000 + 2160


async def test_a_right_code_passes_whatever_others_at_the_same_address_did(guessers: Guessers) -> None:
    rng = random.Random(1)
    for _ in range(20):
        await guessers.looked_at(one_after_the_other(["192.0.2.1"]), rng.choice((1.0, 30.0, QUARTER)))
        issued = await guessers.tickets.issue("granny")
        before = guessers.clock.now
        assert await guessers.guess("192.0.2.1", issued.code) == "right"
        assert guessers.clock.now - before <= guess_pace.NETWORK_SECONDS


async def test_a_right_code_passes_whatever_many_others_did(guessers: Guessers) -> None:
    addresses = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in count())
    for seconds in (60.0, QUARTER, DAY / 4):
        await guessers.looked_at(addresses, seconds)
        issued = await guessers.tickets.issue("granny")
        before = guessers.clock.now
        assert await guessers.guess("192.0.2.1", issued.code) == "right"
        assert guessers.clock.now - before <= guess_pace.LONG_SECONDS


async def test_guessing_withdraws_nothing(guessers: Guessers) -> None:
    issued = [await guessers.tickets.issue(f"user {number}") for number in range(5)]
    await guessers.looked_at((f"2001:db8:0:{number:x}::1" for number in count()), QUARTER)
    for number, one in enumerate(issued):
        assert await guessers.guess(f"192.0.2.{number}", one.code) == "right"


async def test_right_codes_are_not_slowed_down_by_each_other(guessers: Guessers) -> None:
    before = guessers.clock.now
    for _ in range(200):
        assert await guessers.guess("192.0.2.1", (await guessers.tickets.issue("u")).code) == "right"
    assert guessers.clock.now == before


async def test_honest_mistakes_cost_no_time(guessers: Guessers) -> None:
    before = guessers.clock.now
    for number in range(59):
        assert await guessers.guess(f"192.0.2.{number}") == "wrong"
    assert guessers.clock.now == before


async def test_a_clock_that_goes_back_locks_nobody_out(guessers: Guessers) -> None:
    await guessers.looked_at(one_after_the_other(["192.0.2.1"]), 60)
    guessers.clock.now -= 30 * 3600
    issued = await guessers.tickets.issue("granny")
    assert await guessers.guess("192.0.2.1", issued.code) == "right"


async def test_few_of_one_network_wait_at_a_time() -> None:
    asleep = asyncio.Event()
    line = WaitingLine(sleep=lambda _: asleep.wait())  # type: ignore[arg-type,return-value]

    async def attempt() -> tuple[str, float]:
        return ("token", 0.0) if asleep.is_set() else ("", 5.0)

    with capture_logs() as logged:
        waiting = [asyncio.create_task(line.look_up("n", attempt)) for _ in range(20)]
        elsewhere = asyncio.create_task(line.look_up("m", attempt))
        await asyncio.sleep(0.05)
        asleep.set()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(one) for one in ended].count("token") == guess_pace.MAX_WAITING
    assert await elsewhere == "token"
    assert not line._waiting
    assert [line["event"] for line in logged] == ["codes_guessed"]


async def test_nobody_s_turn_is_spent_for_whoever_left() -> None:
    attempts = 0

    async def attempt() -> tuple[str, float]:
        nonlocal attempts
        attempts += 1
        return "", 1.0

    async def sleep(_: float) -> None:
        pass

    with pytest.raises(TooManyTriesError):
        await WaitingLine(sleep).look_up("n", attempt, wanted=lambda: False)
    assert attempts == 1
