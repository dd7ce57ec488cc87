"""The state of an open linking page, in the page itself: nothing is kept of people who only look at it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from skill.clock import steady_time
from skill.dialog.sealed import Seal
from skill.oauth.authorization_request import AuthorizationRequest

SECONDS: Final = 3600.0
"""Seconds that a page may stay open: a video may be watched before one goes back."""
_MAX_TEXT: Final = 16_384
"""Characters of a state as text."""


@dataclass(frozen=True, slots=True)
class PageState:
    """The state of a page that is open somewhere."""

    account: str
    """A new identity, nobody's yet."""
    request: AuthorizationRequest
    """The request that opened the page."""


class PageStateCodec:
    """States as text for a form, unreadable and unforgeable without a secret.

    Args:
        secret: Of the service.
        clock: Seconds since 1970.
    """

    def __init__(self, secret: bytes, clock: Callable[[], float] = steady_time) -> None:
        self._seal, self._clock = Seal(hmac.digest(secret, b"ozhivi linking page", "sha256")), clock

    def encode(self, state: PageState) -> str:
        """The state as text, good for an hour."""
        body = json.dumps([state.account, self._clock() + SECONDS, asdict(state.request)])
        return base64.urlsafe_b64encode(self._seal.close(body)).decode()

    def decode(self, text: str) -> PageState | None:
        """The state of a text; None where it is not ours or its time is over."""
        try:
            sealed = base64.b64decode(text[:_MAX_TEXT].encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body = self._seal.open(sealed)
        if body is None:
            return None
        account, until, request = json.loads(body)
        return PageState(account, AuthorizationRequest(**request)) if until > self._clock() else None
