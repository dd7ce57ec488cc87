"""Links of our own that end: `/m/<key>?e=<expiry>&d=<download name>&s=<signature>`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from skill.clock import steady_time
from skill.media.store import MediaError

PATH = "/m/"
_PURPOSE = "ozhivi media link 1"
_EXPIRY = re.compile(r"[1-9][0-9]{0,11}")
_SHORTEST_SECRET = 32  # bytes, the hash's own size


class LinkError(MediaError):
    """A link that opens nothing. Its kinds are for our logs: the client gets the same answer to all of them."""


class LinkForgedError(LinkError):
    """Not signed by us, or changed since."""


class LinkExpiredError(LinkError):
    """Signed by us, past its time."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right that a valid link gives."""

    key: str
    """Key of the object that may be read."""
    expires: int
    """Seconds since 1970: when the link ends."""
    download_as: str
    """Name under which the object is saved; empty for showing it in the page."""


class Signer:
    """Signs with the first secret, verifies with all of them: to rotate, put a new one in front and take the old one
    away when its links have ended."""

    def __init__(self, secrets: Sequence[str], *, base: str = "", clock: Callable[[], float] = steady_time) -> None:
        """Args:
        secrets: at least one, each of 32 bytes or more.
        base: public address in front of the path, e.g. `https://ozhivi.example`; empty for links within the site.
        clock: seconds since 1970.

        Raises:
            ValueError: there is no secret, or a shorter one.
        """
        self._secrets = [secret.encode() for secret in secrets]
        if not self._secrets or min(map(len, self._secrets)) < _SHORTEST_SECRET:
            raise ValueError("links need at least one secret of 32 bytes or more, e.g. from `openssl rand -hex 32`")
        self._base = base.rstrip("/")
        self._clock = clock

    def sign(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """A link to an object.

        Args:
            key: of the object.
            seconds: from now until the link ends, rounded up to a whole one.
            download_as: name under which the object is saved; empty for showing it in the page.
        """
        expires = str(math.ceil(self._clock() + seconds))
        query = {"e": expires}
        if download_as:
            query["d"] = download_as
        query["s"] = _signature(self._secrets[0], key, expires, download_as)
        return f"{self._base}{PATH}{quote(key, safe='')}?{urlencode(query, quote_via=quote)}"

    def verify(self, key: str, query: Mapping[str, str]) -> Grant:
        """The right that a link gives. Use that alone, never the query beside it.

        Args:
            key: from the link's path.
            query: of the link.

        Raises:
            LinkForgedError: the link is not signed by us, or was changed since.
            LinkExpiredError: the link is past its time.
        """
        expires, download_as = query.get("e", ""), query.get("d", "")
        signature = query.get("s", "").encode(errors="replace")
        # All secrets are tried, so that the time taken says nothing of which one fits.
        matches = [
            hmac.compare_digest(signature, _signature(secret, key, expires, download_as).encode())
            for secret in self._secrets
        ]
        if not any(matches) or not _EXPIRY.fullmatch(expires):
            raise LinkForgedError("the link is not one of ours")
        if int(expires) <= self._clock():
            raise LinkExpiredError("the link is past its time")
        return Grant(key, int(expires), download_as)


def _signature(secret: bytes, key: str, expires: str, download_as: str) -> str:
    """HMAC-SHA256 in URL-safe base64 without padding.

    Every part goes in with its length in bytes in front: no two different links have one canonical form. The text is
    compared, never decoded, so a signature has one spelling.
    """
    parts = (part.encode(errors="replace") for part in (_PURPOSE, key, expires, download_as))
    canonical = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    digest = hmac.new(secret, canonical, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
