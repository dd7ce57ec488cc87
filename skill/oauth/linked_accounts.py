"""Which linked identities belong to a user of the dialog: both are opaque, and so is what joins them."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from skill.dialog.sealed import Seal
from skill.oauth.authorization_request import Asked
from skill.oauth.base import Base
from skill.tickets import client_network

SECONDS: Final = 3600.0  # that a page may stay open: a video may be watched before one goes back
_LONG: Final = 16_384


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that is open somewhere. `account`: a new identity, nobody's yet."""

    account: str
    asked: Asked


def new_account() -> str:
    """256 random bits: all that we ever know of a person."""
    return f"linked-{secrets.token_urlsafe(32)}"


class Passes:
    """Visits as text for a form, unreadable and unforgeable without the service's `secret`."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._seal, self._clock = Seal(hmac.digest(secret, b"ozhivi linking page", "sha256")), clock

    def write(self, visit: Visit) -> str:
        body = json.dumps([visit.account, self._clock() + SECONDS, asdict(visit.asked)])
        return base64.urlsafe_b64encode(self._seal.close(body)).decode()

    def read(self, text: str) -> Visit | None:
        """None where it is not ours or its time is over."""
        try:
            sealed = base64.b64decode(text[:_LONG].encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body = self._seal.open(sealed)
        if body is None:
            return None
        account, until, asked = json.loads(body)
        return Visit(account, Asked(**asked)) if until > self._clock() else None


PAGES: Final = 120  # in a quarter of an hour; a mobile network has many people behind one IPv4 address
WRONG_CLIENTS: Final = 20  # the same; whoever has the right secret gets in all the same
_SPAN: Final = 900.0


class CrowdError(Exception):
    """Too many from one household. `seconds`: until the next may come."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many requests, next in {seconds:.0f} s")


class RateLimiter:
    """Addresses are keyed hashes under `secret`, for a quarter of an hour. `clock`: seconds since 1970."""

    def __init__(self, base: Base, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._base, self._clock = base, clock
        self._secret = hmac.digest(secret, b"ozhivi linking addresses", "sha256")

    async def come(self, what: str, address: str, limit: int) -> None:
        """Count one more. Raises CrowdError where `limit` others came before; that one is not counted."""
        who = hmac.digest(self._secret, f"{what} {client_network(address)}".encode(), "sha256")
        now = self._clock()

        def work() -> float:
            line = "SELECT expires FROM tries WHERE address = ? AND expires > ? ORDER BY expires DESC LIMIT 1 OFFSET ?"
            for (expires,) in self._base.rows(line, who, now, limit - 1):
                return float(expires) - now
            self._base.run("INSERT INTO tries VALUES (?, ?)", who, now + _SPAN)
            return 0.0

        if seconds := await self._base.write(work):
            raise CrowdError(seconds)


PAIR_SECONDS: Final = 180 * 86_400.0  # since a turn last came with its token, as long as a refresh token lives
_LATEST: Final = 4  # identities of a user; a page that is pushed again makes another one


class Pairs:
    """`clock`: seconds since 1970."""

    def __init__(self, base: Base, clock: Callable[[], float] = time.time) -> None:
        self._base, self._clock = base, clock

    async def join(self, user: str, account: str) -> None:
        """A turn of `user` came with a valid token of `account`: what is the one's is the other's from now on."""
        until = self._clock() + PAIR_SECONDS
        line = "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?)"
        await self._base.write(lambda: self._base.run(line, user, account, until))

    async def accounts(self, user: str) -> tuple[str, ...]:
        """The linked identities of a user, the last one seen first, at most 4."""
        line = "SELECT account FROM pairs WHERE user = ? AND expires > ? ORDER BY expires DESC LIMIT ?"
        rows = await self._base.within(lambda: self._base.rows(line, user, self._clock(), _LATEST))
        return tuple(str(account) for (account,) in rows)

    async def users(self, account: str) -> tuple[str, ...]:
        """Whose identity it is: one user, or nobody's yet."""
        line = "SELECT user FROM pairs WHERE account = ? AND expires > ? ORDER BY expires DESC"
        rows = await self._base.within(lambda: self._base.rows(line, account, self._clock()))
        return tuple(str(user) for (user,) in rows)

    async def forget(self, who: str) -> int:
        """Nothing is known of a user's identities, or of an identity's user; how many pairs there were."""
        line = "DELETE FROM pairs WHERE user = ? OR account = ?"
        return await self._base.write(lambda: self._base.run(line, who, who))
