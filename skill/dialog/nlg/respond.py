"""Replies: a decision and the outcomes of its actions become what is heard and seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from skill.dialog.actions import ActionFailed, MarkAnnounced, MarkExplained, Outcome, ShareResult
from skill.dialog.context import DialogContext
from skill.dialog.nlg import answers, deletion, ownership, results, small_talk, upload, video_page
from skill.dialog.nlg.builder import ResponseBuilder, Speech, buttons
from skill.dialog.nlg.phrase_book import Voice, joined
from skill.dialog.policy.decision import Decision, ResponseKind
from skill.dialog.state import DialogState
from skill.dialog.types import Reply, Turn

_BUTTONS: Final = 5
SPEECHES: Mapping[ResponseKind, Callable[[ResponseBuilder], Speech]] = MappingProxyType(
    {
        **small_talk.SPEECHES,
        **upload.SPEECHES,
        **results.SPEECHES,
        **video_page.SPEECHES,
        **ownership.SPEECHES,
        **deletion.SPEECHES,
        **answers.SPEECHES,
    }
)


def speak(turn: Turn, facts: DialogContext, decision: Decision, outcomes: Sequence[Outcome] = ()) -> Reply:
    """The reply; buttons only where they are seen.

    Args:
        turn: the turn that is answered.
        facts: what was known before it.
        decision: what was decided.
        outcomes: of the decision's actions, in their order.
    """
    builder = ResponseBuilder(turn, facts, decision, tuple(outcomes), Voice(turn.session, turn.number))
    failed = failure(decision, outcomes)
    speech = _failed(builder) if failed else SPEECHES[decision.kind](builder)
    said = joined(speech.parts)
    state = replace(facts.state, number=turn.number) if failed else _after(decision.state, speech)
    shown = (*speech.links, *buttons(speech.titles))[:_BUTTONS] if turn.surface.screen else ()
    return Reply(
        text=said.text,
        tts=said.tts if said.tts != said.text else "",
        buttons=shown,
        card=speech.card,
        end=speech.end,
        link_account=speech.link_account,
        state=state.dump(),
    )


def failure(decision: Decision, outcomes: Sequence[Outcome]) -> bool:
    """Whether what was decided could not be done. A result is told also where its link could not be made, and all is
    said where the saying could not be noted down."""
    return any(
        isinstance(outcome, ActionFailed) and not isinstance(action, ShareResult | MarkAnnounced | MarkExplained)
        for action, outcome in zip(decision.actions, outcomes, strict=False)
    )


def _failed(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("failed"),), ("Помощь", "Хватит"))


def _after(state: DialogState, speech: Speech) -> DialogState:
    return state if speech.question is None else replace(state, question=speech.question)
