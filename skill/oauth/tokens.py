"""Codes and tokens: short-lived, single-use, hashed at rest; whoever shows one twice loses all that came of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from skill.oauth.authorization_request import Asked
from skill.oauth.base import Base

CODE_SECONDS: Final = 60.0  # the platform comes for its tokens at once
ACCESS_SECONDS: Final = 86_400.0
REFRESH_SECONDS: Final = 180 * 86_400.0  # since it was last refreshed
GRACE: Final = 60.0  # seconds in which a refresh may be asked for once more: its answer may have been lost
_USED_CODE: Final = 86_400.0  # seconds that a used code is known, to see it come again
_PATIENCE: Final = 0.3  # seconds that a turn of the conversation waits for the file
_REMEMBERED: Final = 10_000

log = structlog.get_logger(__name__)


class GrantError(Exception):
    """A code or refresh token that gives nothing: unknown, expired, used, of another address or verifier."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A new pair, to be told once. `seconds`: that `access` is good for."""

    access: str
    refresh: str
    scope: str
    seconds: float = ACCESS_SECONDS


class Grants:
    """`clock`: seconds since 1970."""

    def __init__(self, base: Base, clock: Callable[[], float] = time.time) -> None:
        self._base, self._clock = base, clock
        self._seen: dict[bytes, tuple[str, float]] = {}  # access token's hash → account, expiry; for a frozen file

    async def code(self, account: str, asked: Asked) -> str:
        """A new code, good for a minute and once."""
        made, until = secrets.token_urlsafe(32), self._clock() + CODE_SECONDS
        row = (_hashed(made), account, asked.redirect, asked.challenge, asked.scope, 0, until, until)
        await self._base.write(lambda: self._base.run("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row))
        return made

    async def exchange(self, code: str, *, redirect: str = "", verifier: str = "") -> Tokens:
        """Tokens for a code. `redirect`: compared where the client says it; as only addresses of its list were ever
        sent to, nothing hangs on it (OAuth 2.1 has dropped it). Raises GrantError; a code that comes a second time
        takes back what the first one gave."""
        tokens = await self._base.write(lambda: self._exchange(code, redirect, verifier))
        return await self._given(tokens, "code")

    async def refresh(self, token: str) -> Tokens:
        """A new pair for a refresh token, which is used up by that; within a minute it may come once more. Raises
        GrantError; when it comes later, or again, the whole family is taken back."""
        tokens = await self._base.write(lambda: self._refresh(token))
        return await self._given(tokens, "refresh")

    async def revoke(self, token: str) -> None:
        """Take back a token and all of its family; of an unknown one there is nothing to take back (RFC 7009 §2.2)."""
        key = _hashed(token)

        def work() -> int:
            line = "SELECT family FROM access WHERE hash = ? UNION SELECT family FROM refresh WHERE hash = ?"
            return sum(self._drop(family) for (family,) in self._base.rows(line, key, key))

        if await self._base.write(work):
            self._seen.clear()

    async def user_of(self, token: str) -> str | None:
        """The account of an access token; None where it is not valid. Never raises and takes at most 0.3 s: while the
        file does not answer, tokens count that this process has seen valid."""
        key = _hashed(token)
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._base.within(lambda: self._account(key))
        except (TimeoutError, sqlite3.Error) as error:
            log.warning("grants_frozen", error=type(error).__name__)
            found = self._seen.get(key)
        else:
            self._remember(key, found)
        return found[0] if found and found[1] > self._clock() else None

    async def forget(self, account: str) -> int:
        """Nothing of the account is left here; how many families of tokens there were."""

        def work() -> int:
            self._base.run("DELETE FROM codes WHERE account = ?", account)
            return self._base.run("DELETE FROM families WHERE account = ?", account)

        gone = await self._base.write(work)
        self._seen.clear()
        return gone

    async def _given(self, tokens: Tokens | None, what: str) -> Tokens:
        """Outside of the transaction, in which a family may have been taken back."""
        if tokens is None:
            self._seen.clear()
            raise GrantError(what)
        await self.user_of(tokens.access)
        return tokens

    def _exchange(self, code: str, redirect: str, verifier: str) -> Tokens | None:
        key, now = _hashed(code), self._clock()
        line = "SELECT account, redirect, challenge, scope, family, until, expires FROM codes WHERE hash = ?"
        for account, sent, challenge, scope, family, until, expires in self._base.rows(line, key):
            if family:
                if expires > now and self._drop(family):
                    log.warning("code_replayed")
                return None
            if until <= now or (redirect and redirect != sent) or not _proven(challenge, verifier):
                self._base.run("DELETE FROM codes WHERE hash = ?", key)  # one try
                return None
            made = self._new_family(account, scope)
            self._base.run("UPDATE codes SET family = ?, expires = ? WHERE hash = ?", made, now + _USED_CODE, key)
            return self._pair(made, scope)
        return None

    def _refresh(self, token: str) -> Tokens | None:
        key, now = _hashed(token), self._clock()
        line = (
            "SELECT family, scope, used, again FROM refresh JOIN families ON id = family WHERE hash = ? AND expires > ?"
        )
        for family, scope, used, again in self._base.rows(line, key, now):
            if used is None:
                self._base.run("UPDATE refresh SET used = ? WHERE hash = ?", now, key)
            elif now - used <= GRACE and not again:
                self._base.run("UPDATE refresh SET again = 1 WHERE hash = ?", key)
            else:
                self._drop(family)
                log.warning("refresh_replayed")
                return None
            return self._pair(family, scope)
        return None

    def _new_family(self, account: str, scope: str) -> int:
        self._base.run("INSERT INTO families (account, scope) VALUES (?, ?)", account, scope)
        return int(self._base.rows("SELECT last_insert_rowid()")[0][0])

    def _pair(self, family: int, scope: str) -> Tokens:
        made, now = Tokens(secrets.token_urlsafe(32), secrets.token_urlsafe(32), scope), self._clock()
        self._base.run("INSERT INTO access VALUES (?, ?, ?)", _hashed(made.access), family, now + ACCESS_SECONDS)
        line = "INSERT INTO refresh (hash, family, expires) VALUES (?, ?, ?)"
        self._base.run(line, _hashed(made.refresh), family, now + REFRESH_SECONDS)
        return made

    def _drop(self, family: int) -> int:
        return self._base.run("DELETE FROM families WHERE id = ?", family)

    def _account(self, key: bytes) -> tuple[str, float] | None:
        line = "SELECT account, expires FROM access JOIN families ON id = family WHERE hash = ?"
        for account, expires in self._base.rows(line, key):
            return str(account), float(expires)
        return None

    def _remember(self, key: bytes, found: tuple[str, float] | None) -> None:
        self._seen.pop(key, None)
        if found:
            if len(self._seen) >= _REMEMBERED:
                del self._seen[next(iter(self._seen))]
            self._seen[key] = found


def _hashed(token: str) -> bytes:
    """Found by it: what a clock could tell is of the hash, not of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _proven(challenge: str, verifier: str) -> bool:
    """PKCE, S256 (RFC 7636 §4.6). A verifier without a challenge is somebody else's code (RFC 9700 §2.1.1)."""
    if not challenge:
        return not verifier
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
