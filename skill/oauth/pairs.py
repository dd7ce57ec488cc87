"""Which linked identities belong to a user of the dialog: both are opaque, and so is what joins them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from skill.oauth.base import Base

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
