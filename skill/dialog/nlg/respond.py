"""A decision and what came of it → the Reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from skill.dialog.actions import ActionFailed, MarkAnnounced, Outcome, ShareResult
from skill.dialog.context import DialogContext
from skill.dialog.nlg import ownership, results, small_talk, upload
from skill.dialog.nlg.builder import ResponseBuilder, Speech, buttons
from skill.dialog.nlg.phrase_book import Voice, joined
from skill.dialog.policy.decision import Decision, ResponseKind
from skill.dialog.state import DialogState
from skill.dialog.types import Reply, Turn

_BUTTONS: Final = 5
SCENES: Mapping[ResponseKind, Callable[[ResponseBuilder], Speech]] = MappingProxyType(
    {**small_talk.SCENES, **upload.SCENES, **results.SCENES, **ownership.SCENES}
)


def speak(turn: Turn, known: DialogContext, decision: Decision, outcomes: Sequence[Outcome] = ()) -> Reply:
    """What is heard; buttons only where they are seen. `outcomes`: of the decision's moves, in their order."""
    act = ResponseBuilder(turn, known, decision, tuple(outcomes), Voice(turn.session, turn.number))
    failed = failure(decision, outcomes)
    speech = _failed(act) if failed else SCENES[decision.scene](act)
    said = joined(speech.parts)
    talk = replace(known.state, number=turn.number) if failed else _after(decision.talk, speech)
    shown = (*speech.links, *buttons(speech.titles))[:_BUTTONS] if turn.surface.screen else ()
    return Reply(
        text=said.text,
        tts=said.tts if said.tts != said.text else "",
        buttons=shown,
        card=speech.card,
        end=speech.end,
        link_account=speech.link_account,
        state=talk.dump(),
    )


def failure(decision: Decision, outcomes: Sequence[Outcome]) -> bool:
    """Whether what was decided could not be done. A result is told also where its link could not be made or the
    telling not noted down."""
    return any(
        isinstance(outcome, ActionFailed) and not isinstance(move, ShareResult | MarkAnnounced)
        for move, outcome in zip(decision.moves, outcomes, strict=False)
    )


def _failed(act: ResponseBuilder) -> Speech:
    return Speech((act.say("failed"),), ("Помощь", "Хватит"))


def _after(talk: DialogState, speech: Speech) -> DialogState:
    return talk if speech.question is None else replace(talk, question=speech.question)
