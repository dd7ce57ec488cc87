"""Who asks: the holder of a ticket, or an assistant's backend with an API key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from skill.tickets import Tickets, UnknownTicketError
from skill.web.errors import ApiError, unknown_ticket

_LENGTH = 22  # 128 bit in base64


class JobIdSigner:
    """Who knows a public id may look at the job and delete it; who reads our log knows none.

    `secrets`: the first signs, all are accepted.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [hmac.digest(secret.encode(), b"ozhivi job names", "sha256") for secret in secrets]

    def sign(self, job: str) -> str:
        return job + _signature(self._keys[0], job)

    def verify(self, public: str) -> str | None:
        """The queue's id, or None where the signature is wrong; in constant time."""
        job, given = public[:-_LENGTH], public[-_LENGTH:]
        fits = [hmac.compare_digest(given.encode(), _signature(key, job).encode()) for key in self._keys]
        return job if any(fits) else None


def _signature(key: bytes, job: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, job.encode(), "sha256")).decode()[:_LENGTH]


TICKET_HEADER, KEY_HEADER, USER_HEADER = "X-Ozhivi-Ticket", "X-Api-Key", "X-Ozhivi-User"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was let in. `user`: an opaque key. `token`: of the ticket, empty with an API key. `job`,
    `digest`: of the photo that came with it."""

    user: str
    token: str = ""
    job: str = ""
    digest: str = ""


class Authenticator:
    """Lets in by ticket or API key; keys are compared in constant time."""

    def __init__(self, tickets: Tickets, keys: Sequence[str], *, behind_proxy: bool = False) -> None:
        self._tickets = tickets
        self._keys = tuple(key.encode() for key in keys)
        self._behind_proxy = behind_proxy

    async def authenticate(self, request: web.Request) -> Principal:
        """Raises ApiError 401."""
        if token := request.headers.get(TICKET_HEADER, ""):
            try:
                ticket = await self._tickets.get(token)
            except UnknownTicketError:
                raise unknown_ticket() from None
            return Principal(ticket.user, token, ticket.job, ticket.digest)
        given = request.headers.get(KEY_HEADER, "").encode("utf-8", "surrogateescape")
        # every key is compared, so that the time tells nothing
        fitting = [key for key in self._keys if hmac.compare_digest(key, given)]
        if not fitting:
            raise ApiError(
                HTTPStatus.UNAUTHORIZED, "no_access", "Нужна ссылка от помощника.", f"{TICKET_HEADER} or {KEY_HEADER}"
            )
        person = request.headers.get(USER_HEADER, "").encode("utf-8", "surrogateescape")
        return Principal("api-" + hmac.new(fitting[0], person, hashlib.sha256).hexdigest()[:32])

    def client_address(self, request: web.Request) -> str:
        """Where a request comes from: only for counting wrong codes, never for a log."""
        if self._behind_proxy:
            return request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        return request.remote or ""
