"""A decision and what came of it → the Reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from skill.dialog.decision import Decision, Scene
from skill.dialog.known import Known
from skill.dialog.moves import Announced, Failed, Outcome, Show
from skill.dialog.speaking import family, results, sending, talking
from skill.dialog.speaking.act import Act, Speech, buttons
from skill.dialog.talk import Talk
from skill.dialog.turn import Reply, Turn
from skill.dialog.voice import Voice, joined

_BUTTONS: Final = 5
SCENES: Mapping[Scene, Callable[[Act], Speech]] = MappingProxyType(
    {**talking.SCENES, **sending.SCENES, **results.SCENES, **family.SCENES}
)


def speak(turn: Turn, known: Known, decision: Decision, outcomes: Sequence[Outcome] = ()) -> Reply:
    """What is heard; buttons only where they are seen. `outcomes`: of the decision's moves, in their order."""
    act = Act(turn, known, decision, tuple(outcomes), Voice(turn.session, turn.number))
    failed = failure(decision, outcomes)
    speech = _failed(act) if failed else SCENES[decision.scene](act)
    said = joined(speech.parts)
    talk = replace(known.talk, number=turn.number) if failed else _after(decision.talk, speech)
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
        isinstance(outcome, Failed) and not isinstance(move, Show | Announced)
        for move, outcome in zip(decision.moves, outcomes, strict=False)
    )


def _failed(act: Act) -> Speech:
    return Speech((act.say("failed"),), ("Помощь", "Хватит"))


def _after(talk: Talk, speech: Speech) -> Talk:
    return talk if speech.question is None else replace(talk, question=speech.question)
