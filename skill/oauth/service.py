"""Account linking as a whole: what the handlers work with, and what the dialog asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from skill.database.database import Database
from skill.oauth.authorization_request import Client
from skill.oauth.linked_accounts import LinkedAccounts
from skill.oauth.page_state import PageStateCodec
from skill.oauth.rate_limiter import RateLimiter
from skill.oauth.tokens import TokenStore
from skill.settings import Settings


@dataclass(frozen=True, slots=True)
class AccountLinking:
    """The parts of account linking, over one database."""

    client: Client
    """The only client that may ask."""
    page_states: PageStateCodec
    """States of open pages."""
    tokens: TokenStore
    """Codes and tokens."""
    linked_accounts: LinkedAccounts
    """Accounts of the dialog's users."""
    rate_limiter: RateLimiter
    """Limits of pages and of wrong secrets."""

    async def accounts(self, user: str, account: str = "") -> tuple[str, ...]:
        """The accounts of a user of the dialog; their jobs, tickets and wishes are the user's.

        Args:
            user: The dialog's key of whoever speaks.
            account: That of the token which this turn came with; it is the user's from now on. Empty without one.

        Raises:
            DatabaseDownError: The database does not answer.
        """
        known = await self.linked_accounts.accounts(user)
        if account and account not in known[:1]:
            await self.linked_accounts.link(user, account)
            known = (account, *(one for one in known if one != account))
        return known

    async def forget(self, user: str) -> int:
        """Forget a user of the dialog, or an account: its tokens stop working. How many things there were."""
        keys = {user, *await self.linked_accounts.accounts(user)}
        return sum([await self.tokens.forget(key) + await self.linked_accounts.forget(key) for key in sorted(keys)])


LINKING: Final = web.AppKey("linking", AccountLinking)
"""In the application only where account linking is on."""


def oauth_client(settings: Settings) -> Client | None:
    """The client that the settings name; None where account linking is off."""
    if not settings.oauth_client_id or settings.oauth_client_secret is None:
        return None
    return Client(settings.oauth_client_id, settings.oauth_client_secret.get_secret_value(), settings.oauth_redirects)


def build_linking(database: Database, client: Client, identity: str) -> AccountLinking:
    """Account linking.

    Args:
        database: Where codes, tokens and accounts are.
        client: The only client that may ask.
        identity: The service's identity secret.
    """
    secret = identity.encode()
    return AccountLinking(
        client,
        PageStateCodec(secret, database.now),
        TokenStore(database),
        LinkedAccounts(database),
        RateLimiter(database, secret),
    )
