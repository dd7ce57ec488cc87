"""How often a household may ask: enough for all phones behind one address, not for a machine."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Final

from skill.oauth.base import Base
from skill.web.household import household

PAGES: Final = 120  # in a quarter of an hour; a mobile network has many people behind one IPv4 address
WRONG_CLIENTS: Final = 20  # the same; whoever has the right secret gets in all the same
_SPAN: Final = 900.0


class CrowdError(Exception):
    """Too many from one household. `seconds`: until the next may come."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many requests, next in {seconds:.0f} s")


class Crowd:
    """Addresses are keyed hashes under `secret`, for a quarter of an hour. `clock`: seconds since 1970."""

    def __init__(self, base: Base, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._base, self._clock = base, clock
        self._secret = hmac.digest(secret, b"ozhivi linking addresses", "sha256")

    async def come(self, what: str, address: str, limit: int) -> None:
        """Count one more. Raises CrowdError where `limit` others came before; that one is not counted."""
        who = hmac.digest(self._secret, f"{what} {household(address)}".encode(), "sha256")
        now = self._clock()

        def work() -> float:
            line = "SELECT expires FROM tries WHERE address = ? AND expires > ? ORDER BY expires DESC LIMIT 1 OFFSET ?"
            for (expires,) in self._base.rows(line, who, now, limit - 1):
                return float(expires) - now
            self._base.run("INSERT INTO tries VALUES (?, ?)", who, now + _SPAN)
            return 0.0

        if seconds := await self._base.write(work):
            raise CrowdError(seconds)
