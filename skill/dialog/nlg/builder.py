"""What the scenes speak with: a voice, the facts, and what came of the moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from skill.dialog.actions import Outcome
from skill.dialog.context import DialogContext
from skill.dialog.nlg.phrase_book import Voice
from skill.dialog.nlg.phrases.upload import GESTURES
from skill.dialog.policy.decision import Decision
from skill.dialog.state import Question
from skill.dialog.types import Button, Card, Turn
from skill.russian import Form, span

_O = TypeVar("_O")
_NO_VALUES: Final[dict[str, Form]] = {}

YES_NO: Final = ("Да", "Нет")
FACES: Final = ("Слева", "Справа", "Всех")


@dataclass(frozen=True, slots=True)
class Speech:
    """`question`: left open; None keeps the decision's. `titles`: of buttons that say what they show."""

    parts: tuple[Form, ...]
    titles: tuple[str, ...] = ()
    links: tuple[Button, ...] = ()
    card: Card | None = None
    question: Question | None = None
    end: bool = False
    link_account: bool = False


@dataclass(frozen=True, slots=True)
class ResponseBuilder:
    """One reply being made."""

    turn: Turn
    known: DialogContext
    decision: Decision
    outcomes: tuple[Outcome, ...]
    voice: Voice

    def say(self, key: str, **values: Form) -> Form:
        return self.voice.say(key, values or _NO_VALUES)

    def came(self, kind: type[_O]) -> _O | None:
        """The outcome of that kind, if there is one."""
        return next((outcome for outcome in self.outcomes if isinstance(outcome, kind)), None)

    def gestures(self) -> Form:
        """«улыбнётся и кивнёт»."""
        names = [GESTURES[name] for name in self.decision.gestures if name in GESTURES]
        said = " и ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return Form(said, said)

    def wait(self, seconds: float | None = None) -> Form:
        job = self.decision.job
        return span(seconds if seconds is not None else job.seconds if job else 1.0)


Scenes = dict[str, Callable[[ResponseBuilder], Speech]]


def buttons(titles: Sequence[str]) -> tuple[Button, ...]:
    return tuple(Button(title) for title in titles)
