"""The pace at which codes may be guessed: nobody is locked out, but whoever guesses has to wait.

A wrong code slows down the network that it came from and, above a number that honest people never reach, everybody;
those who guessed most wait longest. A right code takes nobody's turn. The odds are in docs/service.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from skill.database.transaction import Transaction
from skill.rare_log import RareLines

FREE_GUESSES: Final = (5, 10, 20)
"""Wrong codes in a quarter of an hour that cost no time, of an IPv4 address or an IPv6 /64, of a /56, of a /48."""
NETWORK_SECONDS: Final = 20.0
"""Seconds from a wrong code to the next try of a network that has had its free ones."""
FREE_IN_ALL: Final = 60
"""Wrong codes of all networks in a quarter of an hour that cost no time."""
ALL_SECONDS: Final = 2.0
"""Seconds from a wrong code to the next try of whoever has guessed nothing yet, when all have had the free ones; others
wait as much again for each wrong code of theirs."""
LONG_IN_ALL: Final = 1000
"""Wrong codes of all networks in a day, above which ALL_SECONDS become LONG_SECONDS."""
LONG_SECONDS: Final = 10.0
"""As ALL_SECONDS, when somebody has guessed for long."""
QUARTER: Final = 900.0
"""Seconds for which a wrong code slows its network down."""
DAY: Final = 86_400.0
"""Seconds after which a wrong code is forgotten."""

PATIENCE: Final = 25.0
"""Seconds that a code waits for its turn to be looked at."""
MAX_WAITING: Final = 8
"""Codes of one network that wait for their turn at a time."""


class TooManyTriesError(Exception):
    """A code's turn to be looked at does not come soon enough. `seconds`: until another try is worth while."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many wrong codes, next try in {seconds:.0f} s")


class WaitingLine:
    """Codes that wait for their turn to be looked at.

    Args:
        sleep: Waits so many seconds.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._waiting: Counter[str] = Counter()
        self._lines = RareLines()

    async def look_up(
        self,
        network: str,
        attempt: Callable[[], Awaitable[tuple[str, float]]],
        wanted: Callable[[], bool] = lambda: True,
    ) -> str:
        """Look a code up when it is its turn.

        Args:
            network: The smallest network that it comes from.
            attempt: Looks it up, or tells the seconds until its turn.
            wanted: Whether somebody still waits for the answer: else nobody's turn is spent on it.

        Returns:
            What was found; empty for a wrong code.

        Raises:
            TooManyTriesError: Its turn does not come within 25 s, or too many of its network wait.
        """
        if self._waiting[network] >= MAX_WAITING:
            raise TooManyTriesError(NETWORK_SECONDS)
        self._waiting[network] += 1
        waited = 0.0
        try:
            while True:
                found, seconds = await attempt()
                if not seconds:
                    return found
                self._lines.warn("codes_guessed")
                if waited + seconds > PATIENCE:
                    raise TooManyTriesError(seconds)
                await self._sleep(seconds)
                waited += seconds
                if not wanted():
                    raise TooManyTriesError(seconds)
        finally:
            self._waiting[network] -= 1
            if not self._waiting[network]:
                del self._waiting[network]


def waiting_time(transaction: Transaction, networks: Sequence[bytes], everybody: bytes) -> float:
    """Seconds until a code may be looked at.

    Args:
        transaction: One that no other look at a code runs beside.
        networks: The networks of whoever tries, hashed, the smallest first.
        everybody: The network of all.

    Returns:
        The seconds; 0.0 for now.
    """
    waits, now = [0.0], transaction.now
    for network, free in zip(networks, FREE_GUESSES, strict=False):
        if _count(transaction, network, now - QUARTER) >= free:
            waits.append(_left(transaction, network, NETWORK_SECONDS))
    if _count(transaction, everybody, now - QUARTER) >= FREE_IN_ALL:
        long = _count(transaction, everybody, now - DAY) >= LONG_IN_ALL
        own = _count(transaction, networks[0], now - QUARTER)
        waits.append(_left(transaction, everybody, (LONG_SECONDS if long else ALL_SECONDS) * (1 + own)))
    return max(waits)


def note_wrong(transaction: Transaction, networks: Sequence[bytes], everybody: bytes) -> None:
    """Count a wrong code; arguments as of `waiting_time`."""
    for network in (*networks, everybody):
        transaction.run("INSERT INTO ozhivi_guesses VALUES (:network, :now)", network=network)


def _count(transaction: Transaction, network: bytes, since: float) -> int:
    line = "SELECT count(*) FROM ozhivi_guesses WHERE address = :network AND at > :since"
    return int(transaction.value(line, network=network, since=since))


def _left(transaction: Transaction, network: bytes, pace: float) -> float:
    """Seconds until `pace` seconds have passed since the network's last wrong code."""
    # not those of before the clock went back
    line = "SELECT max(at) FROM ozhivi_guesses WHERE address = :network AND at <= :now"
    last = transaction.value(line, network=network)
    return 0.0 if last is None else max(0.0, float(last) + pace - transaction.now)
