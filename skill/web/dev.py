"""/dev: a chat with the skill in the browser and the phone's page beside it. For development, on this machine only."""

from __future__ import annotations

import ipaddress
from typing import Final

import structlog
from aiohttp import web

from skill.secrets import path_secrets
from skill.web.app_keys import SETTINGS, TEMPLATES

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CSP: Final = "Content-Security-Policy"

log = structlog.get_logger(__name__)


def attach(app: web.Application) -> None:
    """Add the page, where the settings say so, and let our own pages show each other in a frame.

    Args:
        app: The service. Its security headers have to be added before.
    """
    if not app[SETTINGS].dev:
        return
    log.warning("dev_page", where="/dev", anywhere=app[SETTINGS].dev_anywhere)
    app.add_routes([web.get("/dev", page)])
    app.on_response_prepare.append(_allow_frames)


async def page(request: web.Request) -> web.Response:
    """GET /dev. The page holds the webhook's secret, so it is only for this machine, unless the settings allow more.

    Raises:
        HTTPNotFound: The request does not come from this machine, directly and under its own name.
    """
    settings = request.app[SETTINGS]
    if not (settings.dev_anywhere or is_local(request)):
        raise web.HTTPNotFound
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


async def _allow_frames(request: web.Request, response: web.StreamResponse) -> None:
    policy = response.headers.get(_CSP, "").replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if request.path == "/dev":
        policy = f"{policy}; frame-src 'self'"
    response.headers[_CSP] = policy
