"""Linked accounts of the dialog's users: both are opaque keys, and so is what joins them."""

from __future__ import annotations

import secrets
from typing import Final

from skill.database.database import Database
from skill.database.transaction import upsert

LINK_SECONDS: Final = 180 * 86_400.0
"""Seconds since a turn last came with the account's token, as long as a refresh token lives."""
_LATEST: Final = 4
"""Accounts of a user; a page that is pushed again makes another one."""


def new_account() -> str:
    """A new account: 256 random bits, all that we ever know of a person."""
    return f"linked-{secrets.token_urlsafe(32)}"


_LINK: Final = upsert("ozhivi_pairs", "user, account", expires=":now + :keep")
_ACCOUNTS: Final = """
    SELECT account FROM ozhivi_pairs WHERE "user" = :user AND expires > :now ORDER BY expires DESC LIMIT :most
"""
_USERS: Final = 'SELECT "user" FROM ozhivi_pairs WHERE account = :account AND expires > :now ORDER BY expires DESC'


class LinkedAccounts:
    """The links between accounts and users. Methods raise DatabaseDownError.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(self, user: str, account: str) -> None:
        """Link an account to a user, whose turn came with a valid token of it: all of the one is the other's from now
        on."""
        await self._database.run(_LINK, user=user, account=account, keep=LINK_SECONDS)

    async def accounts(self, user: str) -> tuple[str, ...]:
        """The accounts of a user, the last one seen first, at most 4."""
        rows = await self._database.rows(_ACCOUNTS, user=user, most=_LATEST)
        return tuple(str(account) for (account,) in rows)

    async def users(self, account: str) -> tuple[str, ...]:
        """The users of an account: one, or none yet."""
        rows = await self._database.rows(_USERS, account=account)
        return tuple(str(user) for (user,) in rows)

    async def forget(self, key: str) -> int:
        """Forget the accounts of a user, or the users of an account; how many links there were."""
        return await self._database.run('DELETE FROM ozhivi_pairs WHERE "user" = :key OR account = :key', key=key)
