"""Authorization codes and tokens: hashed at rest; one that is used twice takes back all that came of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.database.transaction import Transaction, bind
from skill.oauth.authorization_request import AuthorizationRequest

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

_ADD_CODE: Final = """
    INSERT INTO ozhivi_codes (hash, account, redirect, challenge, scope, until, expires)
    VALUES (:key, :account, :redirect, :challenge, :scope, :now + :seconds, :now + :seconds)
"""
_FIND_CODE: Final = """
    SELECT account, redirect, challenge, scope, family, until, expires FROM ozhivi_codes WHERE hash = :key FOR UPDATE
"""
_ADD_FAMILY: Final = "INSERT INTO ozhivi_families (account, scope) VALUES (:account, :scope) RETURNING id"
_FIND_REFRESH: Final = """
    SELECT family, scope, used, again FROM ozhivi_refresh JOIN ozhivi_families ON id = family
    WHERE hash = :key AND expires > :now FOR UPDATE
"""
_FIND_ACCESS: Final = "SELECT account, expires FROM ozhivi_access JOIN ozhivi_families ON id = family WHERE hash = :key"
_REVOKE: Final = """
    DELETE FROM ozhivi_families WHERE id IN (
        SELECT family FROM ozhivi_access WHERE hash = :key UNION SELECT family FROM ozhivi_refresh WHERE hash = :key)
"""

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
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: dict[bytes, _KnownToken] = {}  # by the access token's hash; for a database that is frozen

    async def issue_code(self, account: str, request: AuthorizationRequest) -> str:
        """A new code for an account, good for a minute and once. Raises DatabaseDownError."""
        code = secrets.token_urlsafe(32)
        values = {"key": _hashed(code), "account": account, "redirect": request.redirect}
        values |= {"challenge": request.challenge, "scope": request.scope}
        await self._database.run(_ADD_CODE, seconds=CODE_SECONDS, **values)
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
            DatabaseDownError: The database does not answer.
        """
        pair = await self._database.write(lambda transaction: _exchange(transaction, code, redirect, verifier))
        return await self._confirm(pair, "code")

    async def refresh(self, token: str) -> TokenPair:
        """A new pair for a refresh token, which is used up by that; within a minute it may come once more.

        Raises:
            InvalidGrantError: There is none. Where the token comes later, or again, its whole family is taken back.
            DatabaseDownError: The database does not answer.
        """
        pair = await self._database.write(lambda transaction: _refresh(transaction, token))
        return await self._confirm(pair, "refresh")

    async def revoke(self, token: str) -> None:
        """Take back a token and all of its family; of an unknown one there is nothing to take back (RFC 7009 §2.2).
        Raises DatabaseDownError."""
        if await self._database.run(_REVOKE, key=_hashed(token)):
            self._cache.clear()

    async def account_of(self, token: str) -> str | None:
        """The account of an access token; None where it is not valid. Never raises and takes at most 0.3 s: while the
        database does not answer, tokens count that this process has seen valid."""
        key = _hashed(token)
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                (found,) = await self._database.ask(bind(_FIND_ACCESS, key=key), patience=_TURN_SECONDS)
        except (TimeoutError, DatabaseDownError) as error:
            log.warning("grants_frozen", error=type(error).__name__)
            known = self._cache.get(key)
        else:
            known = _KnownToken(*found[0]) if found else None
            self._update_cache(key, known)
        return known.account if known and known.expires > self._database.now() else None

    async def forget(self, account: str) -> int:
        """Forget all codes and tokens of an account; how many families of tokens there were."""

        _, gone = await self._database.change(
            bind("DELETE FROM ozhivi_codes WHERE account = :account", account=account),
            bind("DELETE FROM ozhivi_families WHERE account = :account", account=account),
        )
        self._cache.clear()
        return gone.number

    async def _confirm(self, pair: TokenPair | None, kind: str) -> TokenPair:
        """The pair, once it is in the cache; outside of the transaction, in which a family may have been taken back."""
        if pair is None:
            self._cache.clear()
            raise InvalidGrantError(kind)
        await self.account_of(pair.access)
        return pair

    def _update_cache(self, key: bytes, known: _KnownToken | None) -> None:
        self._cache.pop(key, None)
        if known:
            if len(self._cache) >= _CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[key] = known


def _exchange(transaction: Transaction, code: str, redirect: str, verifier: str) -> TokenPair | None:
    key, now = _hashed(code), transaction.now
    for account, sent, challenge, scope, family, until, expires in transaction.rows(_FIND_CODE, key=key):
        if family:
            if expires > now and _revoke_family(transaction, family):
                log.warning("code_replayed")
            return None
        if until <= now or (redirect and redirect != sent) or not _verify_challenge(challenge, verifier):
            transaction.run("DELETE FROM ozhivi_codes WHERE hash = :key", key=key)  # one try
            return None
        added = transaction.value(_ADD_FAMILY, account=account, scope=scope)
        line = "UPDATE ozhivi_codes SET family = :family, expires = :now + :seconds WHERE hash = :key"
        transaction.run(line, family=added, seconds=_USED_CODE_SECONDS, key=key)
        return _add_pair(transaction, added, scope)
    return None


def _refresh(transaction: Transaction, token: str) -> TokenPair | None:
    key, now = _hashed(token), transaction.now
    for family, scope, used, again in transaction.rows(_FIND_REFRESH, key=key):
        if used is None:
            transaction.run("UPDATE ozhivi_refresh SET used = :now WHERE hash = :key", key=key)
        elif now - used <= GRACE_SECONDS and not again:
            transaction.run("UPDATE ozhivi_refresh SET again = 1 WHERE hash = :key", key=key)
        else:
            _revoke_family(transaction, family)
            log.warning("refresh_replayed")
            return None
        return _add_pair(transaction, family, scope)
    return None


def _add_pair(transaction: Transaction, family: int, scope: str) -> TokenPair:
    pair = TokenPair(secrets.token_urlsafe(32), secrets.token_urlsafe(32), scope)
    line = "INSERT INTO ozhivi_access VALUES (:key, :family, :now + :seconds)"
    transaction.run(line, key=_hashed(pair.access), family=family, seconds=ACCESS_SECONDS)
    line = "INSERT INTO ozhivi_refresh (hash, family, expires) VALUES (:key, :family, :now + :seconds)"
    transaction.run(line, key=_hashed(pair.refresh), family=family, seconds=REFRESH_SECONDS)
    return pair


def _revoke_family(transaction: Transaction, family: int) -> int:
    return transaction.run("DELETE FROM ozhivi_families WHERE id = :family", family=family)


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
