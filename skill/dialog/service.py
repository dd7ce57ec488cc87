"""Dialog service: a turn is answered over the service's real parts, from its facts to the words of the reply."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from pipeline.limits import AUTO, CAMERAS
from pipeline.run import Wish
from skill.dialog.actions import ActionFailed, ForgetUser
from skill.dialog.context_loader import LoadedContext, load_context
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.executor import ActionExecutor
from skill.dialog.nlu.sentence_encoder import load_ahead
from skill.dialog.nlu.understand import understand, warm
from skill.dialog.policy.decide import decide, expecting, speak, stage
from skill.dialog.types import Dialog, Kind, Reply, Turn
from skill.restore_words import with_restoration
from skill.story_words import split_movements

log = structlog.get_logger(__name__)


async def open_dialog_service(dependencies: DialogDependencies) -> DialogService:
    """The service, with the dictionary loaded before the first turn comes.

    Args:
        dependencies: parts of the service; whoever opened them closes them.
    """
    await asyncio.to_thread(warm)
    return DialogService(dependencies)


class DialogService(Dialog):
    """Conversations of all users: facts, understanding, decision, actions and words of each turn."""

    def __init__(self, dependencies: DialogDependencies) -> None:
        self._dependencies = dependencies

    async def answer(self, turn: Turn) -> Reply:
        """The reply to a turn, after its actions were done and the conversation's state was kept."""
        load_ahead()  # with the first turn of all, which is a greeting mostly; not where there are none
        loaded = await load_context(self._dependencies, turn)
        context = loaded.context
        text = "" if turn.kind is Kind.LINKED else turn.text
        understood = understand(text, platform=turn.intents, expecting=expecting(context), stage=stage(context))
        decision = decide(turn, understood, context)
        outcomes = await ActionExecutor(self._dependencies, turn, loaded).execute(decision.actions)
        reply = speak(turn, context, decision, outcomes)
        log.info("turn", scene=str(decision.kind), intent=str(understood.intent), down=context.down)
        forgotten = (
            any(isinstance(action, ForgetUser) for action in decision.actions) and ActionFailed() not in outcomes
        )
        if not context.down and not forgotten:
            await self._save_turn(turn, loaded, reply)
        return reply

    async def add_pending_wish(self, user: str, wish: Wish) -> Wish:
        """The wish on a photo that has just come, completed by what was said before it came. Never raises.

        Args:
            user: whose photo it is.
            wish: what was chosen on the page; it goes before what was said.
        """
        try:
            async with asyncio.timeout(self._dependencies.limits.extra):
                pending = await self._dependencies.memory.pending_wish(user)
        except Exception as error:  # noqa: BLE001  (the photo is worth more than its smile)
            log.warning("not_recalled", reason=type(error).__name__)
            return wish
        adult = wish.adult or pending.adult
        said = split_movements(pending.gestures)
        if not wish.gestures:
            motion = said.motion if said.motion and wish.motion == AUTO else wish.motion
            wish = replace(wish, motion=motion, gestures=said.gestures)
        if said.camera and wish.camera == CAMERAS[0]:
            wish = replace(wish, camera=said.camera)
        if said.restore:
            wish = replace(wish, restore=with_restoration(wish.restore, said.restore))
        return replace(wish, face=wish.face or pending.face, adult=adult)

    async def _save_turn(self, turn: Turn, loaded: LoadedContext, reply: Reply) -> None:
        """Keep the conversation's state, and which job came by which invitation. It is not worth a turn: what is not
        saved now is found out again."""
        try:
            async with asyncio.timeout(self._dependencies.limits.extra):
                await self._dependencies.memory.save_turn(
                    turn.user,
                    turn.session,
                    reply.state,
                    loaded.new_origins,
                    keep=self._dependencies.service_info.keep,
                )
        except Exception as error:  # noqa: BLE001  (the same)
            log.warning("not_noted", reason=type(error).__name__)
