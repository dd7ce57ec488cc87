"""POST /<assistant>/<secret>: a valid spoken answer within three seconds, whatever comes in and whatever breaks."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from skill.dialog import fallback
from skill.dialog.codec import Assistant, Incoming
from skill.dialog.idempotency import Once
from skill.dialog.types import Dialog, Reply, Turn
from skill.web.metrics import Metrics

DEADLINE: Final = 2.5  # seconds from the first byte to our answer; Alice waits 4.5 with the network, Salute 7
_WORK: Final = 20.0  # seconds that a turn may take altogether; less than replies.LEASE
_BODY: Final = 64 * 2**10
_BEARER: Final = "bearer "

Who = Callable[[str], Awaitable[str | None]]  # an access token → our account, or None where it is not valid

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """How an assistant gets in. `secrets`: of the path, any of them. `skill`: the only one served, where given."""

    assistant: Assistant
    secrets: Sequence[str] = field(repr=False)
    skill: str = ""

    def opens(self, secret: str) -> bool:
        """In a time that does not tell how much of the secret is right."""
        fits = [hmac.compare_digest(secret.encode("utf-8", "replace"), own.encode()) for own in self.secrets]
        return any(fits)


class Webhook:
    """The doors of all assistants to one dialog. `who`: checks tokens of account linking; None: nobody is linked."""

    def __init__(
        self,
        doors: Sequence[Door],
        dialog: Dialog,
        once: Once,
        metrics: Metrics,
        who: Who | None = None,
        *,
        deadline: float = DEADLINE,
    ) -> None:
        self._doors: Mapping[str, Door] = {door.assistant.name: door for door in doors}
        self._dialog, self._once, self._metrics, self._who = dialog, once, metrics, who
        self._deadline = deadline

    async def answer(self, request: web.Request) -> web.Response:
        """Raises HTTPNotFound for a wrong secret or skill, HTTPRequestEntityTooLarge; nothing else."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        door = self._doors.get(request.match_info["assistant"])
        if door is None or not door.opens(request.match_info["secret"]):
            raise web.HTTPNotFound
        body, outcome = await self._answered(request, door, began + self._deadline)
        self._metrics.turn(door.assistant.name, outcome, loop.time() - began)
        if not body:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    async def _answered(self, request: web.Request, door: Door, until: float) -> tuple[bytes, str]:
        """The answer's bytes, and what became of the turn."""
        assistant, incoming = door.assistant, Incoming(None)
        try:
            async with asyncio.timeout_at(until):
                body = await _body(request)
                incoming = assistant.read(body, _bearer(request))
                if incoming.ping:
                    return assistant.write(incoming, fallback.PONG), "ping"
                if incoming.silent:
                    return b"", "silent"
                if incoming.turn is None:
                    return assistant.write(incoming, fallback.UNCLEAR), "unclear"
                if door.skill and incoming.skill != door.skill:
                    raise web.HTTPNotFound
                task, again = self._once.start(incoming.key, self._work(assistant, incoming, incoming.turn))
                return await asyncio.shield(task), "again" if again else "answered"
        except TimeoutError:
            turn = incoming.turn
            return assistant.write(incoming, fallback.late(turn) if turn else fallback.UNCLEAR), "late"
        except web.HTTPException:
            raise
        except Exception:
            log.exception("webhook")  # a bug of ours: the person hears a sentence all the same
            return assistant.write(
                incoming, fallback.broken(incoming.turn) if incoming.turn else fallback.UNCLEAR
            ), "failed"

    def _work(self, assistant: Assistant, incoming: Incoming, turn: Turn) -> Callable[[], Awaitable[bytes]]:
        async def work() -> bytes:
            """Goes on after the deadline; its answer waits for the message to come again. Never raises."""
            try:
                async with asyncio.timeout(_WORK):
                    return assistant.write(incoming, await self._reply(incoming, turn))
            except Exception:
                log.exception("turn")  # the conversation's bug, or what it depends on is down
                self._metrics.broken_turn(assistant.name)
                return assistant.write(incoming, fallback.broken(turn))

        return work

    async def _reply(self, incoming: Incoming, turn: Turn) -> Reply:
        account = await self._who(incoming.token) if incoming.token and self._who else None
        return await self._dialog.answer(replace(turn, linked=bool(account), account=account or ""))


async def _body(request: web.Request) -> bytes:
    """At most 64 KB, whatever the application allows elsewhere. Raises HTTPRequestEntityTooLarge."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > _BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=_BODY, actual_size=len(body))
    return bytes(body)


def _bearer(request: web.Request) -> str:
    given = request.headers.get("Authorization", "")
    return given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else ""


WEBHOOK: Final = web.AppKey("webhook", Webhook)


def routes() -> list[web.RouteDef]:
    return [web.post(r"/{assistant:alice|salute}/{secret}", _handle)]


async def _handle(request: web.Request) -> web.Response:
    return await request.app[WEBHOOK].answer(request)
