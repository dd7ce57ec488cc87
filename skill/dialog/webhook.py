"""Webhook of the assistants: POST /<assistant>/<secret> has a valid spoken answer within three seconds, whatever comes
in and whatever breaks."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, NamedTuple

import structlog
from aiohttp import web

from skill.dialog import fallback
from skill.dialog.codec import Assistant, Incoming
from skill.dialog.idempotency import SingleFlight
from skill.dialog.request_body import UnreadableBodyError, read_body
from skill.dialog.turn_limits import TurnLimits
from skill.dialog.types import Dialog, Reply, Turn
from skill.tracing.spans import span
from skill.web.metrics import Metrics

_WORK: Final = 20.0  # seconds that a turn may take altogether; less than reply_cache.LEASE
_BEARER: Final = "bearer "

FindAccount = Callable[[str], Awaitable[str | None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The way in for one assistant."""

    assistant: Assistant
    """Codec of the assistant; its name is the first part of the path."""
    secrets: Sequence[str] = field(repr=False)
    """Secrets that the path may hold, any of them."""
    skill: str = ""
    """Id of the only skill that is answered; empty for any."""

    def accepts(self, secret: str) -> bool:
        """Whether the secret is one of ours, in a time that does not depend on how much of it is right."""
        equal = [hmac.compare_digest(secret.encode("utf-8", "replace"), own.encode()) for own in self.secrets]
        return any(equal)


class _Answered(NamedTuple):
    """The end of a turn."""

    body: bytes
    """Body of the answer; empty where none is wanted."""
    outcome: str
    """The turn's outcome in the metrics."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """All assistants' way to one dialog."""

    endpoints: Mapping[str, Endpoint]
    """Endpoints by the name of their assistant."""
    dialog: Dialog
    """The conversation that answers turns."""
    single_flight: SingleFlight
    """Guard by which each message is worked at once."""
    metrics: Metrics
    """Counters of turns and their times."""
    find_account: FindAccount | None = None
    """Access token of account linking → our account, None where it is not valid; None where nobody is linked."""
    deadline: float = TurnLimits().answer
    """Seconds from the first byte of a message to its answer."""

    async def answer(self, request: web.Request) -> web.Response:
        """The answer to one message.

        Raises:
            web.HTTPNotFound: the path's secret is wrong, or the message is for another skill.
            web.HTTPRequestEntityTooLarge: the body has more than 64 KB.
            web.HTTPUnsupportedMediaType: the body is compressed in a way that is not understood.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        endpoint = self.endpoints.get(request.match_info["assistant"])
        if endpoint is None or not endpoint.accepts(request.match_info["secret"]):
            raise web.HTTPNotFound
        with span("turn", {"ozhivi.assistant": endpoint.assistant.name}) as traced:
            answered = await self._answer(request, endpoint, began + self.deadline)
            traced.note({"ozhivi.outcome": answered.outcome}, failed=answered.outcome == "failed")
        self.metrics.count_turn(endpoint.assistant.name, answered.outcome, loop.time() - began)
        if not answered.body:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(body=answered.body, content_type="application/json", charset="utf-8")

    async def _answer(self, request: web.Request, endpoint: Endpoint, until: float) -> _Answered:
        assistant, incoming = endpoint.assistant, Incoming(None)
        try:
            async with asyncio.timeout_at(until):
                incoming = await _decode(request, assistant)
                if incoming.ping:
                    return _Answered(assistant.encode(incoming, fallback.PONG), "ping")
                if incoming.silent:
                    return _Answered(b"", "silent")
                if incoming.turn is None:
                    return _Answered(assistant.encode(incoming, fallback.UNCLEAR), "unclear")
                if endpoint.skill and incoming.skill != endpoint.skill:
                    raise web.HTTPNotFound
                task, again = self.single_flight.start(incoming.key, self._work(assistant, incoming, incoming.turn))
                return _Answered(await asyncio.shield(task), "again" if again else "answered")
        except TimeoutError:
            turn = incoming.turn
            return _Answered(assistant.encode(incoming, fallback.late(turn) if turn else fallback.UNCLEAR), "late")
        except web.HTTPException:
            raise
        except Exception:
            log.exception("webhook")  # a bug of ours: the person hears a sentence all the same
            reply = fallback.broken(incoming.turn) if incoming.turn else fallback.UNCLEAR
            return _Answered(assistant.encode(incoming, reply), "failed")

    def _work(self, assistant: Assistant, incoming: Incoming, turn: Turn) -> Callable[[], Awaitable[bytes]]:
        async def work() -> bytes:
            """Goes on after the deadline; its answer waits for the message to come again. Never raises."""
            try:
                async with asyncio.timeout(_WORK):
                    return assistant.encode(incoming, await self._reply(incoming, turn))
            except Exception:
                log.exception("turn")  # the conversation's bug, or what it depends on is down
                self.metrics.count_broken_turn(assistant.name)
                return assistant.encode(incoming, fallback.broken(turn))

        return work

    async def _reply(self, incoming: Incoming, turn: Turn) -> Reply:
        account = await self.find_account(incoming.token) if incoming.token and self.find_account else None
        return await self.dialog.answer(replace(turn, linked=bool(account), account=account or ""))


async def _decode(request: web.Request, assistant: Assistant) -> Incoming:
    """The message of a request. Raises HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType."""
    try:
        return assistant.decode(await read_body(request), _bearer(request))
    except UnreadableBodyError:
        return Incoming(None)


def _bearer(request: web.Request) -> str:
    header = request.headers.get("Authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""


WEBHOOK: Final = web.AppKey("webhook", Webhook)


def routes() -> list[web.RouteDef]:
    """The webhook's routes; their handler is the application's WEBHOOK."""
    return [web.post(r"/{assistant:alice|salute}/{secret}", _handle)]


async def _handle(request: web.Request) -> web.Response:
    return await request.app[WEBHOOK].answer(request)
