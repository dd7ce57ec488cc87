"""The origin of a form: whether our own page sent it, or another that its visitor has open."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from skill.web.app_keys import SETTINGS

_OWN: Final = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site for our own pages, and for whoever typed an address."""


def is_foreign(request: web.Request) -> bool:
    """Whether a browser says that a form comes from somebody else's page.

    Old browsers say it by Origin alone, which is "null" also for our own pages (Referrer-Policy: no-referrer); programs
    say nothing.

    Args:
        request: A request with a form.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in _OWN
    origin = request.headers.get("Origin", "null")
    own = urlsplit(request.app[SETTINGS].public_url).netloc or request.host
    return origin != "null" and urlsplit(origin).netloc != own
