"""Authorization codes and tokens: hashed at rest; one that is used twice takes back all that came of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from skill.clock import steady_time
from skill.oauth.authorization_request import AuthorizationRequest
from skill.oauth.base import OAuthDatabase

CODE_SECONDS: Final = 60.0
"""Seconds that a code is good for; the platform comes for its tokens at once."""
ACCESS_SECONDS: Final = 86_400.0
"""Seconds that an access token is good for."""
REFRESH_SECONDS: Final = 180 * 86_400.0
"""Seconds that a refresh token is good for."""
GRACE_SECONDS: Final = 60.0
"""Seconds in which a refresh may be asked for once more: its answer may have been lost."""
_USED_CODE_SECONDS: Final = 86_400.0
"""Seconds for which a used code is known, to see it come again."""
_TURN_SECONDS: Final = 0.3
"""Seconds that a turn of the conversation waits for the database."""
_CACHED: Final = 10_000
"""Access tokens that are known without the database."""

log = structlog.get_logger(__name__)


class InvalidGrantError(Exception):
    """A code or refresh token that gives nothing: unknown, expired, used, of another address or verifier."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A new pair of tokens; at rest there are only their hashes."""

    access: str
    """Names the account in the turns of a conversation."""
    refresh: str
    """Buys the next pair."""
    scope: str
    """As the client asked for it; empty where it did not."""
    seconds: float = ACCESS_SECONDS
    """Seconds that `access` is good for."""


class _KnownToken(NamedTuple):
    """An access token that is there."""

    account: str
    """Whose it is."""
    expires: float
    """Seconds since 1970."""


