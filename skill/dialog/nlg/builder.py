"""Response builder: the voice, the facts and the outcomes that a reply is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from skill.dialog.actions import Action, Outcome
from skill.dialog.context import DialogContext
from skill.dialog.nlg.phrase_book import Voice
from skill.dialog.nlg.stress import spoken
from skill.dialog.policy.decision import Decision
from skill.dialog.state import Question
from skill.dialog.types import Button, Card, Turn
from skill.russian import Form, roughly, span
from skill.story_words import say_future

_O = TypeVar("_O")
_NO_VALUES: Final[dict[str, Form]] = {}

YES_NO: Final = ("Да", "Нет")
FACES: Final = ("Слева", "Справа", "Всех")


@dataclass(frozen=True, slots=True)
class Speech:
    """The content of a reply."""

    parts: tuple[Form, ...]
    """Sentences, one after the other; empty ones are left out."""

    titles: tuple[str, ...] = ()
    """Titles of buttons; a tap on one is as if its title were said."""

    links: tuple[Button, ...] = ()
    """Buttons that open a page; they come first."""

    card: Card | None = None
    """A picture beside the words."""

    question: Question | None = None
    """The question that the words leave open; None keeps the decision's."""

    end: bool = False
    """Whether the session ends."""

    link_account: bool = False
    """Whether the platform is asked to start account linking."""


@dataclass(frozen=True, slots=True)
class ResponseBuilder:
    """Everything that a reply is made of."""

    turn: Turn
    """The turn that is answered."""

    facts: DialogContext
    """What was known before it."""

    decision: Decision
    """What was decided."""

    outcomes: tuple[Outcome, ...]
    """Outcomes of the decision's actions, in their order."""

    voice: Voice
    """Chooses the variants of the phrases."""

    def say(self, key: str, **values: Form) -> Form:
        """The phrase `key` with `values` in it."""
        return self.voice.say(key, values or _NO_VALUES)

    def outcome(self, kind: type[_O]) -> _O | None:
        """The outcome of that kind, if there is one."""
        return next((outcome for outcome in self.outcomes if isinstance(outcome, kind)), None)

    def does(self, kind: type[Action]) -> bool:
        """Whether the decision has an action of that kind."""
        return any(isinstance(action, kind) for action in self.decision.actions)

    def gestures(self) -> Form:
        """The movements that are spoken of: «улыбнётся и кивнёт»."""
        names = list(filter(None, map(say_future, self.decision.gestures)))
        said = " и ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return spoken(said)

    def begun(self, seconds: float | None = None) -> Form:
        """The time that a job takes which has just begun: «секунд двадцать»."""
        job = self.decision.job
        return roughly(seconds if seconds is not None else job.seconds if job else 1.0)

    def wait(self, seconds: float | None = None) -> Form:
        """«20 секунд»: `seconds`, or until the job that is spoken of is done."""
        job = self.decision.job
        return span(seconds if seconds is not None else job.seconds if job else 1.0)

    def photo_age(self) -> Form:
        """The time since the photo that is spoken of came, not since its newest wish."""
        job = self.decision.job
        return span(self.facts.same_photo(job)[-1].age if job else 1.0)


def buttons(titles: Sequence[str]) -> tuple[Button, ...]:
    """A button for each title."""
    return tuple(Button(title) for title in titles)
