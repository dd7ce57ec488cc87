"""/.well-known/security.txt: whom to tell of a vulnerability of this service (RFC 9116)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from skill.settings import Settings
from skill.web.app_keys import SETTINGS

_PATH: Final = "/.well-known/security.txt"
_VALID: Final = timedelta(days=30)
"""Time for which an answer is good; the operator may be another one then."""
_MAIL: Final = re.compile(r"[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+")
_TELEPHONE: Final = re.compile(r"\+[\d\s()-]{6,}")


def security_text(settings: Settings, now: datetime) -> str:
    """The file as RFC 9116 has it; empty where the operator has set no contact.

    Args:
        settings: Of the service.
        now: The time, with its zone.
    """
    if not settings.contact:
        return ""
    lines = [
        f"Contact: {_as_uri(settings.contact.strip()) or f'{settings.address}/privacy'}",
        f"Expires: {(now + _VALID).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ru, en",
    ]
    if settings.public_url.startswith("https:"):
        lines.append(f"Canonical: {settings.public_url}{_PATH}")
    return "\n".join(lines) + "\n"


def _as_uri(contact: str) -> str:
    """A contact as an address; empty for words, which the privacy page shows."""
    if _MAIL.fullmatch(contact):
        return f"mailto:{contact}"
    if _TELEPHONE.fullmatch(contact):
        return f"tel:{re.sub(r'[^+0-9]', '', contact)}"
    return contact if re.fullmatch(r"https://[!-~]+|mailto:[!-~]+", contact) else ""


async def answer(request: web.Request) -> web.Response:
    """GET /.well-known/security.txt: 404 where the operator has set no contact."""
    text = security_text(request.app[SETTINGS], datetime.now(UTC))
    if not text:
        raise web.HTTPNotFound
    return web.Response(text=text)


def routes() -> list[web.RouteDef]:
    """The route of the file."""
    return [web.get(_PATH, answer)]