class TokenStore:
    """Codes, and the tokens that came of them: all tokens of one code are a family, which is taken back as a whole.

    Args:
        database: Where their hashes are.
        clock: Seconds since 1970.
    """

    def __init__(self, database: OAuthDatabase, clock: Callable[[], float] = steady_time) -> None:
        self._database, self._clock = database, clock
        self._cache: dict[bytes, _KnownToken] = {}  # by the access token's hash; for a database that is frozen

    async def issue_code(self, account: str, request: AuthorizationRequest) -> str:
        """A new code for an account, good for a minute and once. Raises sqlite3.Error."""
        code, until = secrets.token_urlsafe(32), self._clock() + CODE_SECONDS
        row = (_hashed(code), account, request.redirect, request.challenge, request.scope, 0, until, until)
        line = "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        await self._database.write(lambda: self._database.run(line, *row))
        return code

    async def exchange(self, code: str, *, redirect: str = "", verifier: str = "") -> TokenPair:
        """Tokens for a code.

        Args:
            code: The code.
            redirect: Compared where the client says it; as only addresses of its list were ever sent to, nothing hangs
                on it (OAuth 2.1 has dropped it).
            verifier: Of PKCE; empty without.

        Raises:
            InvalidGrantError: There are none. A code that comes a second time takes back what the first one gave.
            sqlite3.Error: The database does not answer.
        """
        pair = await self._database.write(lambda: self._exchange(code, redirect, verifier))
        return await self._confirm(pair, "code")

    async def refresh(self, token: str) -> TokenPair:
        """A new pair for a refresh token, which is used up by that; within a minute it may come once more.

        Raises:
            InvalidGrantError: There is none. Where the token comes later, or again, its whole family is taken back.
            sqlite3.Error: The database does not answer.
        """
        pair = await self._database.write(lambda: self._refresh(token))
        return await self._confirm(pair, "refresh")

    async def revoke(self, token: str) -> None:
        """Take back a token and all of its family; of an unknown one there is nothing to take back (RFC 7009 §2.2).
        Raises sqlite3.Error."""
        key = _hashed(token)

        def work() -> int:
            line = "SELECT family FROM access WHERE hash = ? UNION SELECT family FROM refresh WHERE hash = ?"
            return sum(self._revoke_family(family) for (family,) in self._database.rows(line, key, key))

        if await self._database.write(work):
            self._cache.clear()

    async def account_of(self, token: str) -> str | None:
        """The account of an access token; None where it is not valid. Never raises and takes at most 0.3 s: while the
        database does not answer, tokens count that this process has seen valid."""
        key = _hashed(token)
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                known = await self._database.within(lambda: self._find(key))
        except (TimeoutError, sqlite3.Error) as error:
            log.warning("grants_frozen", error=type(error).__name__)
            known = self._cache.get(key)
        else:
            self._update_cache(key, known)
        return known.account if known and known.expires > self._clock() else None

    async def forget(self, account: str) -> int:
        """Forget all codes and tokens of an account; how many families of tokens there were."""

        def work() -> int:
            self._database.run("DELETE FROM codes WHERE account = ?", account)
            return self._database.run("DELETE FROM families WHERE account = ?", account)

        gone = await self._database.write(work)
        self._cache.clear()
        return gone

    async def _confirm(self, pair: TokenPair | None, kind: str) -> TokenPair:
        """The pair, once it is in the cache; outside of the transaction, in which a family may have been taken back."""
        if pair is None:
            self._cache.clear()
            raise InvalidGrantError(kind)
        await self.account_of(pair.access)
        return pair

    def _exchange(self, code: str, redirect: str, verifier: str) -> TokenPair | None:
        key, now = _hashed(code), self._clock()
        line = "SELECT account, redirect, challenge, scope, family, until, expires FROM codes WHERE hash = ?"
        for account, sent, challenge, scope, family, until, expires in self._database.rows(line, key):
            if family:
                if expires > now and self._revoke_family(family):
                    log.warning("code_replayed")
                return None
            if until <= now or (redirect and redirect != sent) or not _verify_challenge(challenge, verifier):
                self._database.run("DELETE FROM codes WHERE hash = ?", key)  # one try
                return None
            added = self._add_family(account, scope)
            line = "UPDATE codes SET family = ?, expires = ? WHERE hash = ?"
            self._database.run(line, added, now + _USED_CODE_SECONDS, key)
            return self._add_pair(added, scope)
        return None

    def _refresh(self, token: str) -> TokenPair | None:
        key, now = _hashed(token), self._clock()
        line = (
            "SELECT family, scope, used, again FROM refresh JOIN families ON id = family WHERE hash = ? AND expires > ?"
        )
        for family, scope, used, again in self._database.rows(line, key, now):
            if used is None:
                self._database.run("UPDATE refresh SET used = ? WHERE hash = ?", now, key)
            elif now - used <= GRACE_SECONDS and not again:
                self._database.run("UPDATE refresh SET again = 1 WHERE hash = ?", key)
            else:
                self._revoke_family(family)
                log.warning("refresh_replayed")
                return None
            return self._add_pair(family, scope)
        return None

    def _add_family(self, account: str, scope: str) -> int:
        self._database.run("INSERT INTO families (account, scope) VALUES (?, ?)", account, scope)
        return int(self._database.rows("SELECT last_insert_rowid()")[0][0])

    def _add_pair(self, family: int, scope: str) -> TokenPair:
        pair, now = TokenPair(secrets.token_urlsafe(32), secrets.token_urlsafe(32), scope), self._clock()
        line = "INSERT INTO access VALUES (?, ?, ?)"
        self._database.run(line, _hashed(pair.access), family, now + ACCESS_SECONDS)
        line = "INSERT INTO refresh (hash, family, expires) VALUES (?, ?, ?)"
        self._database.run(line, _hashed(pair.refresh), family, now + REFRESH_SECONDS)
        return pair

    def _revoke_family(self, family: int) -> int:
        return self._database.run("DELETE FROM families WHERE id = ?", family)

    def _find(self, key: bytes) -> _KnownToken | None:
        line = "SELECT account, expires FROM access JOIN families ON id = family WHERE hash = ?"
        for account, expires in self._database.rows(line, key):
            return _KnownToken(str(account), float(expires))
        return None

    def _update_cache(self, key: bytes, known: _KnownToken | None) -> None:
        self._cache.pop(key, None)
        if known:
            if len(self._cache) >= _CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[key] = known


def _hashed(token: str) -> bytes:
    """The hash by which a token is found: what the time of a search could tell is of the hash, not of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _verify_challenge(challenge: str, verifier: str) -> bool:
    """Whether a verifier fits its challenge (PKCE, S256, RFC 7636 §4.6).

    A verifier without a challenge is somebody else's code (RFC 9700 §2.1.1).
    """
    if not challenge:
        return not verifier
    expected = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(expected, challenge.encode())
