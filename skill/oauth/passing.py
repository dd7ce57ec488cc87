"""What the linking page hands back to us: who it was made for, sealed, so that nothing is kept of those who leave."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from skill.dialog.seal import Seal
from skill.oauth.asked import Asked

SECONDS: Final = 3600.0  # that a page may stay open: a video may be watched before one goes back
_LONG: Final = 16_384


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that is open somewhere. `account`: a new identity, nobody's yet."""

    account: str
    asked: Asked


def new_account() -> str:
    """256 random bits: all that we ever know of a person."""
    return f"linked-{secrets.token_urlsafe(32)}"


class Passes:
    """Visits as text for a form, unreadable and unforgeable without the service's `secret`."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._seal, self._clock = Seal(hmac.digest(secret, b"ozhivi linking page", "sha256")), clock

    def write(self, visit: Visit) -> str:
        body = json.dumps([visit.account, self._clock() + SECONDS, asdict(visit.asked)])
        return base64.urlsafe_b64encode(self._seal.close(body)).decode()

    def read(self, text: str) -> Visit | None:
        """None where it is not ours or its time is over."""
        try:
            sealed = base64.b64decode(text[:_LONG].encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body = self._seal.open(sealed)
        if body is None:
            return None
        account, until, asked = json.loads(body)
        return Visit(account, Asked(**asked)) if until > self._clock() else None
