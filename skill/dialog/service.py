"""The dialog over the service's real parts: facts, understanding, decision, moves, words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from pipeline.run import Wish
from skill.dialog.actions import ActionFailed, ForgetUser
from skill.dialog.context_loader import Facts, Parts, load_context
from skill.dialog.executor import ActionExecutor
from skill.dialog.nlu.understand import understand
from skill.dialog.policy.decide import decide, expecting, speak
from skill.dialog.ports import UserDataEraser
from skill.dialog.types import Dialog, Kind, Reply, Turn

_KEEP: Final = 0.4  # seconds for noting down where the conversation stands; the platform keeps it as well

log = structlog.get_logger(__name__)


class Conversation(Dialog):
    """`ticket_seconds`: how long a page that was pushed waits for its photo."""

    def __init__(self, parts: Parts, privacy: UserDataEraser, *, ticket_seconds: float = 900.0) -> None:
        self._parts, self._privacy, self._ticket_seconds = parts, privacy, ticket_seconds

    async def answer(self, turn: Turn) -> Reply:
        facts = await load_context(self._parts, turn)
        known = facts.known
        said = "" if turn.kind is Kind.LINKED else turn.text
        understood = understand(said, platform=turn.intents, expecting=expecting(known))
        decision = decide(turn, understood, known)
        outcomes = await ActionExecutor(self._parts, self._privacy, turn, facts, self._ticket_seconds).do(
            decision.moves
        )
        reply = speak(turn, known, decision, outcomes)
        log.info("turn", scene=str(decision.scene), intent=str(understood.intent), down=known.down)
        forgotten = any(isinstance(move, ForgetUser) for move in decision.moves) and ActionFailed() not in outcomes
        if not known.down and not forgotten:
            await self._note(turn, facts, reply)
        return reply

    async def wished(self, user: str, wish: Wish) -> Wish:
        """The wish on a photo that has just come, with what was said before it came; what was chosen on the page goes
        first. Never raises."""
        try:
            async with asyncio.timeout(_KEEP):
                wanted = await self._parts.memory.wanted(user)
        except Exception as error:  # noqa: BLE001  (the photo is worth more than its smile)
            log.warning("not_recalled", reason=type(error).__name__)
            return wish
        wish = replace(wish, gestures=wish.gestures or wanted.gestures, face=wish.face or wanted.face)
        return self._parts.appeals.of_age(wish) if wanted.adult else wish

    async def _note(self, turn: Turn, facts: Facts, reply: Reply) -> None:
        """Where the conversation stands, and which job came by which invitation. Not worth a turn: what is not noted
        now is found out again."""
        try:
            async with asyncio.timeout(_KEEP):
                await self._parts.memory.keep(turn.user, turn.session, reply.state, facts.fresh)
        except Exception as error:  # noqa: BLE001  (the same)
            log.warning("not_noted", reason=type(error).__name__)
