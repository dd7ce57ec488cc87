"""All of account linking in one: what the handlers work with, and what the dialog asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from skill.oauth.authorization_request import Client
from skill.oauth.base import Base
from skill.oauth.linked_accounts import Pairs, Passes, RateLimiter
from skill.oauth.tokens import Grants
from skill.settings import Settings

_EVERY: Final = 60.0  # seconds between two sweeps

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Linking:
    """`client`: the only one that may ask. One file behind `grants`, `pairs` and `crowd`."""

    client: Client
    passes: Passes
    grants: Grants
    pairs: Pairs
    crowd: RateLimiter

    async def user_of(self, token: str) -> str | None:
        """The linked identity of an access token, None where it is not valid: for the webhook. Never raises."""
        return await self.grants.user_of(token)

    async def accounts(self, user: str, account: str = "") -> tuple[str, ...]:
        """The linked identities of a user of the dialog; `account`: of the token that this turn came with, it is his
        from now on. Their jobs, tickets and wishes are his. Raises sqlite3.Error."""
        known = await self.pairs.accounts(user)
        if account and account not in known[:1]:
            await self.pairs.join(user, account)
            known = (account, *(one for one in known if one != account))
        return known

    async def forget(self, user: str) -> int:
        """Nothing of a user of the dialog, or of a linked identity, is left: its tokens stop working."""
        whose = {user, *await self.pairs.accounts(user)}
        gone = [await self.grants.forget(one) + await self.pairs.forget(one) for one in sorted(whose)]
        return sum(gone)


LINKING: Final = web.AppKey("linking", Linking)


def client_of(settings: Settings) -> Client | None:
    """None where account linking is off."""
    if not settings.oauth_client_id or settings.oauth_client_secret is None:
        return None
    return Client(settings.oauth_client_id, settings.oauth_client_secret.get_secret_value(), settings.oauth_redirects)


@asynccontextmanager
async def open_linking(
    path: Path | str, client: Client, secrets: Sequence[str], *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Linking]:
    """The file, swept once a minute. `secrets`: of the service. Raises sqlite3.Error, OSError."""
    base, secret = await Base.open(path), secrets[-1].encode()
    linking = Linking(
        client, Passes(secret, clock), Grants(base, clock), Pairs(base, clock), RateLimiter(base, secret, clock)
    )
    sweeping = asyncio.create_task(_sweep(base, clock))
    try:
        yield linking
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        await base.close()


async def _sweep(base: Base, clock: Callable[[], float]) -> None:
    while True:
        try:
            await base.purge(clock())
        except Exception as error:  # noqa: BLE001  (a disk that is full now may not be in a minute)
            log.warning("oauth_not_swept", error=type(error).__name__)
        await asyncio.sleep(_EVERY)
