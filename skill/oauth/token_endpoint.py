"""POST /oauth/token and /oauth/revoke: what the assistant's server asks, answered as RFC 6749 and RFC 7009 say."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_plus

import structlog
from aiohttp import web

from skill.oauth.authorization_request import Client, once
from skill.oauth.linked_accounts import WRONG_CLIENTS, CrowdError
from skill.oauth.service import LINKING, Linking
from skill.oauth.tokens import GrantError, Tokens
from skill.web.app_keys import AUTHENTICATOR

_DEADLINE: Final = 4.0  # seconds; the platform waits 5, and asks once more
_FORM: Final = "application/x-www-form-urlencoded"
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_Work = Callable[[Linking, Mapping[str, str]], Awaitable[web.Response]]

log = structlog.get_logger(__name__)


class _RefusalError(Exception):
    """An error of the specification."""

    def __init__(self, error: str, description: str, status: int = HTTPStatus.BAD_REQUEST, **headers: str) -> None:
        self.error, self.description, self.status = error, description, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(error)


async def token(request: web.Request) -> web.Response:
    """A code or a refresh token → a new pair."""
    return await _answered(request, _token)


async def revoke(request: web.Request) -> web.Response:
    """A token of either kind stops working, with all of its family. 200 also where it was unknown."""
    return await _answered(request, _revoke)


def routes() -> list[web.RouteDef]:
    return [web.post("/oauth/token", token), web.post("/oauth/revoke", revoke)]


async def _token(linking: Linking, form: Mapping[str, str]) -> web.Response:
    grants = linking.grants
    try:
        match form.get("grant_type"):
            case "authorization_code":
                made = await grants.exchange(
                    _wanted(form, "code"),
                    redirect=form.get("redirect_uri", ""),
                    verifier=form.get("code_verifier", ""),
                )
            case "refresh_token":
                made = await grants.refresh(_wanted(form, "refresh_token"))
            case None:
                raise _RefusalError("invalid_request", "grant_type is missing")
            case _:
                raise _RefusalError("unsupported_grant_type", "authorization_code or refresh_token is wanted")
    except GrantError:
        raise _RefusalError("invalid_grant", "unknown, expired, used or of another request") from None
    return web.json_response(_told(made), headers=_NO_STORE)


def _told(made: Tokens) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "access_token": made.access,
        "token_type": "bearer",
        "expires_in": int(made.seconds),
        "refresh_token": made.refresh,
    }
    return {**told, "scope": made.scope} if made.scope else told


async def _revoke(linking: Linking, form: Mapping[str, str]) -> web.Response:
    await linking.grants.revoke(_wanted(form, "token"))
    return web.Response(headers=_NO_STORE)


async def _answered(request: web.Request, work: _Work) -> web.Response:
    """Within 4 s, whatever the file does; errors as JSON."""
    linking = request.app[LINKING]
    try:
        async with asyncio.timeout(_DEADLINE):
            form = await _form(request)
            await _authenticate(request, linking, form)
            return await work(linking, form)
    except _RefusalError as refusal:
        told = {"error": refusal.error, "error_description": refusal.description}
        return web.json_response(told, status=refusal.status, headers={**_NO_STORE, **refusal.headers})
    except (TimeoutError, sqlite3.Error) as error:
        log.warning("grants_down", error=type(error).__name__)
        told = {"error": "temporarily_unavailable", "error_description": "try again"}
        headers = {**_NO_STORE, "Retry-After": "1"}
        return web.json_response(told, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


async def _form(request: web.Request) -> dict[str, str]:
    if request.content_type != _FORM:
        raise _RefusalError("invalid_request", f"Content-Type should be {_FORM}")
    try:
        form = once((await request.read()).decode("ascii"))
    except (UnicodeDecodeError, web.HTTPRequestEntityTooLarge, web.RequestPayloadError):
        form = None
    if form is None:
        raise _RefusalError("invalid_request", "a broken form, a parameter that comes twice, or too much")
    return form


async def _authenticate(request: web.Request, linking: Linking, form: Mapping[str, str]) -> None:
    """By the Authorization header or the form, not by both (RFC 6749 §2.3)."""
    header = request.headers.get("Authorization", "")
    if header and "client_secret" in form:
        raise _RefusalError("invalid_request", "client authentication comes twice")
    name, secret = _basic(header) if header else (form.get("client_id", ""), form.get("client_secret", ""))
    if header and form.get("client_id", name) != name:
        raise _RefusalError("invalid_request", "client_id is another one than that of the header")
    if _is(linking.client, name, secret):
        return
    try:
        await linking.crowd.come("client", request.app[AUTHENTICATOR].client_address(request), WRONG_CLIENTS)
    except CrowdError as error:
        wait = f"{max(1, round(error.seconds))}"
        raise _RefusalError(
            "invalid_client", "too many wrong ones", HTTPStatus.TOO_MANY_REQUESTS, Retry_After=wait
        ) from None
    raise _RefusalError(
        "invalid_client",
        "unknown client or wrong secret",
        HTTPStatus.UNAUTHORIZED,
        WWW_Authenticate='Basic realm="oauth"',
    )


def _basic(header: str) -> tuple[str, str]:
    """Name and secret, form-encoded before they were joined (RFC 6749 §2.3.1); empty where it is no such header."""
    kind, _, given = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
        return unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one
        return "", ""


def _is(client: Client, name: str, secret: str) -> bool:
    """In a time that does not tell which of the two is wrong, nor how long they are."""
    pairs = ((name, client.name), (secret, client.secret))
    fits = [hmac.compare_digest(_digest(given), _digest(own)) for given, own in pairs]
    return all(fits)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _wanted(form: Mapping[str, str], name: str) -> str:
    if name not in form:
        raise _RefusalError("invalid_request", f"{name} is missing")
    return form[name]
