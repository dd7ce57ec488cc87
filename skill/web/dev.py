"""/dev: a chat with the skill in the browser and the phone's page beside it. For development, on this machine only."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from skill.secrets import path_secrets
from skill.web.app_keys import SETTINGS, TEMPLATES

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CSP: Final = "Content-Security-Policy"
_PATH: Final = "/dev"
_COOKIE: Final = "ozhivi_dev"
_MAX_BROWSERS: Final = 16
"""Browsers that may open the page again; the one that came first is forgotten for the next."""

log = structlog.get_logger(__name__)


class DevAccess:
    """Access to the page by a link that works once, and by the cookie of the browser that used it.

    A proxy on this machine that adds no header makes everybody look like this machine: whoever sees the console has the
    link, and nobody else.
    """

    def __init__(self) -> None:
        self._token = ""
        self._browsers: list[str] = []
        self._announce: Callable[[str], None] | None = None

    def open(self, announce: Callable[[str], None]) -> None:
        """Give out links from now on.

        Args:
            announce: Shows the path of a link to the developer, and to nobody else; called again after each use.
        """
        self._announce = announce
        self._renew()

    def redeem(self, token: str) -> str | None:
        """Use up a link.

        Args:
            token: Of its query.

        Returns:
            A value for the browser's cookie; None for a link that does not work (any more).
        """
        if not self._token or not _equal(token, self._token):
            return None
        self._renew()
        browser = secrets.token_urlsafe(32)
        self._browsers = [*self._browsers, browser][-_MAX_BROWSERS:]
        return browser

    def is_known(self, browser: str) -> bool:
        """Whether a cookie's value is one of ours."""
        return any(_equal(browser, known) for known in self._browsers)

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        if self._announce is not None:
            self._announce(f"{_PATH}?token={self._token}")


DEV_ACCESS: Final = web.AppKey("dev_access", DevAccess)
"""In the application only where the settings say that there is the page."""


def attach(app: web.Application) -> None:
    """Add the page, where the settings say so, and let our own pages show each other in a frame.

    Args:
        app: The service. Its security headers have to be added before.
    """
    if not app[SETTINGS].dev:
        return
    log.warning("dev_page", where=_PATH, anywhere=app[SETTINGS].dev_anywhere)
    app[DEV_ACCESS] = DevAccess()
    app.add_routes([web.get(_PATH, page)])
    app.on_response_prepare.append(_allow_frames)


async def page(request: web.Request) -> web.Response:
    """GET /dev. The page holds the webhook's secret: it is for whoever has a link from the console, on this machine
    unless the settings allow more.

    Raises:
        HTTPNotFound: The request does not come from this machine, directly and under its own name.
    """
    settings, access = request.app[SETTINGS], request.app[DEV_ACCESS]
    if not (settings.dev_anywhere or is_local(request)):
        raise web.HTTPNotFound
    if browser := access.redeem(request.query.get("token", "")):
        answer = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": _PATH})
        answer.set_cookie(_COOKIE, browser, path=_PATH, httponly=True, samesite="Strict")
        return answer
    if not access.is_known(request.cookies.get(_COOKIE, "")):
        sentence, advice = "Эта страница — для разработчика.", "Откройте ссылку, которую напечатал ozhivi serve."
        return request.app[TEMPLATES].render(
            "message.html", status=HTTPStatus.FORBIDDEN, sentence=sentence, advice=advice
        )
    secret = path_secrets(settings, "alice")[0]
    return request.app[TEMPLATES].render("dev.html", hook=f"/alice/{secret}", skill=settings.alice_skill_id)


def is_local(request: web.Request) -> bool:
    """Whether a request comes from this machine, without a proxy in between and without another name that leads here
    (DNS rebinding)."""
    try:
        loopback = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        loopback = False
    direct = not any(header in request.headers for header in ("X-Forwarded-For", "Forwarded"))
    return loopback and direct and (request.url.host or "") in _LOCAL


def _equal(one: str, other: str) -> bool:
    """In a time that does not tell how much of them is equal."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode())


async def _allow_frames(request: web.Request, response: web.StreamResponse) -> None:
    policy = response.headers.get(_CSP, "").replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if request.path == _PATH:
        policy = f"{policy}; frame-src 'self'"
    response.headers[_CSP] = policy
