"""POST /oauth/token and /oauth/revoke, for the assistant's server, as RFC 6749 and RFC 7009 say."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_plus

import structlog
from aiohttp import web

from skill.database.errors import DatabaseDownError
from skill.oauth.authorization_request import Client, parse_parameters
from skill.oauth.rate_limiter import MAX_WRONG_CLIENTS, RateLimitError
from skill.oauth.service import LINKING, AccountLinking
from skill.oauth.tokens import InvalidGrantError, TokenPair
from skill.web.app_keys import CLIENT_ADDRESSES

_TIMEOUT: Final = 4.0
"""Seconds for an answer; the platform waits 5, and asks once more."""
_FORM: Final = "application/x-www-form-urlencoded"
_NO_STORE: Final = MappingProxyType({"Cache-Control": "no-store", "Pragma": "no-cache"})

_Respond = Callable[[AccountLinking, Mapping[str, str]], Awaitable[web.Response]]
"""(account linking, form of an authenticated client) → response; raises _TokenError."""

log = structlog.get_logger(__name__)


class _TokenError(Exception):
    """An error of RFC 6749 §5.2, with a description in English for the client's developer."""

    def __init__(self, error: str, description: str, status: int = HTTPStatus.BAD_REQUEST, **headers: str) -> None:
        self.error, self.description, self.status = error, description, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(error)


async def token(request: web.Request) -> web.Response:
    """POST /oauth/token: a code or a refresh token → a new pair."""
    return await _respond(request, _issue)


async def revoke(request: web.Request) -> web.Response:
    """POST /oauth/revoke: a token of either kind stops working, with all of its family. 200 also where it was
    unknown."""
    return await _respond(request, _revoke)


def routes() -> list[web.RouteDef]:
    """The routes of both endpoints."""
    return [web.post("/oauth/token", token), web.post("/oauth/revoke", revoke)]


async def _respond(request: web.Request, respond: _Respond) -> web.Response:
    """Answer an authenticated client within 4 s, whatever the database does; errors are JSON."""
    linking = request.app[LINKING]
    try:
        async with asyncio.timeout(_TIMEOUT):
            form = await _read_form(request)
            await _authenticate(request, linking, form)
            return await respond(linking, form)
    except _TokenError as error:
        body = {"error": error.error, "error_description": error.description}
        return web.json_response(body, status=error.status, headers={**_NO_STORE, **error.headers})
    except (TimeoutError, DatabaseDownError) as error:
        log.warning("grants_down", error=type(error).__name__)
        body = {"error": "temporarily_unavailable", "error_description": "try again"}
        headers = {**_NO_STORE, "Retry-After": "1"}
        return web.json_response(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


async def _issue(linking: AccountLinking, form: Mapping[str, str]) -> web.Response:
    try:
        match form.get("grant_type"):
            case "authorization_code":
                pair = await linking.tokens.exchange(
                    _required(form, "code"),
                    redirect=form.get("redirect_uri", ""),
                    verifier=form.get("code_verifier", ""),
                )
            case "refresh_token":
                pair = await linking.tokens.refresh(_required(form, "refresh_token"))
            case None:
                raise _TokenError("invalid_request", "grant_type is missing")
            case _:
                raise _TokenError("unsupported_grant_type", "authorization_code or refresh_token is wanted")
    except InvalidGrantError:
        raise _TokenError("invalid_grant", "unknown, expired, used or of another request") from None
    return _token_response(pair)


def _token_response(pair: TokenPair) -> web.Response:
    """As RFC 6749 §5.1 says."""
    body: dict[str, str | int] = {
        "access_token": pair.access,
        "token_type": "bearer",
        "expires_in": int(pair.seconds),
        "refresh_token": pair.refresh,
    }
    if pair.scope:
        body["scope"] = pair.scope
    return web.json_response(body, headers=_NO_STORE)


async def _revoke(linking: AccountLinking, form: Mapping[str, str]) -> web.Response:
    await linking.tokens.revoke(_required(form, "token"))
    return web.Response(headers=_NO_STORE)


async def _read_form(request: web.Request) -> dict[str, str]:
    if request.content_type != _FORM:
        raise _TokenError("invalid_request", f"Content-Type should be {_FORM}")
    try:
        form = parse_parameters((await request.read()).decode("ascii"))
    except (UnicodeDecodeError, web.HTTPRequestEntityTooLarge, web.RequestPayloadError):
        form = None
    if form is None:
        raise _TokenError("invalid_request", "a broken form, a parameter that comes twice, or too much")
    return form


async def _authenticate(request: web.Request, linking: AccountLinking, form: Mapping[str, str]) -> None:
    """Check the client by the Authorization header or the form, not by both (RFC 6749 §2.3). Raises _TokenError."""
    header = request.headers.get("Authorization", "")
    if header and "client_secret" in form:
        raise _TokenError("invalid_request", "client authentication comes twice")
    name, secret = _basic(header) if header else (form.get("client_id", ""), form.get("client_secret", ""))
    if header and form.get("client_id", name) != name:
        raise _TokenError("invalid_request", "client_id is another one than that of the header")
    if _is_client(linking.client, name, secret):
        return
    try:
        await linking.rate_limiter.count("client", request.app[CLIENT_ADDRESSES].find(request), MAX_WRONG_CLIENTS)
    except RateLimitError as error:
        wait = f"{max(1, round(error.seconds))}"
        raise _TokenError(
            "invalid_client", "too many wrong ones", HTTPStatus.TOO_MANY_REQUESTS, Retry_After=wait
        ) from None
    raise _TokenError(
        "invalid_client",
        "unknown client or wrong secret",
        HTTPStatus.UNAUTHORIZED,
        WWW_Authenticate='Basic realm="oauth"',
    )


def _basic(header: str) -> tuple[str, str]:
    """Name and secret, form-encoded before they were joined (RFC 6749 §2.3.1); empty where it is no such header."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        return unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one
        return "", ""


def _is_client(client: Client, name: str, secret: str) -> bool:
    """Whether name and secret are the client's, in a time that does not tell which is wrong, nor how long they are."""
    pairs = ((name, client.name), (secret, client.secret))
    fits = [hmac.compare_digest(_digest(presented), _digest(expected)) for presented, expected in pairs]
    return all(fits)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _required(form: Mapping[str, str], name: str) -> str:
    if name not in form:
        raise _TokenError("invalid_request", f"{name} is missing")
    return form[name]
