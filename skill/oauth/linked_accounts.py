"""Linked accounts of the dialog's users: both are opaque keys, and so is what joins them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from skill.clock import steady_time
from skill.oauth.base import OAuthDatabase

LINK_SECONDS: Final = 180 * 86_400.0
"""Seconds since a turn last came with the account's token, as long as a refresh token lives."""
_LATEST: Final = 4
"""Accounts of a user; a page that is pushed again makes another one."""


def new_account() -> str:
    """A new account: 256 random bits, all that we ever know of a person."""
    return f"linked-{secrets.token_urlsafe(32)}"


class LinkedAccounts:
    """The links between accounts and users.

    Args:
        database: Where it is written.
        clock: Seconds since 1970.
    """

    def __init__(self, database: OAuthDatabase, clock: Callable[[], float] = steady_time) -> None:
        self._database, self._clock = database, clock

    async def link(self, user: str, account: str) -> None:
        """Link an account to a user, whose turn came with a valid token of it: all of the one is the other's from now
        on."""
        until = self._clock() + LINK_SECONDS
        line = "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?)"
        await self._database.write(lambda: self._database.run(line, user, account, until))

    async def accounts(self, user: str) -> tuple[str, ...]:
        """The accounts of a user, the last one seen first, at most 4."""
        line = "SELECT account FROM pairs WHERE user = ? AND expires > ? ORDER BY expires DESC LIMIT ?"
        rows = await self._database.within(lambda: self._database.rows(line, user, self._clock(), _LATEST))
        return tuple(str(account) for (account,) in rows)

    async def users(self, account: str) -> tuple[str, ...]:
        """The users of an account: one, or none yet."""
        line = "SELECT user FROM pairs WHERE account = ? AND expires > ? ORDER BY expires DESC"
        rows = await self._database.within(lambda: self._database.rows(line, account, self._clock()))
        return tuple(str(user) for (user,) in rows)

    async def forget(self, key: str) -> int:
        """Forget the accounts of a user, or the users of an account; how many links there were."""
        line = "DELETE FROM pairs WHERE user = ? OR account = ?"
        return await self._database.write(lambda: self._database.run(line, key, key))
