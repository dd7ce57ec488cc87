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
    """Where the settings say so: the page, and the leave for our own pages to show each other in a frame. To be called
    after the protecting headers were added."""
    if not app[SETTINGS].dev:
        return
    log.warning("dev_page", where="/dev", anywhere=app[SETTINGS].dev_anywhere)
    app.add_routes([web.get("/dev", page)])
    app.on_response_prepare.append(_let_frames)


async def page(request: web.Request) -> web.Response:
    """GET /dev. It knows the webhook's secret, so nobody else gets it: raises HTTPNotFound for whoever does not come
    from this machine, directly and under its own name, unless the settings allow it."""
    settings = request.app[SETTINGS]
    if not (settings.dev_anywhere or is_local(request)):
        raise web.HTTPNotFound
    secret = path_secrets(settings, "alice")[0]
    return request.app[TEMPLATES].page("dev.html", hook=f"/alice/{secret}", skill=settings.alice_skill_id)


def is_local(request: web.Request) -> bool:
    """No proxy in between, no other name that leads here (DNS rebinding)."""
    try:
        near = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        near = False
    name = request.url.host or ""
    return near and name in _LOCAL and "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers


async def _let_frames(request: web.Request, response: web.StreamResponse) -> None:
    policy = response.headers.get(_CSP, "").replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if request.path == "/dev":
        policy = f"{policy}; frame-src 'self'"
    response.headers[_CSP] = policy
