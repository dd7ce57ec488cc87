"""Access: the holder of a ticket, an assistant's backend with an API key, and whoever knows a job's id."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web

from skill.ticket_model import UnknownTicketError
from skill.tickets import Tickets
from skill.web.errors import ApiError, unknown_ticket, wrong_request

TICKET_HEADER, KEY_HEADER, USER_HEADER = "X-Ozhivi-Ticket", "X-Api-Key", "X-Ozhivi-User"
MAX_USER_LENGTH: Final = 200
"""Characters of the id by which an assistant's backend tells its users apart."""
_SIGNATURE_LENGTH: Final = 22
"""Characters: 128 bit in base64."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may send a photo."""

    user: str
    """An opaque key of the person."""
    token: str = ""
    """Of the ticket's link; empty with an API key."""
    job: str = ""
    """Queue's id of the job that the ticket's photo became; empty where there is none."""
    digest: str = ""
    """SHA-256 of the photo that came with the ticket, in hex; empty before one has."""
    household: str = ""
    """The network for which the ticket was issued, where no assistant vouches for the person; else empty."""
    until: float = 0.0
    """Seconds since 1970: until when the ticket takes a photo; 0 with an API key."""
    cards: bool = False
    """Whether the person's assistant shows pictures in cards."""
    trace: str = ""
    """The `traceparent` of the turn that issued the ticket, see skill.tracing.spans; empty where there is none."""


class Authenticator:
    """Tells who sends a request, by ticket or API key.

    Args:
        tickets: All tickets.
        keys: API keys of assistants' backends.
    """

    def __init__(self, tickets: Tickets, keys: Sequence[str]) -> None:
        self._tickets = tickets
        self._keys = tuple(key.encode() for key in keys)

    async def authenticate(self, request: web.Request) -> Principal:
        """The sender of a request.

        Raises:
            ApiError: 401 without a valid ticket or key; 400 for a user's id that is too long.
        """
        if token := request.headers.get(TICKET_HEADER, ""):
            try:
                ticket = await self._tickets.get(token)
            except UnknownTicketError:
                raise unknown_ticket() from None
            return Principal(
                ticket.user,
                token,
                ticket.job,
                ticket.digest,
                ticket.household,
                ticket.until,
                ticket.cards,
                ticket.trace,
            )
        presented = request.headers.get(KEY_HEADER, "").encode("utf-8", "surrogateescape")
        # every key is compared, so that the time tells nothing
        fitting = [key for key in self._keys if hmac.compare_digest(key, presented)]
        if not fitting:
            raise ApiError(
                HTTPStatus.UNAUTHORIZED, "no_access", "Нужна ссылка от помощника.", f"{TICKET_HEADER} or {KEY_HEADER}"
            )
        person = request.headers.get(USER_HEADER, "")
        if len(person) > MAX_USER_LENGTH:
            raise wrong_request(f"{USER_HEADER}: at most {MAX_USER_LENGTH} characters")
        key = hmac.new(fitting[0], person.encode("utf-8", "surrogateescape"), hashlib.sha256)
        return Principal(f"api-{key.hexdigest()[:32]}")


class JobIdSigner:
    """Ids of jobs for clients: the queue's id, signed, so that nobody can make one of an id that stands in a log.

    Args:
        secrets: The first signs, all are accepted.
        purpose: Ids of one purpose are none of another: who may look may not delete.
    """

    def __init__(self, secrets: Sequence[str], purpose: bytes = b"ozhivi job names") -> None:
        self._keys = [hmac.digest(secret.encode(), purpose, "sha256") for secret in secrets]

    def sign(self, job: str) -> str:
        """The id for clients of a job's id in the queue."""
        return job + _signature(self._keys[0], job)

    def verify(self, public: str) -> str | None:
        """The queue's id of an id for clients; None where the signature is wrong. In constant time."""
        job, signature = public[:-_SIGNATURE_LENGTH], public[-_SIGNATURE_LENGTH:]
        fits = [hmac.compare_digest(signature.encode(), _signature(key, job).encode()) for key in self._keys]
        return job if any(fits) else None


def _signature(key: bytes, job: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, job.encode(), "sha256")).decode()[:_SIGNATURE_LENGTH]
