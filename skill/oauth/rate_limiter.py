"""A limit on requests from one network, counted by keyed hashes of addresses."""

from __future__ import annotations

import hmac
from typing import Final

from skill.client_network import client_networks
from skill.database.database import Database
from skill.database.transaction import Transaction

MAX_PAGES: Final = 120
"""Linking pages in a quarter of an hour; a mobile network has many people behind one IPv4 address."""
MAX_WRONG_CLIENTS: Final = 20
"""Requests with a wrong client secret in a quarter of an hour; whoever has the right one is never held up."""
_SPAN: Final = 900.0
"""Seconds for which a request counts."""
_MOST_REFUSED: Final = 4096
"""Networks that are known to be refused; when there are more, the database is asked again."""


_FULL: Final = """
    SELECT expires FROM ozhivi_requests WHERE address = :network AND expires > :now
    ORDER BY expires DESC LIMIT 1 OFFSET :last
"""
_COUNT: Final = "INSERT INTO ozhivi_requests VALUES (:network, :now + :span)"


class RateLimitError(Exception):
    """Too many requests from one network. `seconds`: until the next may come."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many requests, next in {seconds:.0f} s")


class RateLimiter:
    """Counts requests of the last quarter of an hour.

    Args:
        database: Where they are counted.
        secret: Of the service; at rest addresses are hashes under it.
    """

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = hmac.digest(secret, b"ozhivi linking addresses", "sha256")
        self._refused: dict[tuple[str, str], float] = {}  # kind and network → until when it is refused

    async def count(self, kind: str, address: str, limit: int) -> None:
        """Count one more request.

        Args:
            kind: Each is counted for itself.
            address: IP address that it comes from.
            limit: Requests of this kind that an IPv4 address or an IPv6 /64 may make; a /56 may make twice as many, a
                /48 four times.

        Raises:
            RateLimitError: There were as many before; this one is not counted.
            DatabaseDownError: The database does not answer.
        """
        smallest = kind, client_networks(address)[0]
        now = self._database.now()
        if (seconds := self._refused.get(smallest, now) - now) > 0:  # without asking the database
            raise RateLimitError(seconds)
        networks = [
            hmac.digest(self._secret, f"{kind} {network}".encode(), "sha256") for network in client_networks(address)
        ]

        def work(transaction: Transaction) -> float:
            for level, network in enumerate(networks):
                last = limit * 2**level - 1
                expires = transaction.value(_FULL, network=network, last=last)
                if expires is not None:
                    return float(expires) - transaction.now
            for network in networks:
                transaction.run(_COUNT, network=network, span=_SPAN)
            return 0.0

        # networks overlap: their counts are one
        if seconds := await self._database.write(work, alone="requests", durable=False):
            if len(self._refused) >= _MOST_REFUSED:
                self._refused.clear()
            self._refused[smallest] = now + min(seconds, _SPAN)
            raise RateLimitError(seconds)
